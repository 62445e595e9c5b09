import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distributionOf } from "./distribution.fixture.ts";
import {
  generateNpc,
  rollAgeAndGender,
  rollAlignment,
  rollEyesAndHair,
  rollRace,
  rollRelationship,
} from "./generate-npc.ts";
import { NpcTables, weightWarnings } from "./npc-tables.ts";

const tables = NpcTables.parse({});

function sum(chances: Readonly<Record<string, number>>): number {
  return Object.values(chances).reduce((total, chance) => total + chance, 0);
}

describe("M-43: what a character is rolled on", () => {
  it("race, by the tiers of its location", () => {
    expect(distributionOf((random) => rollRace({ tables, random, location: "default" }))).toEqual({
      human: 50,
      dwarf: 10,
      elf: 10,
      halfling: 10,
      "half-orc": 10,
      gnome: 3,
      "half-elf": 3,
      dragonborn: 2,
      tiefling: 2,
    });
    expect(distributionOf((random) => rollRace({ tables, random, location: "AAA" }))).toEqual({
      tiefling: 50,
      dwarf: 10,
      human: 10,
      halfling: 10,
      gnome: 10,
      "half-orc": 3,
      "half-elf": 3,
      dragonborn: 2,
      elf: 2,
    });
  });

  it("age, by one d100", () => {
    expect(distributionOf((random) => rollAgeAndGender({ tables, random }).age)).toEqual({
      "20 years or younger": 20,
      "21-30 years": 40,
      "31-40 years": 10,
      "41-50 years": 15,
      "51-60 years": 10,
      "60+ years": 5,
    });
  });

  it("gender, by the same d100: even is female, and 100 tosses a coin", () => {
    expect(distributionOf((random) => rollAgeAndGender({ tables, random }).gender)).toEqual({
      female: 49.5,
      male: 50.5,
    });
    const scripted = (...faces: number[]) => ({ integer: () => faces.shift() ?? 1 });
    expect(rollAgeAndGender({ tables, random: scripted(20) })).toEqual({
      age: "20 years or younger",
      gender: "female",
    });
    expect(rollAgeAndGender({ tables, random: scripted(21) })).toEqual({
      age: "21-30 years",
      gender: "male",
    });
    expect(rollAgeAndGender({ tables, random: scripted(100, 1) })).toEqual({
      age: "60+ years",
      gender: "male",
    });
    expect(rollAgeAndGender({ tables, random: scripted(100, 2) })).toEqual({
      age: "60+ years",
      gender: "female",
    });
  });

  it("alignment, by a number from 3 to 18", () => {
    const sixteenth = 100 / 16;
    expect(distributionOf((random) => rollAlignment({ tables, random }))).toEqual({
      "chaotic evil": sixteenth / 2,
      "chaotic neutral": sixteenth,
      "lawful evil": 2 * sixteenth,
      "neutral evil": 3 * sixteenth,
      neutral: 4 * sixteenth,
      "neutral good": 4 * sixteenth,
      "lawful good": sixteenth,
      "chaotic good": sixteenth / 2,
    });
  });

  it("relationship, by a d20: the first threshold that the roll does not exceed", () => {
    expect(distributionOf((random) => rollRelationship({ tables, random }))).toEqual({
      "breaking up/single forever": 5,
      "bad breakup": 20,
      "single and fine": 25,
      "longer relationship": 20,
      "married/partnered": 25,
      "in love": 5,
    });
  });

  it("eyes and hair, and a tiefling's own", () => {
    const third = Number((100 / 3).toFixed(9));
    const sixth = Number((100 / 6).toFixed(9));
    expect(distributionOf((random) => rollEyesAndHair({ tables, random }, "elf").eyes)).toEqual({
      blue: third,
      brown: third,
      green: sixth,
      grey: sixth,
    });
    expect(distributionOf((random) => rollEyesAndHair({ tables, random }, "elf").hair)).toEqual({
      blonde: third,
      brown: third,
      black: sixth,
      "redhead/dyed": sixth,
    });
    const eyes = distributionOf((random) => rollEyesAndHair({ tables, random }, "tiefling").eyes);
    expect(Object.keys(eyes)).toHaveLength(7);
    expect(new Set(Object.values(eyes))).toEqual(new Set([Number((100 / 7).toFixed(9))]));
    const horns = distributionOf(
      (random) => rollEyesAndHair({ tables, random }, "tiefling").hair.split("; horns: ")[1] ?? "",
    );
    expect(Object.keys(horns)).toHaveLength(8);
    expect(new Set(Object.values(horns))).toEqual(new Set([12.5]));
  });

  it("skin tone, attractiveness and orientation, evenly", () => {
    const asked: [number, number][] = [];
    const random = {
      integer: (low: number, high: number) => {
        asked.push([low, high]);
        return high;
      },
    };
    expect(generateNpc({ tables, random, location: "default" })).toMatchObject({
      skinTone: 6,
      attractiveness: 20,
      orientation: 6,
    });
    expect(asked.slice(-3)).toEqual([
      [1, 6],
      [1, 20],
      [1, 6],
    ]);
  });
});

