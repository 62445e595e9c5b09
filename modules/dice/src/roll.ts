import type { Random } from "@guildhall/sdk";
import type { DiceTerm, Expression, Keep, NumberTerm } from "./expression.ts";

/** Whether each die is rolled twice, and which of the two results counts. */
export type Advantage = "advantage" | "disadvantage";

/** One die. */
export interface RolledDie {
  readonly faces: number;
  /** What counts for it, from 1 to `faces`. */
  readonly value: number;
  /** Whether it is part of the subtotal. */
  readonly kept: boolean;
  /** At advantage or disadvantage: both results, in the order in which they were rolled. */
  readonly rolls?: readonly [number, number];
}

/** One term with its dice; a fixed number has none. */
export interface RolledTerm {
  /** The term in plain form, with a minus in front when it is subtracted. */
  readonly text: string;
  /** What it adds to the total; negative when it is subtracted. */
  readonly subtotal: number;
  /** In the order in which they were rolled. */
  readonly dice: readonly RolledDie[];
}

/** An expression that was rolled; the total is the sum of the subtotals. */
export interface RollResult {
  /** In plain form. */
  readonly expression: string;
  readonly total: number;
  readonly advantage?: Advantage;
  readonly terms: readonly RolledTerm[];
}

/** Rolls an expression. At advantage every die is rolled twice and the higher counts, at disadvantage the lower. */
export function evaluate(
  expression: Expression,
  { random, advantage }: { readonly random: Random; readonly advantage?: Advantage | undefined },
): RollResult {
  const terms = expression.terms.map((term) => rollTerm({ term, random, advantage }));
  return {
    expression: expression.text,
    total: terms.reduce((sum, term) => sum + term.subtotal, 0),
    ...(advantage === undefined ? {} : { advantage }),
    terms,
  };
}

function rollTerm({
  term,
  random,
  advantage,
}: {
  term: DiceTerm | NumberTerm;
  random: Random;
  advantage: Advantage | undefined;
}): RolledTerm {
  if (term.kind === "number")
    return { text: term.text, subtotal: signed({ term, amount: term.amount }), dice: [] };
  const rolled = Array.from({ length: term.count }, () => rollDie({ faces: term.faces, random, advantage }));
  const kept = keptIndexes({ values: rolled.map(({ value }) => value), keep: term.keep });
  const dice = rolled.map((die, index) => ({ ...die, kept: kept.has(index) }));
  const amount = dice.reduce((sum, die) => sum + (die.kept ? die.value : 0), 0);
  return { text: term.text, subtotal: signed({ term, amount }), dice };
}

function signed({ term, amount }: { term: DiceTerm | NumberTerm; amount: number }): number {
  // 0 - 0 is 0, where -0 would be a negative zero.
  return term.subtracted ? 0 - amount : amount;
}

function rollDie({
  faces,
  random,
  advantage,
}: {
  faces: number;
  random: Random;
  advantage: Advantage | undefined;
}): Omit<RolledDie, "kept"> {
  const first = random.integer(1, faces);
  if (advantage === undefined) return { faces, value: first };
  const second = random.integer(1, faces);
  const value = advantage === "advantage" ? Math.max(first, second) : Math.min(first, second);
  return { faces, value, rolls: [first, second] };
}

function keptIndexes({ values, keep }: { values: readonly number[]; keep: Keep | undefined }): Set<number> {
  const ordered = [...values.entries()];
  if (!keep) return new Set(ordered.map(([index]) => index));
  const sign = keep.which === "highest" ? -1 : 1;
  // The sort is stable: of equal dice the first is kept.
  ordered.sort(([, one], [, other]) => sign * (one - other));
  return new Set(ordered.slice(0, keep.count).map(([index]) => index));
}
