import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_FACES,
  MAX_MODIFIER,
  parseExpression,
  type Expression,
  type ExpressionError,
} from "./expression.ts";

const maxDice = 10_000;

function read(typed: string): Expression {
  const parsed = parseExpression(typed, { maxDice });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.expression;
}

function refused(typed: string): ExpressionError {
  const parsed = parseExpression(typed, { maxDice });
  if (parsed.ok) throw new Error(`read as ${parsed.expression.text}`);
  return parsed.error;
}

describe("parseExpression", () => {
  it.each([
    ["1d20", "1d20"],
    ["d20", "1d20"],
    ["d%", "1d100"],
    ["2D%", "2d100"],
    ["2D6", "2d6"],
    ["20", "20"],
    ["007", "7"],
    ["1d20+5", "1d20+5"],
    ["1d20+5+3", "1d20+5+3"],
    ["1d20+10d6", "1d20+10d6"],
    ["1d20-1d4-2", "1d20-1d4-2"],
    ["-1d4+3", "-1d4+3"],
    ["+5", "5"],
    ["4d6kh3", "4d6kh3"],
    ["4d6k3", "4d6kh3"],
    ["4D6KL1", "4d6kl1"],
    ["4d6dl1", "4d6kh3"],
    ["4d6dh1", "4d6kl3"],
    ["4d6kh9", "4d6kh4"],
    [" 2 d 6 kh 1 + 3 ", "2d6kh1+3"],
    ["10000d1000000", "10000d1000000"],
    [String(MAX_MODIFIER), "1000000000"],
  ])("reads %j as %s", (typed, expected) => {
    expect(read(typed).text).toBe(expected);
  });

  it("M-22: takes no modifier out of the count of dice", () => {
    expect(read("1d20+10d6").terms).toMatchObject([
      { kind: "dice", count: 1, faces: 20 },
      { kind: "dice", count: 10, faces: 6 },
    ]);
  });

  it("M-22: adds up several modifiers", () => {
    expect(read("1d20+5+3").terms).toMatchObject([{ faces: 20 }, { amount: 5 }, { amount: 3 }]);
  });

  it.each([
    ["", 1, "something is missing at the end"],
    ["0d6+3", 1, "that rolls no dice"],
    ["3+0d6", 3, "that rolls no dice"],
    ["1d20adv", 5, '"adv" is not understood'],
    ["1d20 adv", 6, '"adv" is not understood'],
    ["1d0", 1, "a die needs at least one face"],
    ["1d", 3, "the faces are missing after d"],
    ["1d20+", 6, "something is missing at the end"],
    ["1d20++5", 6, '"+5" is not understood'],
    ["1d20+-5", 6, '"-5" is not understood'],
    ["1 0d6", 3, '"0d6" is not understood'],
    ["1.5d6", 2, '".5d6" is not understood'],
    ["stealth", 1, '"stealth" is not understood'],
    ["1d6d1", 4, '"d1" is not understood'],
    ["4d6kh", 6, "how many dice is missing after kh"],
    ["4d6kh0", 1, "kh0 names no dice"],
    ["4d6dl4", 1, "dl4 drops every die"],
    ["10001d6", 1, "that is too many dice: roll at most 10,000 at once"],
    ["5000d6+5001d6", 8, "that is too many dice"],
    ["1d1000001", 1, "a die can have at most 1,000,000 faces"],
    ["1d20+1000000001", 6, "a number can be at most 1,000,000,000"],
    [`${"9".repeat(400)}d6`, 1, "that is too many dice"],
    [`1d${"9".repeat(400)}`, 1, "a die can have at most"],
    ["İ1d6", 1, "is not understood"],
  ])("refuses %j at column %i", (typed, column, message) => {
    const error = refused(typed);
    expect(error.column).toBe(column);
    expect(error.message).toContain(message);
  });

  it("reads its own plain form back to the same", () => {
    const term = fc.oneof(
      fc.nat({ max: MAX_MODIFIER }).map(String),
      fc
        .record({
          count: fc.integer({ min: 1, max: 50 }),
          faces: fc.integer({ min: 1, max: MAX_FACES }),
          keep: fc.constantFrom("", "k1", "kh2", "kl3", "KH9"),
        })
        .map(({ count, faces, keep }) => `${count}d${faces}${keep}`),
    );
    const expressions = fc
      .array(fc.tuple(fc.constantFrom("+", "-", " + ", " -"), term), { minLength: 1, maxLength: 20 })
      .map((parts) => parts.flat().join(""));
    fc.assert(
      fc.property(expressions, (typed) => {
        const expression = read(typed);
        expect(read(expression.text)).toEqual(expression);
      }),
    );
  });

  it("never throws", () => {
    const strings = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("1", "0", "d", "D", "k", "h", "l", "%", "+", "-", " ") }),
    );
    fc.assert(
      fc.property(strings, (typed) => {
        const parsed = parseExpression(typed, { maxDice });
        if (parsed.ok) return;
        expect(parsed.error.column).toBeGreaterThanOrEqual(1);
        expect(parsed.error.column).toBeLessThanOrEqual(typed.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
