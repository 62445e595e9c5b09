import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Program } from "../program.ts";
import { DiceError } from "../dice-error.ts";
import { DIALECTS } from "../dialect.ts";
import { expressionTexts } from "../expressions.fixture.ts";
import { limitsOf } from "../limits.ts";
import { parse } from "../parse.ts";
import { enumerate } from "./enumerate.ts";
import { Odds, oddsOf, ratioText, ratioToNumber } from "./odds.ts";

function probabilities(odds: Odds): Record<string, string> {
  return Object.fromEntries(
    [...odds.outcomes()].map(([value, ratio]) => [
      typeof value === "number" ? String(value) : `${value.numerator}/${value.denominator}`,
      ratioText(ratio),
    ]),
  );
}

function bruteForce(text: string, dialect: (typeof DIALECTS)[number], most: number): Odds | undefined {
  const program = new Program(parse(text, { dialect }), {
    dialect,
    limits: limitsOf(),
    names: {},
    everyDie: [],
  });
  const distribution = enumerate((draws) => program.total(draws), most);
  return distribution && new Odds({ canonical: text, distribution, tail: 0, method: "exact" });
}

describe("oddsOf", () => {
  it.each([
    ["4d6kh3", "15869/1296"],
    ["1d20+5", "31/2"],
    ["2d20kl1", "287/40"],
    ["4d6min2", "44/3"],
    ["1d6*1d6", "49/4"],
    ["1d6/2", "7/4"],
    ["1d20>=15", "3/10"],
    ["10d10>=8", "3/1"],
    ["{2d6, 1d8}kh1", "119/16"],
    ["if(1d6==6, 10, 1d4)", "15/4"],
    ["2d6ro1", "47/6"],
    ["2d6r1", "8/1"],
    ["3d6mt2", "4/9"],
    ["(1d4)d6", "35/4"],
  ])("%s has the exact mean %s", (text, mean) => {
    const odds = oddsOf(text);
    expect(odds.method).toBe("exact");
    expect(ratioText(odds.mean)).toBe(mean);
  });

  it("knows 4d6kh3 whole", () => {
    const odds = oddsOf("4d6kh3");
    expect(probabilities(odds)["18"]).toBe("7/432");
    expect(ratioText(odds.atLeast(18))).toBe("7/432");
    expect(odds.quantile(0.5)).toBe(12);
    expect(odds.modes).toEqual([13]);
    const total = [...odds.distribution.weights].reduce((sum, weight) => sum + weight, 0n);
    expect(total).toBe(1296n);
  });

  it.each([
    ["3d6!", 12.6],
    ["5d6!!", 21],
    ["10d10!", 10 * 5.5 * (10 / 9)],
  ])("cuts the endless tail of %s, and says how much", (text, mean) => {
    const odds = oddsOf(text);
    expect(odds.method).toBe("truncated");
    expect(odds.tail).toBeLessThanOrEqual(1e-12);
    expect(odds.tail).toBeGreaterThan(0);
    expect(ratioToNumber(odds.mean)).toBeCloseTo(mean, 9);
  });

  it("compares two expressions", () => {
    const { higher, equal, lower } = oddsOf("1d6").against(oddsOf("1d4"));
    expect([higher, equal, lower].map(ratioText)).toEqual(["7/12", "1/6", "1/4"]);
  });

  it("says when it only samples, and how sure it is", () => {
    const odds = oddsOf("30d6mt2");
    expect(odds.method).toBe("sampled");
    const [low, high] = odds.interval ?? [0, 0];
    expect(low).toBeLessThan(high);
    expect(ratioToNumber(odds.mean)).toBeGreaterThan(low);
  });

  it("names the limit of results", () => {
    expect(() => oddsOf("1d1000000")).toThrow(DiceError);
    expect(() => oddsOf("1d1000000")).toThrow("20,000 different results");
  });

  it("is exact for many dice", () => {
    const odds = oddsOf("1000d6");
    expect(odds.method).toBe("exact");
    expect(ratioToNumber(odds.mean)).toBe(3500);
    expect(odds.distribution.total).toBe(6n ** 1000n);
    expect(ratioToNumber(odds.variance)).toBeCloseTo((1000 * 35) / 12, 6);
  });

  it.each(DIALECTS)("equals brute force in %s", (dialect) => {
    fc.assert(
      fc.property(expressionTexts(dialect), (text) => {
        let expected;
        let odds;
        try {
          expected = bruteForce(text, dialect, 3_000);
          if (!expected) return;
          odds = oddsOf(text, { dialect });
        } catch (error) {
          if (error instanceof DiceError) return;
          throw error;
        }
        if (odds.method !== "exact") return;
        expect(probabilities(odds)).toEqual(probabilities(expected));
      }),
      { numRuns: 60 },
    );
  });
});
