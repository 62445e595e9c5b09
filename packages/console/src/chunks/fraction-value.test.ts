import { describe, expect, it } from "vitest";
import { fractionValue } from "./fraction-value.ts";

describe("fractionValue", () => {
  it.each([
    [3, 3],
    ["3", 3],
    ["0.25", 0.25],
    ["-7/2", -3.5],
    ["1/3", 1 / 3],
    [`${6n ** 1000n}/${4n * 6n ** 1000n}`, 0.25],
  ])("reads %j", (text, value) => {
    expect(fractionValue(text)).toBeCloseTo(value, 15);
  });

  it.each(["1/0", "half", ""])("does not read %j as a fraction", (text) => {
    expect(fractionValue(text)).toSatisfy((value: number) => Number.isNaN(value) || value === 0);
  });
});
