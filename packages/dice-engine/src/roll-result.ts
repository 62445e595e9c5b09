import type { DialectName } from "./dialect.ts";
import type { LimitName } from "./limits.ts";

/** What became of a die: dropped and rerolled ones do not count, the others do. */
export type Fate = "kept" | "dropped" | "exploded" | "rerolled" | "clamped";

/** What else is to be said of a die. */
export type Mark = "added" | "critical" | "fumble" | "success" | "failure";

/** One die that was rolled. */
export interface RolledDie {
  /** The number of its faces, or the name of its kind: "F", "F.1", "%%", "coin", "z10", "faces". */
  readonly sides: number | string;
  /** What it shows. */
  readonly face: number;
  /** What is written on that face, where it is no number. */
  readonly symbol: string | null;
  /** What it counts: its face, unless it was clamped or lost one by penetrating. */
  readonly value: number;
  readonly fate: Fate;
  readonly marks: readonly Mark[];
  /** In which order it was rolled, from 0. */
  readonly order: number;
}

/** A part of the sum. */
export interface RolledTerm {
  /** In plain form, with a minus in front when it is subtracted. */
  readonly text: string;
  /** What it adds to the total. */
  readonly subtotal: number;
  /** The order of its first die, and of the one behind its last. */
  readonly dice: readonly [from: number, to: number];
  readonly label: string | null;
}

/** How a roll against a target went, by the rules of Pathfinder 2 (ten above or below, and natural 20 and 1). */
export type Degree = "critical success" | "success" | "failure" | "critical failure";

/** Everything about one roll; renderers only format it. */
export interface RollDetail {
  /** The sum as a number; 1 or 0 for a comparison. A fraction is rounded as doubles are. */
  readonly total: number;
  /** The sum as people read it, with at most six decimals. */
  readonly shown: string;
  /** Whether a comparison or a check holds; null when it is neither. */
  readonly passed: boolean | null;
  readonly degree: Degree | null;
  /** How many dice succeeded and failed, where they are counted; else null. */
  readonly successes: number | null;
  readonly failures: number | null;
  readonly terms: readonly RolledTerm[];
  /** What every die shows, in the order in which they were rolled. */
  readonly faces: readonly number[];
  /** In the order in which they were rolled. */
  readonly dice: readonly RolledDie[];
  /** Equal faces, where they are looked for. */
  readonly matches: readonly { readonly value: number; readonly count: number }[];
  /** What all that bears one label adds to the total. */
  readonly labels: Readonly<Record<string, number>>;
  /** The single results of a repeated expression, whose sum is the total; else empty. */
  readonly repeats: readonly RollDetail[];
  /** In plain form, in its dialect. */
  readonly canonical: string;
  readonly dialect: DialectName;
  /** How far the limits were used up. */
  readonly used: Readonly<Partial<Record<LimitName, number>>>;
  readonly source: "random" | "faces";
}
