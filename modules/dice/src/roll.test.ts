import type { Random } from "@guildhall/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExpression, type Expression } from "./expression.ts";
import { evaluate, type Advantage, type RollResult } from "./roll.ts";

function read(typed: string): Expression {
  const parsed = parseExpression(typed, { maxDice: 10_000 });
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.expression;
}

/** Gives these numbers in turn, and records what was asked. */
function scripted(...numbers: number[]): Random & { readonly asked: [number, number][] } {
  const asked: [number, number][] = [];
  return {
    asked,
    integer: (low, high) => {
      asked.push([low, high]);
      return numbers[asked.length - 1] ?? low;
    },
  };
}

function keptOf(typed: string): boolean[] | undefined {
  return evaluate(read(typed), { random: scripted(4, 1, 4, 1) }).terms[0]?.dice.map((die) => die.kept);
}

function rolledAt(advantage: Advantage): RollResult {
  return evaluate(read("1d20+2d4"), { random: scripted(5, 17, 3, 1, 2, 2), advantage });
}

/** A small generator with a seed, so that a failure can be repeated. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { integer: (low, high) => low + Math.floor(next() * (high - low + 1)) };
}

interface DiceSpec {
  readonly subtracted: boolean;
  readonly count: number;
  readonly faces: number;
  readonly keep: number;
  readonly modifier: number;
}

const specs: fc.Arbitrary<DiceSpec> = fc.record({
  subtracted: fc.boolean(),
  count: fc.integer({ min: 1, max: 40 }),
  faces: fc.integer({ min: 1, max: 1000 }),
  keep: fc.integer({ min: 1, max: 50 }),
  modifier: fc.nat({ max: 100 }),
});
const modes = fc.constantFrom("advantage" as const, "disadvantage" as const, undefined);

describe("evaluate", () => {
  it("asks random once for each die, for the faces it has", () => {
    const random = scripted(3, 5, 18);
    const result = evaluate(read("2d6+d20-4"), { random });
    expect(random.asked).toEqual([
      [1, 6],
      [1, 6],
      [1, 20],
    ]);
    expect(result).toEqual({
      expression: "2d6+1d20-4",
      total: 3 + 5 + 18 - 4,
      terms: [
        {
          text: "2d6",
          subtotal: 8,
          dice: [
            { faces: 6, value: 3, kept: true },
            { faces: 6, value: 5, kept: true },
          ],
        },
        { text: "1d20", subtotal: 18, dice: [{ faces: 20, value: 18, kept: true }] },
        { text: "-4", subtotal: -4, dice: [] },
      ],
    });
  });

  it("keeps the highest or the lowest, and of equals the first", () => {
    expect(keptOf("4d6kh1")).toEqual([true, false, false, false]);
    expect(keptOf("4d6kl1")).toEqual([false, true, false, false]);
    expect(keptOf("4d6dl1")).toEqual([true, true, true, false]);
    expect(keptOf("4d6kh7")).toEqual([true, true, true, true]);
  });

  it("M-24: rolls every die twice at advantage or disadvantage, and records both", () => {
    expect(rolledAt("advantage")).toMatchObject({
      total: 17 + 3 + 2,
      terms: [{ dice: [{ value: 17, rolls: [5, 17] }] }, { dice: [{ rolls: [3, 1] }, { rolls: [2, 2] }] }],
    });
    expect(rolledAt("disadvantage")).toMatchObject({ total: 5 + 1 + 2 });
  });

  it("has no negative zero", () => {
    expect(evaluate(read("-0"), { random: scripted() })).toMatchObject({
      total: 0,
      terms: [{ subtotal: 0 }],
    });
  });

  it("keeps totals within bounds, counts what it keeps, and adds up", () => {
    fc.assert(
      fc.property(specs, modes, fc.integer(), (spec, advantage, seed) => {
        const { count, faces, keep, modifier, subtracted } = spec;
        const sign = subtracted ? -1 : 1;
        const expression = read(`${subtracted ? "-" : ""}${count}d${faces}kh${keep}+${modifier}`);
        const result = evaluate(expression, { random: seeded(seed), advantage });
        const kept = Math.min(keep, count);
        const ends = [modifier + sign * kept, modifier + sign * kept * faces];
        expect(result.total).toBeGreaterThanOrEqual(Math.min(...ends));
        expect(result.total).toBeLessThanOrEqual(Math.max(...ends));
        expect(result.total).toBe(result.terms.reduce((sum, { subtotal }) => sum + subtotal, 0));
        const rolled = result.terms[0]?.dice ?? [];
        expect(rolled).toHaveLength(count);
        expect(rolled.filter((die) => die.kept)).toHaveLength(kept);
        const lowestKept = Math.min(...rolled.filter((die) => die.kept).map(({ value }) => value));
        for (const die of rolled) if (!die.kept) expect(die.value).toBeLessThanOrEqual(lowestKept);
      }),
    );
  });

  it("is never lower at advantage, nor higher at disadvantage, than either of the two rolls", () => {
    fc.assert(
      fc.property(specs, fc.integer(), ({ count, faces }, seed) => {
        for (const advantage of ["advantage", "disadvantage"] as const) {
          const result = evaluate(read(`${count}d${faces}`), { random: seeded(seed), advantage });
          for (const { value, rolls } of result.terms[0]?.dice ?? []) {
            const pick = advantage === "advantage" ? Math.max : Math.min;
            expect(value).toBe(pick(...(rolls ?? [0, 0])));
          }
        }
      }),
    );
  });

  it("uses random evenly: no face is favoured", () => {
    const faces = 6;
    const rolls = 60_000;
    const random = seeded(1);
    const expression = read("10d6");
    const counts = Array.from({ length: faces }, () => 0);
    for (let turn = 0; turn < rolls / 10; turn += 1) {
      for (const { value } of evaluate(expression, { random }).terms[0]?.dice ?? []) {
        counts[value - 1] = (counts[value - 1] ?? 0) + 1;
      }
    }
    const wanted = rolls / faces;
    const chiSquare = counts.reduce((sum, count) => sum + (count - wanted) ** 2 / wanted, 0);
    // 5 degrees of freedom: exceeded once in 100,000 fair runs; the seed makes the run always the same.
    expect(chiSquare).toBeLessThan(30.9);
  });
});
