import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quote, scanLine, tokenise } from "./tokenise.ts";

function values(line: string): string[] {
  const result = tokenise(line);
  if (!result.ok) throw new Error(result.error.message);
  return result.tokens.map(({ value }) => value);
}

describe("tokenise", () => {
  it.each([
    ["", []],
    ["   \n\t", []],
    ["roll 1d20", ["roll", "1d20"]],
    ["a\nb\tc\u00A0d", ["a", "b", "c", "d"]],
    ['a"b c"d', ["ab cd"]],
    ['""', [""]],
    ["''", [""]],
    ["say 'two words'", ["say", "two words"]],
    ["it's the rogues' den", ["it's", "the", "rogues'", "den"]],
    ["it’s the rogues’ den", ["it’s", "the", "rogues’", "den"]],
    ["élan's e\u0301's", ["élan's", "e\u0301's"]],
    ["Hawai‘i", ["Hawai‘i"]],
    ["say ‘two words’ x", ["say", "two words", "x"]],
    ["say ‘two words' x", ["say", "two words", "x"]],
    ["say “two words” x", ["say", "two words", "x"]],
    ["say „two words“ x", ["say", "two words", "x"]],
    ['say "two words” x', ["say", "two words", "x"]],
    ['say ‟two words" x', ["say", "two words", "x"]],
    [String.raw`"a \" \\ \$ \` \n"`, [String.raw`a " \ $ ` + "` \\n"]],
    ['"a\\\nb"', ["ab"]],
    ["a\\\nb", ["ab"]],
    ["a \\\n b", ["a", "b"]],
    [String.raw`C:\dir \o/`, ["C:\\dir", "\\o/"]],
    [String.raw`a\ b \" \' \\`, ["a b", '"', "'", "\\"]],
    ["'a \\' b", ["a \\", "b"]],
    ["trailing\\", ["trailing\\"]],
    ["$HOME ~ * # a;b | c", ["$HOME", "~", "*", "#", "a;b", "|", "c"]],
    ["5'", ["5'"]],
  ])("splits %j", (line, expected) => {
    expect(values(line)).toEqual(expected);
  });

  it("tells where a token stands and whether it was quoted", () => {
    const result = tokenise('ab "c d" e');
    expect(result).toEqual({
      ok: true,
      tokens: [
        { value: "ab", start: 0, end: 2, quoted: false },
        { value: "c d", start: 3, end: 8, quoted: true },
        { value: "e", start: 9, end: 10, quoted: false },
      ],
    });
  });

  it.each([
    ['roll 1d20 "for', 11, "double"],
    ["roll 'x", 6, "single"],
    ["“", 1, "double"],
    ["a ‘b", 3, "single"],
    ['"escaped \\"', 1, "double"],
  ])("M-13: answers an unclosed quote in %j with an error that names it", (line, column, kind) => {
    const result = tokenise(line);
    expect(result).toMatchObject({ ok: false, error: { code: "unbalanced_quote", column } });
    if (!result.ok)
      expect(result.error.message).toMatch(new RegExp(`^The ${kind} quote .* is not closed: add`));
  });

  it("never throws, and its tokens cover everything but whitespace", () => {
    const chars = fc.string({
      unit: fc.constantFrom("a", " ", "\n", '"', "'", "\\", "“", "”", "‘", "’", "é", "\u{1F600}"),
    });
    fc.assert(
      fc.property(fc.oneof(chars, fc.string({ unit: "binary" })), (line) => {
        const { tokens } = scanLine(line);
        let at = 0;
        for (const { start, end } of tokens) {
          expect(line.slice(at, start).replaceAll("\\\r\n", "").replaceAll("\\\n", "").trim()).toBe("");
          expect(end).toBeGreaterThan(start);
          at = end;
        }
      }),
    );
  });
});

describe("quote", () => {
  it.each([
    ["plain", "plain"],
    ["it's", "it's"],
    ["C:\\dir", "C:\\dir"],
    ["two words", '"two words"'],
    ["", '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ["'tis", '"\'tis"'],
  ])("writes %j as %s", (value, expected) => {
    expect(quote(value)).toBe(expected);
  });

  it("is read back unchanged, alone and among other words", () => {
    const strings = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom("a", " ", "\n", "\r", '"', "'", "\\", "“", "„", "‘", "’", "$", "`"),
      }),
    );
    fc.assert(
      fc.property(fc.array(strings), (list) => {
        expect(values(list.map(quote).join(" "))).toEqual(list);
      }),
    );
  });
});