describe("tables of one's own", () => {
  const weights = fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60));
  const tiers = fc.tuple(
    ...["a", "b", "c", "d"].map((tier) =>
      fc.nat(3).map((count) => Array.from({ length: count }, (_, index) => `${tier}${index}`)),
    ),
  );

  it("give every race the share of its weight, whatever the weights are", () => {
    fc.assert(
      fc.property(weights, tiers, (raceWeights, listed) => {
        const total = listed.reduce((all, races, tier) => all + races.length * (raceWeights[tier] ?? 0), 0);
        const given = { raceWeights, races: { default: listed } };
        fc.pre(total > 0);
        const own = NpcTables.parse(given);
        const chances = distributionOf((random) => rollRace({ tables: own, random, location: "default" }));
        expect(sum(chances)).toBeCloseTo(100, 6);
        for (const [tier, races] of listed.entries()) {
          for (const race of races) {
            expect(chances[race] ?? 0).toBeCloseTo((100 * (raceWeights[tier] ?? 0)) / total, 6);
          }
        }
        expect(weightWarnings(own)).toHaveLength(total === 100 ? 0 : 1);
      }),
      { numRuns: 50 },
    );
  });

  it("warn when the weights of a location do not add up to 100", () => {
    expect(weightWarnings(tables)).toEqual([]);
    const off = NpcTables.parse({ raceWeights: [40, 10, 3, 2], races: { default: [["orc"], [], [], []] } });
    expect(weightWarnings(off)).toEqual(["The weights of the races of default add up to 40, not to 100."]);
  });

  it.each([
    [{ races: { town: [["orc"], [], [], []] } }, "names no location called default"],
    [{ races: { default: [[], [], [], []] } }, "no race has a weight"],
    [{ races: { default: [["orc"]] } }, "races"],
    [{ races: { default: [["orc"], [], [], []], "a/b": [["orc"], [], [], []] } }, "races"],
    [{ ages: [{ atMost: 50, anyOf: ["young"] }] }, "the last row has to be atMost: 100"],
    [
      {
        ages: [
          { atMost: 60, anyOf: ["a"] },
          { atMost: 50, anyOf: ["b"] },
          { atMost: 100, anyOf: ["c"] },
        ],
      },
      "grow",
    ],
    [{ eyes: [] }, "eyes"],
    [{ eyes: ["\u03B3"] }, "letters"],
    [{ raceWeights: [1, 2, 3] }, "raceWeights"],
  ])("are refused when they cannot work: %j", (given, fault) => {
    const { success, error } = NpcTables.safeParse(given);
    expect(success).toBe(false);
    expect(JSON.stringify(error?.issues)).toContain(fault);
  });

  it("read the first threshold that the roll does not exceed", () => {
    const own = NpcTables.parse({
      relationships: [
        { atMost: 7, anyOf: ["alone"] },
        { atMost: 20, anyOf: ["together", "apart"] },
      ],
    });
    expect(distributionOf((random) => rollRelationship({ tables: own, random }))).toEqual({
      alone: 35,
      together: 32.5,
      apart: 32.5,
    });
  });
});
