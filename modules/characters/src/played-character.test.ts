import { describe, expect, it } from "vitest";
import { ADRIANNA_YAML, ALEK_JSON, BARE_DND5, sheetOf } from "./adrianna.fixture.ts";
import { playedCharacter } from "./played-character.ts";
import type { Sheet } from "./sheet.ts";
import { assertDice, diceFault, withVariables } from "./sheet-dice.ts";
import { parseSheet } from "./sheet-text.ts";

const adrianna = parseSheet(ADRIANNA_YAML);

function played(sheet: Sheet) {
  return playedCharacter({
    id: 1,
    current: { version: 1, at: "2026-03-01T12:00:00Z", how: "imported", sheet },
    earlier: [],
  });
}

describe("playedCharacter", () => {
  it("M-27: rolls a d20 with the modifier of an ability, save or skill", () => {
    const rolls = ["Stealth", "dex save", "str", "initiative"].map((words) =>
      played(adrianna).namedRoll(words),
    );
    expect(rolls).toEqual([
      { label: "stealth", expression: "1d20+6", target: null },
      { label: "dex save", expression: "1d20+3", target: null },
      { label: "str", expression: "1d20-1", target: null },
      { label: "initiative", expression: "1d20+3", target: null },
    ]);
    expect(played(adrianna).namedRoll("juggling")).toBeUndefined();
  });

  it("M-40: rolls under a knight's numbers, and damage as it is", () => {
    const knight = played(parseSheet(ALEK_JSON));
    expect(knight.namedRoll("sword")).toEqual({ label: "sword", expression: "1d20", target: 17 });
    expect(knight.namedRoll("damage")).toEqual({ label: "damage", expression: "4d6", target: null });
    expect(knight.namedRoll("healing rate")).toBeUndefined();
    expect(knight.initiative).toBe("9");
  });

  it("M-40: rolls an alias, with the sheet's numbers in it", () => {
    const rogue = played(adrianna);
    expect(rogue.namedRoll("Sneak  Attack")).toEqual({
      label: "sneak attack",
      expression: "1d6 + @dex",
      target: null,
    });
    expect(rogue.variable("dex")).toBe(3);
  });
});

describe("dice on a sheet", () => {
  it.each([
    ["4d6+STR", "4d6+@{STR}"],
    ["1d20 + sleight of hand - 2", "1d20 + @{sleight of hand} - 2"],
    ["(str+dex)d6kh2", "(@{str}+@{dex})d6kh2"],
    ["4d6s + @wis", "4d6s + @wis"],
    ["max(str, 2d4)", "max(@{str}, 2d4)"],
    ["2d6 + nonsense", "2d6 + nonsense"],
  ])("reads %s as %s", (typed, expression) => {
    expect(withVariables(adrianna, typed)).toBe(expression);
  });

  it("can be rolled, or it is said why not", () => {
    expect(diceFault(adrianna, "4d6+STR")).toBeUndefined();
    expect(diceFault(adrianna, "4d6+@nonsense")).toMatch(/nonsense/);
    expect(diceFault(adrianna, "99999999d6")).toMatch(/dice/);
    expect(() => assertDice(adrianna)).not.toThrow();
    expect(() => assertDice(sheetOf({ ...BARE_DND5, initiative: "1d20+" }))).toThrow(
      "The dice of initiative",
    );
    expect(() => assertDice(sheetOf({ ...BARE_DND5, roll_aliases: { smite: "2x8" } }))).toThrow(
      "The dice of roll_aliases.smite",
    );
  });
});
