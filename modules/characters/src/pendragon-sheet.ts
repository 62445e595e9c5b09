import { z } from "zod";
import type { HitPoints } from "./hit-points.ts";
import { lookUpWords, type LookUp } from "./look-up.ts";
import {
  commonFields,
  currentHitPoints,
  hitPointFields,
  hitPoints,
  line,
  listOf,
  recordOf,
} from "./sheet-fields.ts";

/** The thirteen virtues that a sheet names, each with the vice that is its opposite (M-40). */
export const TRAIT_PAIRS = [
  ["chaste", "lustful"],
  ["energetic", "lazy"],
  ["forgiving", "vengeful"],
  ["generous", "selfish"],
  ["honest", "deceitful"],
  ["just", "arbitrary"],
  ["merciful", "cruel"],
  ["modest", "proud"],
  ["prudent", "reckless"],
  ["spiritual", "worldly"],
  ["temperate", "indulgent"],
  ["trusting", "suspicious"],
  ["valorous", "cowardly"],
] as const;

/** The traits that chivalry and each religion ask for. */
const BONUSES: ReadonlyMap<string, readonly string[]> = new Map([
  ["chivalry", ["energetic", "generous", "just", "merciful", "modest", "valorous"]],
  ["christian", ["chaste", "forgiving", "merciful", "modest", "spiritual", "temperate"]],
  ["pagan", ["energetic", "generous", "honest", "lustful", "proud", "spiritual"]],
  ["wodinic", ["generous", "indulgent", "proud", "reckless", "valorous", "worldly"]],
]);

const STATISTICS = ["siz", "dex", "str", "con", "app"] as const;
const STATISTIC_NAMES: ReadonlyMap<string, (typeof STATISTICS)[number]> = new Map([
  ...STATISTICS.map((name) => [name, name] as const),
  ["size", "siz"],
  ["dexterity", "dex"],
  ["strength", "str"],
  ["constitution", "con"],
  ["appeal", "app"],
  ["appearance", "app"],
]);

// The pair adds up to this.
const TRAIT_SUM = 20;

const traitValue = z.int().min(0).max(40);
const skillValue = z.int().min(0).max(60);
const statistic = z.int().min(1).max(100);

/** A knight of Pendragon, as the sheet is written in YAML and kept. */
export const PendragonSheet = z
  .strictObject({
    ...commonFields,
    system: z.literal("pendragon"),
    age: z.int().min(1).max(1000).optional(),
    son_number: z.int().min(0).max(100).optional(),
    homeland: line.optional(),
    culture: line.optional(),
    religion: line.optional(),
    lord: line.optional(),
    current_class: line.optional(),
    current_home: line.optional(),
    distinctive_features: listOf(line),
    glory: z.int().min(0).max(10_000_000).default(0),
    statistics: z.strictObject({
      siz: statistic,
      dex: statistic,
      str: statistic,
      con: statistic,
      app: statistic,
    }),
    traits: z.strictObject({
      chaste: traitValue,
      energetic: traitValue,
      forgiving: traitValue,
      generous: traitValue,
      honest: traitValue,
      just: traitValue,
      merciful: traitValue,
      modest: traitValue,
      prudent: traitValue,
      spiritual: traitValue,
      temperate: traitValue,
      trusting: traitValue,
      valorous: traitValue,
    }),
    passions: recordOf(skillValue).default({}),
    skills: recordOf(skillValue).default({}),
    current_hit_points: hitPoints.nullish(),
    ...hitPointFields,
  })
  .transform((sheet, context) => {
    const { siz, con } = sheet.statistics;
    const maximum = siz + con;
    return {
      ...sheet,
      current_hit_points: currentHitPoints(sheet, { maximum, source: ", which is siz + con", context }),
    };
  });

/** A knight of Pendragon. */
export type PendragonSheet = z.output<typeof PendragonSheet>;

