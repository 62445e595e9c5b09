import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DIALECTS } from "./dialect.ts";
import { DiceError } from "./dice-error.ts";
import { expressionTexts } from "./expressions.fixture.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { parse, parsePrefix } from "./parse.ts";
import { print } from "./print.ts";
import { BufferedRandom } from "./random-source.ts";
import { Roller } from "./roller.ts";

function failure(action: () => unknown): DiceError {
  try {
    action();
  } catch (error) {
    if (error instanceof DiceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe.each(DIALECTS)("%s", (dialect) => {
  it("prints what it reads, and reads what it prints as the same", () => {
    fc.assert(
      fc.property(expressionTexts(dialect), (text) => {
        let printed;
        try {
          printed = print(parse(text, { dialect }), dialect);
        } catch (error) {
          if (error instanceof DiceError && error.limit !== undefined) return;
          throw error;
        }
        const again = print(parse(printed, { dialect, limits: { text: 10_000 } }), dialect);
        expect(again).toBe(printed);
        expect(withoutPlaces(parse(printed, { dialect, limits: { text: 10_000 } }))).toEqual(
          withoutPlaces(parse(text, { dialect })),
        );
      }),
      { numRuns: 400 },
    );
  });

  it("stays inside its limits, and fails only with errors that say why", () => {
    const random = new BufferedRandom();
    fc.assert(
      fc.property(expressionTexts(dialect), (text) => {
        try {
          const roller = new Roller(text, { dialect });
          const { dice, used } = roller.roll(random);
          expect(dice.length).toBeLessThanOrEqual(DEFAULT_LIMITS.draws);
          expect(used.steps).toBeLessThanOrEqual(DEFAULT_LIMITS.steps);
        } catch (error) {
          expect(error).toBeInstanceOf(DiceError);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("throws nothing else for any text", () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from("0123456789dkhlropexitfcsm%!+-*/<>=(){}[],.@?$# ")),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.oneof(letters, fc.string()), (text) => {
        try {
          new Roller(text, { dialect }).roll(new BufferedRandom());
        } catch (error) {
          if (!(error instanceof DiceError)) throw error;
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.message).not.toBe("");
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "at" ? undefined : part)));
}

describe("limits", () => {
  it.each([
    ["99999999d6", "draws"],
    ["5000d6+5001d6", "draws"],
    ["100#101d6", "draws"],
    ["1d1!", "chain"],
    ["999d1!", "chain"],
    ["1d6!>0", "chain"],
    ["1d6r<7", "chain"],
    ["7d6u", "chain"],
    [`${"(".repeat(3000)}1${")".repeat(3000)}`, "text"],
    [`${"(".repeat(300)}1${")".repeat(300)}`, "nesting"],
    [`${"-".repeat(300)}1`, "nesting"],
    ["2**9999", "magnitude"],
    ["9007199254740991+1", "magnitude"],
    ["99999999999999999999", "magnitude"],
    ["1d1000001", "sides"],
    ["101#1d6", "repeats"],
    ["1+".repeat(250) + "1", "tokens"],
    ["1".repeat(1_000_000), "text"],
  ] as const)("%.20s names the limit %s", (text, limit) => {
    expect(failure(() => new Roller(text))).toMatchObject({ code: "limit", limit });
  });

  it("bounds what only the roll itself shows", () => {
    const highest = { below: (span: number) => span - 1 };
    expect(failure(() => new Roller("1d6!").roll(highest))).toMatchObject({ limit: "chain" });
    expect(failure(() => new Roller("(101d100)d6").roll(highest))).toMatchObject({ limit: "draws" });
  });

  it("takes other limits, and none that cannot be understood", () => {
    expect(failure(() => new Roller("6d6", { limits: { draws: 5 } }))).toMatchObject({ limit: "draws" });
    for (const draws of [Number.NaN, 0, -1, Infinity, 1.5]) {
      expect(() => new Roller("1d6", { limits: { draws } })).toThrow(RangeError);
    }
  });
});

describe("errors", () => {
  it.each([
    ["1d20+", 6, "something is missing at the end"],
    ["1d20adv", 8, "adv1"],
    ["4d6d1", 5, "dl1"],
    ["2d6 + x", 7, '"x" is not understood'],
    ["(1d6", 5, "close the bracket"],
    ["0d6+3", 1, "at least one"],
    ["1d0", 3, "at least one face"],
    ["1d", 3, "faces of the die"],
  ])("%s points at column %i", (text, column, words) => {
    const error = failure(() => parse(text));
    expect(error).toMatchObject({ code: "syntax", column });
    expect(error.message).toContain(words);
  });

  it("names unknown names", () => {
    expect(failure(() => new Roller("1d20+@str"))).toMatchObject({ code: "unknown_name", column: 6 });
  });

  it("has the words that Feyre's players know", () => {
    expect(failure(() => parse("1++2", { dialect: "feyre" })).message).toBe(
      "Invalid expression string. Two operators (+, -, /, ...) in a row is not supported",
    );
    expect(failure(() => parse("1d20c10", { dialect: "feyre" })).message).toContain(
      "Count operator cannot be greater than 10",
    );
  });
});

describe("parsePrefix", () => {
  it.each([
    ["1d20+5 stealth", "1d20+5", "stealth"],
    ["4d6kh3", "4d6kh3", ""],
    ["1d20 save vs poison", "1d20", "save vs poison"],
    ["1d20 min damage", "1d20", "min damage"],
    ["2d6 + 3 fire damage", "2d6+3", "fire damage"],
    ["1d20 - the big one", "1d20", "- the big one"],
    ["1d20 <@U1> *strikes*", "1d20", "<@U1> *strikes*"],
    ["1d8 [fire] at the door", "1d8[fire]", "at the door"],
    [`1d20 ${"word ".repeat(400).trim()}`, "1d20", "word ".repeat(400).trim()],
  ])("%.30s", (text, expression, rest) => {
    const parsed = parsePrefix(text);
    expect(print(parsed.expression, "guildhall")).toBe(expression);
    expect(parsed.rest).toBe(rest);
  });

  it.each([
    "1+".repeat(500_000),
    "1 + ".repeat(250_000),
    "a".repeat(1_000_000),
    `1d6 ${"+1".repeat(500_000)}`,
  ])("of a megabyte such as %.8s names the limit that it exceeds first", (text) => {
    const { code, limit } = failure(() => parsePrefix(text));
    expect(code).toBe("limit");
    expect(["text", "tokens"]).toContain(limit);
  });

  it.each(["1d20 + stealth", "1d20adv", "2d6+", "stealth", "1d6 * big", "1d6 + 99999999d6 fire", ""])(
    "refuses %s",
    (text) => {
      failure(() => parsePrefix(text));
    },
  );
});
