import { describe, expect, it } from "vitest";
import { chiSquareTail, fairnessOf } from "./fairness.ts";

describe("fairnessOf", () => {
  it("is sure of a die that falls as evenly as can be", () => {
    let next = 0;
    const { chiSquare, chance, counts } = fairnessOf({ sides: 6, rolls: 600, roll: () => (next++ % 6) + 1 });
    expect(chiSquare).toBe(0);
    expect(chance).toBeGreaterThan(0.99);
    expect(counts).toEqual([100, 100, 100, 100, 100, 100]);
  });

  it("finds out a loaded one", () => {
    let next = 0;
    const loaded = () => (next++ % 10 < 3 ? 6 : (next % 5) + 1);
    expect(fairnessOf({ sides: 6, rolls: 6_000, roll: loaded }).chance).toBeLessThan(0.000_001);
  });

  // The 95 % quantiles of any table of the distribution.
  it.each([
    [5, 11.07],
    [19, 30.144],
    [99, 123.225],
  ])("knows the tail with %i degrees of freedom", (freedom, quantile) => {
    expect(chiSquareTail(quantile, freedom)).toBeCloseTo(0.05, 3);
  });
});
