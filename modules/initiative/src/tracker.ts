import { CommandError } from "@guildhall/sdk";
import { z } from "zod";

/** The most that one tracker lists. */
export const MOST_COMBATANTS = 100;

const Effect = z.object({
  name: z.string(),
  /** It ends when its bearer's turn of this round ends; null when it lasts until it is removed. */
  untilRound: z.int().nullable(),
});

const Combatant = z.object({
  /** Unique within the tracker, and never given again. */
  id: z.int(),
  name: z.string(),
  /** Who brought it in: the only one who sees its hit points. */
  ownerId: z.string(),
  /** What it rolled. */
  value: z.number(),
  hitPoints: z.object({ current: z.int().min(0), maximum: z.int().min(0) }).nullable(),
  effects: z.array(Effect),
  note: z.string(),
  /** Waits outside the order until it resumes. */
  delaying: z.boolean(),
  /** Its next turn is passed over. */
  skipping: z.boolean(),
});

/** The document of a channel. */
export const Tracker = z.object({
  round: z.int().min(1),
  /** Counts every change of whose turn it is, so that a button knows for which one it was shown. */
  turn: z.int().min(0),
  /** Whose turn it is; null before the first Next: then it is the first one's, also when somebody joins before them. */
  current: z.int().nullable(),
  nextId: z.int().min(1),
  /** In the order in which they act. */
  combatants: z.array(Combatant),
});

/** What bears on a combatant for a while. */
export type Effect = z.output<typeof Effect>;

/** Somebody in the order. */
export type Combatant = z.output<typeof Combatant>;

/** Whose turn it is in a channel. */
export type Tracker = z.output<typeof Tracker>;

/** A tracker before anybody joined. */
export const EMPTY_TRACKER: Tracker = { round: 1, turn: 0, current: null, nextId: 1, combatants: [] };

/** The place in the list of the one whose turn it is; -1 when nobody can act. */
export function currentIndex({ current, combatants }: Tracker): number {
  return combatants.findIndex(({ id, delaying }) => (current === null ? !delaying : id === current));
}

/**
 * The one called so, in any letter case.
 *
 * @throws CommandError with the code `not_in_initiative`
 */
export function findCombatant(tracker: Tracker, name: string): Combatant {
  const found = tracker.combatants.find((combatant) => sameName(combatant.name, name));
  if (found) return found;
  throw new CommandError(`There is no "${name.trim()}" in the initiative. "init" shows who is.`, {
    code: "not_in_initiative",
  });
}

/** Whether two names mean the same one: letter case and outer spaces do not count. */
export function sameName(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** The tracker with one combatant changed. */
export function withCombatant(tracker: Tracker, changed: Combatant): Tracker {
  const combatants = tracker.combatants.map((one) => (one.id === changed.id ? changed : one));
  return { ...tracker, combatants };
}
