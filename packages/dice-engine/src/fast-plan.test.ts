import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiceError } from "./dice-error.ts";
import { BufferedRandom } from "./random-source.ts";
import { Roller } from "./roller.ts";
import { RollerCache } from "./roller-cache.ts";

/** Bytes from a seed, so that a failure can be repeated (Marsaglia's xorshift32). */
function seeded(seed: number): BufferedRandom {
  let state = seed | 1;
  return new BufferedRandom((block) => {
    for (let index = 0; index < block.length; index += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      block[index] = state >>> 11;
    }
  });
}

const term = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom("2", "4", "6", "8", "10", "12", "20", "100", "%", "255"),
    fc.constantFrom("", "!", "kh1", "kh3", "kl2", "dl1", "dh1", "k20", "dl2"),
  )
  .map(([count, sides, modifier]) => `${count}d${sides}${modifier}`);
const sum = fc
  .array(fc.tuple(fc.constantFrom("+", "-"), fc.oneof(term, fc.nat(99).map(String))), { maxLength: 4 })
  .chain((rest) => term.map((first) => first + rest.flat().join("")));

describe("the short way", () => {
  it("comes to what the same faces come to by the long one", () => {
    fc.assert(
      fc.property(sum, fc.integer(), (text, seed) => {
        const roller = new Roller(text);
        const roll = roller.roll(seeded(seed));
        const laid = roller.rollFaces(roll.faces);
        expect(roll.total).toBe(laid.total);
        expect(roll.dice).toEqual(laid.dice);
        expect(roll.terms).toEqual(laid.terms);
        expect({ shown: roll.shown, source: roll.source }).toEqual({ shown: laid.shown, source: "random" });
      }),
    );
  });

  it("keeps to the limits", () => {
    const highest = new BufferedRandom((block) => block.fill(5));
    const failure = (text: string) => {
      try {
        new Roller(text).roll(highest);
      } catch (error) {
        if (error instanceof DiceError) return error.limit;
        throw error;
      }
      return undefined;
    };
    expect(failure("1d6!")).toBe("chain");
    expect(failure("9999d6!")).toBe("draws");
  });

  it("is kept by its text", () => {
    const cache = new RollerCache();
    expect(cache.get("1d20+5")).toBe(cache.get("1d20+5"));
    for (let sides = 1; sides <= 600; sides += 1) cache.get(`1d${sides}`);
    expect(cache.get("1d1").canonical).toBe("1d1");
  });
});

describe("a million rolls of each die are fair", () => {
  // Seeded, so that the outcome is always the same: the bound is the 99.9 % quantile by Wilson and Hilferty (1931).
  it.each([2, 3, 4, 6, 8, 10, 12, 20, 100, 1000])("d%i", (sides) => {
    const random = seeded(sides * 7919);
    const counts = Array.from({ length: sides }, () => 0);
    const rolls = 1_000_000;
    for (let index = 0; index < rolls; index += 1) {
      const face = random.below(sides);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    const expected = rolls / sides;
    const chiSquare = counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    const freedom = sides - 1;
    const bound = freedom * (1 - 2 / (9 * freedom) + 3.0902 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(chiSquare).toBeLessThan(bound);
  });
});
