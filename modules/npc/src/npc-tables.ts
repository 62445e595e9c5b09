import { z } from "zod";

/** What the weights of all races of a location should add up to, so that they read as percent. */
const WHOLE = 100;
const TIERS = 4;

// A PDF's built-in fonts have the letters of Windows-1252 only, and a cell has little room.
const word = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(
    /^[A-Za-z\u00C0-\u00FF0-9 ,;:'"/&+()-]*$/,
    "may have letters from A to Z and \u00C0 to \u00FF, digits, spaces and simple punctuation",
  );

const words = z.array(word).min(1).max(100);

/** A table that is read by a roll: the first entry whose `atMost` the roll does not exceed counts. */
function thresholds(highest: number) {
  return z
    .array(
      z.object({
        atMost: z.int().min(1).max(highest),
        /** One of them, each equally likely. */
        anyOf: words,
      }),
    )
    .min(1)
    .refine(
      (rows) => rows.every(({ atMost }, index) => index === 0 || atMost > (rows[index - 1]?.atMost ?? 0)),
      "atMost has to grow from row to row",
    )
    .refine((rows) => rows.at(-1)?.atMost === highest, `the last row has to be atMost: ${highest}`);
}

/** The races of a location: four tiers, the common ones first. */
const tiers = z.array(z.array(word).max(100)).length(TIERS);

/** The settings: every table that a character is rolled on (M-43). */
export const NpcTables = z
  .object({
    raceWeights: z
      .array(z.int().min(0).max(1000))
      .length(TIERS)
      .default([50, 10, 3, 2])
      .describe("The weight of each race, by its tier"),
    races: z
      .record(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, "a location is letters, digits, - and _"), tiers)
      .default({
        default: [
          ["human"],
          ["dwarf", "elf", "halfling", "half-orc"],
          ["gnome", "half-elf"],
          ["dragonborn", "tiefling"],
        ],
        AAA: [
          ["tiefling"],
          ["dwarf", "human", "halfling", "gnome"],
          ["half-orc", "half-elf"],
          ["dragonborn", "elf"],
        ],
      })
      .describe("The races of each location in four tiers; there has to be one called default"),
    ages: thresholds(100)
      .default([
        { atMost: 20, anyOf: ["20 years or younger"] },
        { atMost: 60, anyOf: ["21-30 years"] },
        { atMost: 70, anyOf: ["31-40 years"] },
        { atMost: 85, anyOf: ["41-50 years"] },
        { atMost: 95, anyOf: ["51-60 years"] },
        { atMost: 100, anyOf: ["60+ years"] },
      ])
      .describe("Ages by a d100"),
    alignments: thresholds(18)
      .default([
        { atMost: 3, anyOf: ["chaotic evil", "chaotic neutral"] },
        { atMost: 5, anyOf: ["lawful evil"] },
        { atMost: 8, anyOf: ["neutral evil"] },
        { atMost: 12, anyOf: ["neutral"] },
        { atMost: 15, anyOf: ["neutral good"] },
        { atMost: 17, anyOf: ["lawful good", "neutral good"] },
        { atMost: 18, anyOf: ["chaotic good", "chaotic neutral"] },
      ])
      .describe("Alignments by a number from 3 to 18, each equally likely"),
    relationships: thresholds(20)
      .default([
        { atMost: 1, anyOf: ["breaking up/single forever"] },
        { atMost: 5, anyOf: ["bad breakup"] },
        { atMost: 10, anyOf: ["single and fine"] },
        { atMost: 14, anyOf: ["longer relationship"] },
        { atMost: 19, anyOf: ["married/partnered"] },
        { atMost: 20, anyOf: ["in love"] },
      ])
      .describe("Relationships by a d20"),
    eyes: words
      .default(["blue", "blue", "brown", "brown", "green", "grey"])
      .describe("Colours of eyes, each equally likely"),
    hair: words
      .default(["blonde", "blonde", "brown", "brown", "black", "redhead/dyed"])
      .describe("Colours of hair, each equally likely"),
    tieflingEyes: words
      .default(["red", "orange", "yellow", "green", "blue", "purple", "black"])
      .describe("Colours of a tiefling's eyes"),
    tieflingHorns: words
      .default([
        "eyebrow",
        "short stubs",
        "gazelle",
        "rams horns",
        "malformed/mismatched",
        "hooks",
        "antlers",
        "smooth arc",
      ])
      .describe("A tiefling's horns"),
  })
  .superRefine(({ races, raceWeights }, context) => {
    if (!Object.hasOwn(races, "default")) {
      context.addIssue({ code: "custom", path: ["races"], message: "names no location called default" });
    }
    for (const [location, listed] of Object.entries(races)) {
      if (totalWeight({ tiers: listed, raceWeights }) === 0) {
        context.addIssue({ code: "custom", path: ["races", location], message: "no race has a weight" });
      }
    }
  });

/** Every table that a character is rolled on. */
export type NpcTables = z.output<typeof NpcTables>;

/** The weights of all races of a location together. */
export function totalWeight({
  tiers: listed,
  raceWeights,
}: {
  readonly tiers: readonly (readonly string[])[];
  readonly raceWeights: readonly number[];
}): number {
  return listed.reduce((sum, races, tier) => sum + races.length * (raceWeights[tier] ?? 0), 0);
}

/** Sentences about locations whose weights do not add up to 100; they are rolled on all the same. */
export function weightWarnings({ races, raceWeights }: NpcTables): readonly string[] {
  return Object.entries(races).flatMap(([location, listed]) => {
    const total = totalWeight({ tiers: listed, raceWeights });
    return total === WHOLE
      ? []
      : [`The weights of the races of ${location} add up to ${total}, not to ${WHOLE}.`];
  });
}
