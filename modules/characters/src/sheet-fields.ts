import { z } from "zod";

// Text of a sheet ends up in chat, so a line of it stays a line.
const LONGEST_LINE = 200;
const MOST_ENTRIES = 100;
const HIGHEST_HIT_POINTS = 1_000_000;

/** One line of text. */
export const line = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_LINE)
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must be one line");

/** A character's name: at most 80 characters, with a letter in it, so that it is no number of a list. */
export const characterName = line.max(80).regex(/\p{L}/u, "a name has a letter in it");

/** Named things in lower case, such as skills: as they are looked up. */
export const lowerCaseLine = line.transform((text) => text.toLowerCase().replaceAll(/[\s_]+/g, " "));

/** A list that a person wrote. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).max(MOST_ENTRIES).default([]);
}

/** Values by a name that is looked up in lower case. */
export function recordOf<Value extends z.ZodType>(value: Value) {
  return z
    .record(lowerCaseLine, value)
    .refine((record) => Object.keys(record).length <= MOST_ENTRIES, `has more than ${MOST_ENTRIES} entries`);
}

/** Hit points, from 0. */
export const hitPoints = z.int().min(0).max(HIGHEST_HIT_POINTS);

/** What every sheet has beside its rules. */
export const commonFields = {
  name: characterName,
  /** Who plays, in any form; the hall goes by the account that imported the sheet. */
  player: z.union([line, z.int()]).optional(),
  /** A dice expression that stands in for what the rules say. */
  initiative: line.optional(),
  /** Rolls by name, such as `smite: 2d8+@str`. */
  roll_aliases: recordOf(line).default({}),
};

/** What changes from one fight to the next. */
export const hitPointFields = {
  temporary_hit_points: hitPoints.default(0),
  hit_points_adjustment: z.int().min(-HIGHEST_HIT_POINTS).max(HIGHEST_HIT_POINTS).default(0),
};

/**
 * A character's hit points now: all of them where the sheet does not say. More than there can be, and a maximum below 0,
 * are issues of the sheet.
 *
 * @param rules.maximum by the rules alone, before the sheet's adjustment
 * @param rules.source what is said behind the maximum of how it came about
 */
export function currentHitPoints(
  sheet: {
    readonly current_hit_points?: number | null | undefined;
    readonly hit_points_adjustment: number;
  },
  rules: { readonly maximum: number; readonly source: string; readonly context: z.RefinementCtx },
): number {
  const { source, context } = rules;
  const most = rules.maximum + sheet.hit_points_adjustment;
  const current = sheet.current_hit_points ?? most;
  if (most < 0) {
    context.addIssue({
      code: "custom",
      path: ["hit_points_adjustment"],
      message: "takes the hit point maximum below 0",
    });
  } else if (current > most) {
    context.addIssue({
      code: "custom",
      path: ["current_hit_points"],
      message: `is above the hit point maximum of ${most}${source}`,
    });
  }
  return current;
}
