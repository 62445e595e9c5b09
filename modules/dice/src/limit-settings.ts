import { DEFAULT_LIMITS, limitsOf, type LimitName, type Limits } from "@guildhall/dice-engine";
import { z } from "zod";

/** The limits that can be set: which one of the engine each is, what it may be at most, and what it means. */
const LIMITS = {
  maxText: { limit: "text", most: 10_000, about: "The longest expression, in characters" },
  maxTokens: {
    limit: "tokens",
    most: 4_000,
    about: "The most numbers, operators, names and brackets of an expression",
  },
  maxNesting: { limit: "nesting", most: 256, about: "How deep brackets may stand within brackets" },
  maxDice: {
    limit: "draws",
    most: 100_000,
    about: "The most dice that one roll may have, with all that are added or rolled again",
  },
  maxFaces: { limit: "sides", most: 1_000_000_000, about: "The most faces that a die may have" },
  maxChain: { limit: "chain", most: 10_000, about: "How often one die may explode or be rolled again" },
  maxRepeats: { limit: "repeats", most: 1_000, about: "The most repetitions, as in 6#4d6kh3" },
  maxMagnitude: {
    limit: "magnitude",
    most: Number.MAX_SAFE_INTEGER,
    about: "The largest number on the way to a total",
  },
  maxSteps: { limit: "steps", most: 10_000_000, about: "The units of work of one roll" },
  maxOutcomes: { limit: "outcomes", most: 1_000_000, about: "The most results of a distribution" },
  maxWork: {
    limit: "work",
    most: 100_000_000,
    about: "The multiplications and additions spent on a distribution",
  },
} as const satisfies Record<
  string,
  { readonly limit: LimitName; readonly most: number; readonly about: string }
>;

type LimitSetting = keyof typeof LIMITS;

function ofHall(name: LimitSetting) {
  const { limit, most, about } = LIMITS[name];
  return z.int().min(1).max(most).default(DEFAULT_LIMITS[limit]).describe(about);
}

function ofWorkspace(name: LimitSetting) {
  const { most, about } = LIMITS[name];
  return z.int().min(1).max(most).nullable().default(null).describe(about);
}

/** The hall's limits, as its configuration has them. */
export const HallLimits = z.object({
  maxText: ofHall("maxText"),
  maxTokens: ofHall("maxTokens"),
  maxNesting: ofHall("maxNesting"),
  maxDice: ofHall("maxDice"),
  maxFaces: ofHall("maxFaces"),
  maxChain: ofHall("maxChain"),
  maxRepeats: ofHall("maxRepeats"),
  maxMagnitude: ofHall("maxMagnitude"),
  maxSteps: ofHall("maxSteps"),
  maxOutcomes: ofHall("maxOutcomes"),
  maxWork: ofHall("maxWork"),
});

/** A workspace's own limits; null where it has the hall's. */
export const WorkspaceLimits = z.object({
  maxText: ofWorkspace("maxText"),
  maxTokens: ofWorkspace("maxTokens"),
  maxNesting: ofWorkspace("maxNesting"),
  maxDice: ofWorkspace("maxDice"),
  maxFaces: ofWorkspace("maxFaces"),
  maxChain: ofWorkspace("maxChain"),
  maxRepeats: ofWorkspace("maxRepeats"),
  maxMagnitude: ofWorkspace("maxMagnitude"),
  maxSteps: ofWorkspace("maxSteps"),
  maxOutcomes: ofWorkspace("maxOutcomes"),
  maxWork: ofWorkspace("maxWork"),
});

/** The limits of a roll: a workspace's own ones hold where they are lower than the hall's, never where they are higher. */
export function limitsFor(hall: z.output<typeof HallLimits>, own?: z.output<typeof WorkspaceLimits>): Limits {
  const lower = (name: LimitSetting) => Math.min(hall[name], own?.[name] ?? Infinity);
  return limitsOf({
    text: lower("maxText"),
    tokens: lower("maxTokens"),
    nesting: lower("maxNesting"),
    draws: lower("maxDice"),
    sides: lower("maxFaces"),
    chain: lower("maxChain"),
    repeats: lower("maxRepeats"),
    magnitude: lower("maxMagnitude"),
    steps: lower("maxSteps"),
    outcomes: lower("maxOutcomes"),
    work: lower("maxWork"),
  });
}