/** Every trait with its value, virtues and vices. */
export function pendragonTraits({ traits }: PendragonSheet): ReadonlyMap<string, number> {
  return new Map(
    TRAIT_PAIRS.flatMap(([virtue, vice]) => [
      [virtue, traits[virtue]] as const,
      // A trait above 20 leaves nothing for its opposite.
      [vice, Math.max(0, TRAIT_SUM - traits[virtue])] as const,
    ]),
  );
}

/** What follows from the statistics; every fraction is cut off. */
export interface PendragonDerived {
  /** Dice of six faces that a blow does. */
  readonly damage: number;
  /** Hit points that come back in a week. */
  readonly healingRate: number;
  /** Yards in a round. */
  readonly moveRate: number;
  readonly maximumHitPoints: number;
  /** At this many hit points or fewer the knight is unconscious. */
  readonly unconscious: number;
  /** A blow that takes this many hit points is a major wound. */
  readonly majorWound: number;
}

/** Works out what follows from the statistics (M-40). */
export function pendragonDerived({ statistics: { siz, dex, str, con } }: PendragonSheet): PendragonDerived {
  return {
    damage: Math.floor((str + siz) / 6),
    healingRate: Math.floor(con / 5),
    moveRate: Math.floor((str + dex) / 2) + 5,
    maximumHitPoints: siz + con,
    unconscious: Math.floor((siz + con) / 4),
    majorWound: con,
  };
}

/** The sum of the traits that chivalry, or a religion, asks for; undefined for a religion that nobody knows. */
export function pendragonBonus(sheet: PendragonSheet, name: string): number | undefined {
  const traits = pendragonTraits(sheet);
  return BONUSES.get(name)?.reduce((sum, one) => sum + (traits.get(one) ?? 0), 0);
}

/**
 * Finds what a knight rolls under, or what follows from the statistics: traits, statistics, passions, skills, then
 * derived values and the bonuses.
 */
export function lookUpPendragon(sheet: PendragonSheet, typed: string): LookUp | undefined {
  const name = lookUpWords(typed).join(" ");
  const target = targetOf(sheet, name);
  if (target !== undefined) return { kind: "target", target };
  const derived = pendragonDerived(sheet);
  switch (name) {
    case "damage":
      return { kind: "dice", expression: `${derived.damage}d6` };
    case "healing":
    case "healing rate":
      return { kind: "value", value: derived.healingRate, unit: "per week" };
    case "move":
    case "move rate":
      return { kind: "value", value: derived.moveRate, unit: "per round" };
    case "unconscious":
      return { kind: "value", value: derived.unconscious };
    case "major wound":
      return { kind: "value", value: derived.majorWound };
    case "glory":
      return { kind: "value", value: sheet.glory };
  }
  const bonus = pendragonBonus(sheet, name.replace(/ bonus$/, ""));
  return bonus === undefined ? undefined : { kind: "value", value: bonus };
}

function targetOf(sheet: PendragonSheet, name: string): number | undefined {
  const trait = pendragonTraits(sheet).get(name);
  if (trait !== undefined) return trait;
  const statisticName = STATISTIC_NAMES.get(name);
  if (statisticName !== undefined) return sheet.statistics[statisticName];
  for (const record of [sheet.passions, sheet.skills]) {
    if (Object.hasOwn(record, name)) return record[name];
  }
  return undefined;
}

/** What `@name` stands for in dice: the number that a look-up shows, or `@hp`. */
export function pendragonVariable(sheet: PendragonSheet, name: string): number | undefined {
  if (name.toLowerCase() === "hp") return sheet.current_hit_points;
  const found = lookUpPendragon(sheet, name);
  if (found?.kind === "target") return found.target;
  if (found?.kind === "value") return found.value;
  return found?.kind === "dice" ? pendragonDerived(sheet).damage : undefined;
}

/** The hit points on the sheet. */
export function pendragonHitPoints(sheet: PendragonSheet): HitPoints {
  return {
    current: sheet.current_hit_points,
    temporary: sheet.temporary_hit_points,
    maximum: pendragonDerived(sheet).maximumHitPoints,
    adjustment: sheet.hit_points_adjustment,
  };
}
