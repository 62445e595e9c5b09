import { expect, it } from "vitest";
import { toError } from "./to-error.ts";

const guarded = Object.defineProperty(new Error("x"), "message", {
  get: () => {
    throw new Error("do not look");
  },
});
const withMessage = Object.assign(new Error("x"), { message: 42 });
const withStack = Object.assign(new Error("a message"), { stack: 42 });

it.each<[what: string, thrown: unknown, message: string]>([
  ["an error", new TypeError("of a kind"), "of a kind"],
  ["a word", "no error at all", "no error at all"],
  ["nothing", undefined, "undefined"],
  ["an object without a prototype", Object.create(null), "something that cannot be looked at was thrown"],
  ["an error whose message is a number", withMessage, "42"],
  ["an error whose stack is a number", withStack, "a message"],
  ["an error that throws when it is looked at", guarded, "something that cannot be looked at was thrown"],
  ["a symbol", Symbol("odd"), "Symbol(odd)"],
])("%s becomes an error of texts", (_what, thrown, message) => {
  const error = toError(thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error.message).toBe(message);
  expect([error.name, error.stack].map((text) => typeof text)).toEqual(["string", "string"]);
});
