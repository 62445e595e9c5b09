import { expect, it } from "vitest";
import { isThreadLimited, ThreadLimit } from "./thread-limit.ts";

it("a call is known to be limited while it lasts, and gives back what it gives", () => {
  const limit = new ThreadLimit({ milliseconds: 1000 });
  expect(isThreadLimited()).toBe(false);
  expect(limit.call(() => isThreadLimited(), "too long")).toBe(true);
  expect(isThreadLimited()).toBe(false);
  expect(() =>
    limit.call(() => {
      throw new RangeError("its own");
    }, "too long"),
  ).toThrow("its own");
  expect(isThreadLimited()).toBe(false);
});

it("a call that holds the thread is ended with the sentence", () => {
  const limit = new ThreadLimit({ milliseconds: 20 });
  const hold = () => {
    for (;;);
  };
  expect(() => limit.call(hold, "it held the thread")).toThrow("it held the thread");
  expect(isThreadLimited()).toBe(false);
});
