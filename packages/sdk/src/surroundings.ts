import type { JsonValue } from "./json.ts";

/** The time, passed in so that tests own it. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** Uniform randomness from the operating system's generator, passed in so that tests own it. */
export interface Random {
  /**
   * A whole number from `low` to `high`, both included, each equally likely.
   *
   * @throws RangeError unless both are safe integers, `low <= high`, and the span is at most 2^32.
   */
  integer(low: number, high: number): number;
}

/** A log channel. The first argument carries facts by name, the second is one sentence. */
export interface Logger {
  debug(facts: LogFacts, message: string): void;
  info(facts: LogFacts, message: string): void;
  warn(facts: LogFacts, message: string): void;
  error(facts: LogFacts, message: string): void;
}

/** Facts of a log line; an error goes under `err`. */
export type LogFacts = Readonly<Record<string, JsonValue | Error | Date | bigint | undefined>>;
