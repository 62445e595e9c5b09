import { describe, expect, it } from "vitest";
import { stripAnsi } from "./strip-ansi.ts";

const ESC = "\u001B";

describe("stripAnsi", () => {
  it.each([
    ["plain\ttext\n", "plain\ttext\n"],
    [`${ESC}[1;31mred${ESC}[0m end`, "red end"],
    [`${ESC}]8;;https://example.org\u0007link${ESC}]8;;${ESC}\\ end`, "link end"],
    [`${ESC}(Bcharset ${ESC}7saved`, "charset saved"],
    ["one\r\ntwo", "one\ntwo"],
    ["first\n10 %\r20 %\n", "first\n20 %\n"],
    ["bell\u0007 and null\u0000", "bell and null"],
    [`unfinished ${ESC}[31`, "unfinished "],
    [`at the end ${ESC}`, "at the end "],
  ])("reads %j as %j", (text, plain) => {
    expect(stripAnsi(text)).toBe(plain);
  });
});
