import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ADRIANNA_YAML, ALEK_JSON, BARE_DND5, sheetOf } from "./adrianna.fixture.ts";
import { abilityModifier, hitDice, SKILLS, type Dnd5Sheet } from "./dnd5-sheet.ts";
import { pendragonTraits, TRAIT_PAIRS } from "./pendragon-sheet.ts";
import { hitPointsOf, initiativeExpression, lookUp, unconsciousAt, variable, type Sheet } from "./sheet.ts";
import { parseSheet, printSheet } from "./sheet-text.ts";

const adrianna = parseSheet(ADRIANNA_YAML);
const alek = parseSheet(ALEK_JSON);

function modifierFor(sheet: Sheet, words: string): number | undefined {
  const found = lookUp(sheet, words);
  return found?.kind === "modifier" ? found.modifier : undefined;
}

function dnd5(fields: object): Dnd5Sheet {
  const sheet = sheetOf({ ...BARE_DND5, ...fields });
  if (sheet.system !== "dnd5") throw new Error("another system");
  return sheet;
}

describe("D&D 5e", () => {
  it.each([
    ["str", -1],
    ["Strength", -1],
    ["dex", 3],
    ["w", 1],
    ["dex save", 3],
    ["dexterity saving throw", 3],
    ["save con", 5],
    ["str save", 2],
    ["stealth", 6],
    ["Perception", 4],
    ["sleight of hand", 9],
    ["arcana", 0],
    ["herbalism", 1],
    ["initiative", 3],
    ["proficiency", 3],
  ])("M-34, M-38: looks up %s as %i", (words, modifier) => {
    expect(modifierFor(adrianna, words)).toBe(modifier);
  });

  it.each(["juggling", "c", "", "save", "constructor", "nonsense save"])(
    "M-34: does not know %j",
    (words) => {
      expect(lookUp(adrianna, words)).toBeUndefined();
    },
  );

  it("M-34: takes the sheet's own skill before the usual one", () => {
    const monk = dnd5({ custom_skills: { athletics: "dexterity" }, dexterity: 20 });
    expect(modifierFor(monk, "athletics")).toBe(5);
  });

  it("M-39: has the 18 skills", () => {
    expect(SKILLS.size).toBe(18);
    const scores = { strength: 12, dexterity: 14, intelligence: 16, wisdom: 18, charisma: 20 };
    const odd = dnd5(scores);
    for (const [skill, ability] of SKILLS) {
      expect(modifierFor(odd, skill), skill).toBe(abilityModifier(odd[ability]));
    }
  });

  it("M-38: counts levels of all classes for the proficiency bonus", () => {
    const bonuses = [1, 4, 5, 8, 9, 12, 13, 16, 17, 20].map((level) =>
      modifierFor(dnd5({ classes: { monk: level } }), "proficiency"),
    );
    expect(bonuses).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    expect(modifierFor(dnd5({ classes: { monk: 3, bard: 2 } }), "proficiency")).toBe(3);
  });

  it("M-38: has hit dice by class, the largest first", () => {
    expect(hitDice(dnd5({ classes: { wizard: 2, fighter: 3, ranger: 1, juggler: 9 } }))).toBe("4d10+2d6");
  });

  it("M-40: gives a bard of the second level half the bonus where there is no proficiency", () => {
    const bard = dnd5({ classes: { bard: 5 }, proficiencies: ["history"], dexterity: 12 });
    expect(modifierFor(bard, "initiative")).toBe(2);
    expect(modifierFor(bard, "stealth")).toBe(2);
    expect(modifierFor(bard, "history")).toBe(3);
    expect(modifierFor(dnd5({ classes: { bard: 1 } }), "initiative")).toBe(0);
  });

  it("names numbers for dice", () => {
    const names = [
      "str",
      "stealth",
      "sleight of hand",
      "prof",
      "level",
      "rogue_level",
      "ac",
      "hp",
      "dex_score",
    ];
    expect(names.map((name) => variable(adrianna, name))).toEqual([-1, 6, 9, 3, 5, 1, 15, 30, 16]);
    expect(variable(adrianna, "toString")).toBeUndefined();
  });

  it("rolls a d20 for initiative, unless the sheet says otherwise", () => {
    expect(initiativeExpression(adrianna)).toBe("1d20+3");
    expect(initiativeExpression(dnd5({ dexterity: 7 }))).toBe("1d20-2");
    expect(initiativeExpression(dnd5({ initiative: "2d20kh1+3" }))).toBe("2d20kh1+3");
  });

  it("has full hit points when it names none", () => {
    expect(hitPointsOf(dnd5({}))).toEqual({ current: 6, temporary: 0, maximum: 6, adjustment: 0 });
    expect(hitPointsOf(dnd5({ current_hit_points: null }))).toMatchObject({ current: 6 });
  });
});

