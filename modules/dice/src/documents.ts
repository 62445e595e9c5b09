import { ratioText, ratioToNumber, type Odds, type RollDetail } from "@guildhall/dice-engine";
import type { JsonValue } from "@guildhall/sdk";

/** The type of the chunk that carries a roll for programs. */
export const ROLL_MIME = "application/vnd.guildhall.roll+json";
/** The type of the chunk that carries a distribution for programs. */
export const ODDS_MIME = "application/vnd.guildhall.odds+json";

/** A roll for programs; what is not said of it is told as unknown: null, or no warnings. */
export function rollDocument(
  roll: RollDetail,
  words: {
    readonly purpose: string;
    readonly advantage?: "advantage" | "disadvantage" | undefined;
    readonly chance?: number | undefined;
    readonly warnings?: readonly string[];
    readonly character?: string | undefined;
    readonly target?: number | null;
    /** The roll of which some dice were rolled again: what lay there, and which of them, from 0. */
    readonly rerollOf?: {
      readonly action: string;
      readonly faces: readonly number[];
      readonly dice: readonly number[];
    };
    readonly proof?: { readonly [key: string]: JsonValue };
    readonly system?: { readonly name: string; readonly meaning: string | null };
  },
): JsonValue {
  return {
    total: roll.total,
    successes: roll.successes,
    failures: roll.failures,
    dice: roll.dice.map(({ sides, face, symbol, value, fate, marks, order }) => ({
      sides,
      face,
      ...(symbol === null ? {} : { symbol }),
      value,
      fate,
      marks,
      order,
    })),
    groups: roll.terms.map(({ text, subtotal, label, dice: [from, to] }) => ({
      text,
      subtotal,
      label,
      dice: Array.from({ length: to - from }, (_, index) => from + index),
    })),
    labels: roll.labels,
    canonical: roll.canonical,
    dialect: roll.dialect,
    source: roll.source,
    shown: roll.shown,
    passed: roll.passed,
    degree: roll.degree,
    matches: roll.matches.map(({ value, count }) => ({ value, count })),
    repeats: roll.repeats.map(({ total, successes, failures }) => ({ total, successes, failures })),
    expression: roll.canonical,
    purpose: words.purpose,
    advantage: words.advantage ?? null,
    character: words.character ?? null,
    target: words.target ?? null,
    ...(words.rerollOf ? { reroll_of: words.rerollOf } : {}),
    ...(words.proof ? { proof: words.proof } : {}),
    ...(words.system ? { system: words.system } : {}),
    chance: words.chance ?? null,
    warnings: words.warnings ?? [],
    used: { ...roll.used },
  };
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** A distribution for programs: exact rationals as "numerator/denominator" where it is exact. */
export function oddsDocument(odds: Odds, dialect: string): { readonly [key: string]: JsonValue } {
  return {
    mean: momentText(odds, odds.mean),
    variance: momentText(odds, odds.variance),
    exact: odds.isExact,
    outcomes: [...odds.outcomes()].map(([value, ratio]) => [valueText(value), ratioText(ratio)]),
    deviation: odds.deviation,
    modes: odds.modes,
    quantiles: Object.fromEntries(QUANTILES.map((share) => [String(share), odds.quantile(share)])),
    method: odds.method,
    tail: odds.tail,
    interval: odds.interval,
    canonical: odds.canonical,
    dialect,
  };
}

function momentText(odds: Odds, ratio: Odds["mean"]): string {
  // What was cut off or sampled is known to fewer places than its fraction pretends.
  return odds.isExact ? ratioText(ratio) : String(Number(ratioToNumber(ratio).toPrecision(9)));
}

function valueText(value: number | { readonly numerator: bigint; readonly denominator: bigint }): string {
  return typeof value === "number" ? String(value) : ratioText(value);
}
