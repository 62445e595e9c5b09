import { describe, expect, it } from "vitest";
import { describeRoll } from "./describe.ts";
import type { RolledDie, RollResult } from "./roll.ts";

function die(value: number, more: Partial<RolledDie> = {}): RolledDie {
  return { faces: 6, value, kept: true, ...more };
}

function result(...terms: RollResult["terms"]): RollResult {
  return { expression: "E", total: 12, terms };
}

describe("describeRoll", () => {
  it("shows expression, total, purpose and every die", () => {
    const terms = [{ text: "4d6kh3", subtotal: 12, dice: [die(6), die(1), die(5), die(1, { kept: false })] }];
    expect(describeRoll({ result: { expression: "4d6kh3", total: 12, terms }, purpose: "damage" })).toBe(
      "**4d6kh3** = **12** damage\n\nRolls: *6*, **1**, 5, ~~1~~",
    );
  });

  it("names the terms when several have dice", () => {
    const terms = result(
      { text: "1d6", subtotal: 3, dice: [die(3)] },
      { text: "-1d6", subtotal: -2, dice: [die(2)] },
      { text: "5", subtotal: 5, dice: [] },
    );
    expect(describeRoll({ result: terms, purpose: "" })).toBe(
      "**E** = **12**\n\nRolls: 1d6 (3), \u22121d6 (2)",
    );
  });

  it("shows both results of a die at advantage", () => {
    const rolled = result({
      text: "3d6",
      subtotal: 9,
      dice: [die(5, { rolls: [2, 5] }), die(4, { rolls: [4, 4] }), die(3, { rolls: [3, 1], kept: false })],
    });
    expect(describeRoll({ result: { ...rolled, advantage: "advantage" }, purpose: "" })).toBe(
      "**E** at advantage = **12**\n\nRolls: ~~2~~ 5, 4 ~~4~~, ~~3/1~~",
    );
  });

  it("has no rolls for a plain number", () => {
    expect(describeRoll({ result: result({ text: "5", subtotal: 5, dice: [] }), purpose: "" })).toBe(
      "**E** = **12**",
    );
  });

  it("sums up more than 50 dice", () => {
    const dice = Array.from({ length: 51 }, (_, index) => die((index % 5) + 2, { kept: index > 0 }));
    expect(
      describeRoll({ result: result({ text: "51d6kh50", subtotal: 200, dice }), purpose: "" }),
    ).toContain("Rolls: 51 dice, 50 kept, lowest 2, highest 6, sum 200");
    const listed = describeRoll({
      result: result({ text: "50d6", subtotal: 1, dice: dice.slice(1) }),
      purpose: "",
    });
    expect(listed).not.toContain("lowest");
  });

  it("M-10: makes no markup, mention or new line of the purpose", () => {
    const text = describeRoll({ result: result(), purpose: "<!channel> **b** [x](y)\n\n# h" });
    expect(text).toBe("**E** = **12** \\<\\!channel\\> \\*\\*b\\*\\* \\[x\\]\\(y\\) \\# h");
  });
});