describe("Pendragon", () => {
  it("M-40: derives what follows from the statistics", () => {
    expect(lookUp(alek, "damage")).toEqual({ kind: "dice", expression: "4d6" });
    expect(lookUp(alek, "healing rate")).toEqual({ kind: "value", value: 3, unit: "per week" });
    expect(lookUp(alek, "move rate")).toEqual({ kind: "value", value: 16, unit: "per round" });
    expect(lookUp(alek, "major wound")).toEqual({ kind: "value", value: 17 });
    expect(hitPointsOf(alek)).toEqual({ current: 27, temporary: 0, maximum: 27, adjustment: 0 });
    expect(unconsciousAt(alek)).toBe(6);
    expect(initiativeExpression(alek)).toBe("9");
  });

  it("M-40: adds up the traits of chivalry and of each religion", () => {
    const values = ["chivalry", "christian", "pagan", "wodinic"].map((name) => variable(alek, name));
    expect(values).toEqual([
      15 + 13 + 8 + 10 + 13 + 15,
      13 + 10 + 10 + 13 + 14 + 8,
      15 + 13 + 16 + 7 + 7 + 8,
      13 + 6 + 7 + 7 + 15 + 12,
    ]);
  });

  it.each([
    ["chaste", 13],
    ["lustful", 7],
    ["Love Family", 15],
    ["sword", 17],
    ["siz", 10],
    ["appearance", 11],
  ])("M-40: gives the target number of %s", (words, target) => {
    expect(lookUp(alek, words)).toEqual({ kind: "target", target });
  });

  it("M-40: makes each pair of traits 20, and a vice never less than nothing", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TRAIT_PAIRS),
        fc.integer({ min: 0, max: 40 }),
        ([virtue, vice], value) => {
          const given: { traits: Record<string, number> } = JSON.parse(ALEK_JSON);
          const sheet = sheetOf({ ...given, traits: { ...given.traits, [virtue]: value } });
          if (sheet.system !== "pendragon") throw new Error("another system");
          const traits = pendragonTraits(sheet);
          expect(traits.get(virtue)).toBe(value);
          expect(traits.get(vice)).toBe(Math.max(0, 20 - value));
        },
      ),
    );
  });
});

describe("a sheet as text", () => {
  it("takes sheets from before there were systems, and any spelling of their lists", () => {
    expect(adrianna).toMatchObject({
      system: "dnd5",
      classes: { fighter: 4, rogue: 1 },
      alignment: "good",
      saving_throws: ["strength", "constitution"],
      custom_skills: { herbalism: "wisdom" },
      expertise: ["sleight of hand"],
      speed: 30,
    });
  });

  it.each(["yaml", "json"] as const)("comes back the same through %s", (format) => {
    for (const sheet of [adrianna, alek]) {
      expect(parseSheet(printSheet(sheet, format))).toEqual(sheet);
      expect(parseSheet(`\`\`\`${format}\n${printSheet(sheet, format)}\`\`\``)).toEqual(sheet);
    }
  });

  it("comes back the same, whatever its words are", () => {
    const word = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
      .map((text) => text.trim().toWellFormed())
      .filter((text) => /\p{L}/u.test(text) && !/[\p{Cc}\u2028\u2029]/u.test(text));
    fc.assert(
      fc.property(word, word, fc.constantFrom("yaml" as const, "json" as const), (name, race, format) => {
        const sheet = sheetOf({ ...BARE_DND5, name, race });
        expect(parseSheet(printSheet(sheet, format))).toEqual(sheet);
      }),
    );
  });

  it.each([
    ["just words", "a sheet is a list of fields, such as name: Adrianna"],
    ["[1, 2]", "a sheet is a list of fields"],
    ["name: [", "neither YAML nor JSON"],
    ["name: X\nsystem: gurps", "system: "],
    [`${ADRIANNA_YAML}strenght: 3`, "no such field: strenght"],
    [ADRIANNA_YAML.replace("strength: 9", "strength: nine"), "strength: expected number"],
    [
      ADRIANNA_YAML.replace("current_hit_points: 30", "current_hit_points: 41"),
      "above the hit point maximum of 40",
    ],
    [ADRIANNA_YAML.replace("[str,", "[strange,"), "saving_throws.0: is no ability"],
    [ADRIANNA_YAML.replace("name: Adrianna", 'name: "17"'), "a name has a letter in it"],
    [ADRIANNA_YAML.replace("name: Adrianna", 'name: "a\\nb"'), "must be one line"],
    ["name: X\nclasses: {}", "armor_class is missing"],
  ])("says what is wrong with %j", (typed, message) => {
    expect(() => parseSheet(typed)).toThrow(message);
  });

  it("refuses a text whose aliases would grow without end", () => {
    const lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [one, next] of Array.from("abcdefg", (letter, index) => [letter, "bcdefgh"[index]] as const)) {
      lines.push(`${next}: &${next} [${Array.from({ length: 10 }, () => `*${one}`).join(", ")}]`);
    }
    expect(() => parseSheet(lines.join("\n"))).toThrow("refers to its own parts too often");
  });
});
