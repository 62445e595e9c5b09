import type { StateEntry } from "./state-entry.ts";

/** How the mark of an earlier look stands to what is here now. */
export type MarkStanding =
  /** What was written since can be told. */
  | "followed"
  /** It is the same state, but what was written since cannot be told. */
  | "broken"
  /** It is of another state than the one that is here: a lost one, or one that lay elsewhere. */
  | "foreign";

/** What was written since a mark, to be read once. */
export interface StateChanges {
  /** From where the next look has to begin, so that no write is missed. */
  readonly mark: string;
  readonly pages: AsyncIterable<readonly StateEntry[]>;
}

/** The state as a whole, with its times, wherever it lies. */
export interface StateCopy {
  standingOf(mark: string): Promise<MarkStanding>;
  /** Lends what was written since a mark that is followed; everything when it is left out. A key may come twice, the newer last. */
  changedSince<Result>(
    mark: string | undefined,
    use: (changes: StateChanges) => Promise<Result>,
  ): Promise<Result>;
  /** Writes the entries that are newer than what is here, with their times. Returns how many were. */
  apply(entries: readonly StateEntry[]): Promise<number>;
  /** Adds members and raises counters to what the entries have, whatever the times; no time changes. */
  merge(entries: readonly StateEntry[]): Promise<void>;
}
