import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answeredLine, askedDocument, askedLine } from "./asked-line.ts";
import { tokenise } from "./tokenise.ts";

const questions = [
  { label: "Bonus", defaultValue: "2" },
  { label: "Kind", choices: ["fire", "cold"] },
];
const valuesOf = (line: string) => {
  const read = tokenise(line);
  if (!read.ok) throw new Error(read.error.message);
  return read.tokens.map(({ value }) => value);
};

describe("a line that asks", () => {
  it("takes the answers behind the words of its command, before what ends the flags", () => {
    const asked = askedLine({
      line: 'roll  -- "1d20+?{Bonus}"',
      words: 1,
      argument: "answersGiven",
      questions,
    });
    expect(answeredLine(asked, [" 3 ", 'fi"re'])).toBe(
      'roll --answers-given="3, fi\\"re"  -- "1d20+?{Bonus}"',
    );
    expect(askedDocument(asked)).toMatchObject({
      questions: [
        { label: "Bonus", default_value: "2", choices: null },
        { label: "Kind", default_value: null, choices: ["fire", "cold"] },
      ],
    });
  });

  it("has one word more when it is answered, whatever the answers, and no other word changes", () => {
    const word = fc
      .string({ unit: "binary", minLength: 1, maxLength: 20 })
      .filter((text) => !/["'\\\s\u2018-\u201F]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 2 }), fc.array(fc.string()), (words, answers) => {
        const line = words.join(" ");
        const asked = askedLine({ line, words: 2, argument: "answers", questions });
        expect(valuesOf(answeredLine(asked, answers))).toEqual([
          ...words.slice(0, 2),
          `--answers=${answers.map((answer) => answer.trim()).join(", ")}`,
          ...words.slice(2),
        ]);
      }),
    );
  });
});
