import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitMarkup } from "./split-message.ts";

describe("splitting markup", () => {
  it("leaves what fits as it is, and drops what is empty", () => {
    expect(splitMarkup("one\ntwo", 100)).toEqual(["one\ntwo"]);
    expect(splitMarkup("", 100)).toEqual([]);
  });

  it("cuts at line breaks, then at spaces, then between characters", () => {
    expect(splitMarkup("aaaa\nbbbb\ncccc", 10)).toEqual(["aaaa\nbbbb", "cccc"]);
    expect(splitMarkup("aaaa bbbb cccc", 10)).toEqual(["aaaa bbbb ", "cccc"]);
    expect(splitMarkup("\u{1F3B2}".repeat(6), 5)).toEqual([
      "\u{1F3B2}\u{1F3B2}",
      "\u{1F3B2}\u{1F3B2}",
      "\u{1F3B2}\u{1F3B2}",
    ]);
    expect(splitMarkup("aaa\\*bbb", 4).join("")).toBe("aaa\\*bbb");
    expect(splitMarkup("aaa\\*bbb", 4)[0]).toBe("aaa");
  });

  it("ends a block of code in one piece and begins it again in the next", () => {
    const pieces = splitMarkup("before\n```json\n11111111\n22222222\n33333333\n```\nafter", 32);
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(32);
      expect((piece.match(/```/g) ?? []).length % 2, piece).toBe(0);
    }
    expect(pieces.join("\n")).toMatch(/11111111[^]*22222222[^]*33333333[^]*after/);
    expect(pieces.filter((piece) => piece.includes("```json")).length).toBeGreaterThan(1);
  });

  it("loses no word, and breaks no limit, whatever the text", () => {
    const words = fc.array(
      fc.oneof(fc.stringMatching(/^[a-z]{1,30}$/), fc.constant("\n"), fc.constant("\n```\n")),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 40, max: 120 }), (parts, limit) => {
        const text = parts.join(" ").replace(/ *\n */g, "\n");
        const pieces = splitMarkup(text, limit);
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(limit);
        const wordsOf = (from: string) => from.match(/[a-z]+/g) ?? [];
        expect(wordsOf(pieces.join("\n"))).toEqual(wordsOf(text));
      }),
    );
  });
});
