import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ansiSpans, hasColours, stripAnsi } from "./ansi-text.ts";

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
    [`${ESC}[31m10 %\r${ESC}[32m20 %${ESC}[0m\r30 %`, "30 %"],
  ])("reads %j as %j", (text, plain) => {
    expect(stripAnsi(text)).toBe(plain);
  });

  it("leaves no control character, whatever comes", () => {
    const pieces = fc.oneof(
      fc.string(),
      fc.constantFrom(`${ESC}[`, `${ESC}]`, "\r", "\n", "38;5;", "m", "\u0007"),
    );
    fc.assert(
      fc.property(fc.array(pieces), (texts) => {
        // oxlint-disable-next-line no-control-regex -- what must not be left
        expect(stripAnsi(texts.join(""))).not.toMatch(/[\0-\u0008\u000B-\u001F\u007F-\u009F]/);
      }),
    );
  });
});

describe("ansiSpans", () => {
  it("names the colours of the palette, of xterm's 256 and of 24 bits", () => {
    const text = `a${ESC}[31mb${ESC}[38;5;196mc${ESC}[48;2;1;2;3md${ESC}[0me`;
    expect(ansiSpans(text)).toEqual([
      { text: "a", style: {} },
      { text: "b", style: { foreground: { kind: "palette", index: 1 } } },
      { text: "c", style: { foreground: { kind: "rgb", css: "rgb(255 0 0)" } } },
      {
        text: "d",
        style: {
          foreground: { kind: "rgb", css: "rgb(255 0 0)" },
          background: { kind: "rgb", css: "rgb(1 2 3)" },
        },
      },
      { text: "e", style: {} },
    ]);
  });

  it("takes looks back one by one", () => {
    const text = `${ESC}[1;3;4mx${ESC}[22my${ESC}[23;24mz`;
    expect(ansiSpans(text).map(({ style }) => style)).toEqual([
      { bold: true, italic: true, underline: true },
      { italic: true, underline: true },
      {},
    ]);
  });

  it("keeps lines of one style in one piece, and bounds the pieces of a text that changes at every letter", () => {
    expect(ansiSpans("one\ntwo\nthree")).toEqual([{ text: "one\ntwo\nthree", style: {} }]);
    const wild = Array.from({ length: 50_000 }, (_, index) => `${ESC}[3${index % 8}mx`).join("");
    expect(ansiSpans(wild).length).toBeLessThan(2100);
    expect(stripAnsi(wild)).toBe("x".repeat(50_000));
  });
});

describe("hasColours", () => {
  it("tells looks from other sequences", () => {
    expect(hasColours(`${ESC}[31mred`)).toBe(true);
    expect(hasColours(`${ESC}[2K10 %`)).toBe(false);
    expect(hasColours("[31m")).toBe(false);
  });
});
