import type { JsonValue } from "./json.ts";

/**
 * Small documents, counters and sets by key (requirements 2c). Every write stamps the key's `updated_time` in the
 * same atomic step; all `c_<command>` counters share the one time of `c_`. A key is a document, a counter or a set, and
 * never two of them; keys that begin with `guildhall:` or end with `:updated_time` are the hall's own.
 *
 * All methods throw {@link CommandError} with the code `state_unavailable` when the state is on a Redis server that
 * does not answer; whether a write was done is not known then.
 */
export interface State {
  get(key: string): Promise<JsonValue | undefined>;
  set(key: string, value: JsonValue): Promise<void>;
  /** Replaces a document by what `change` makes of it, atomically; `change` may run more than once. */
  update(key: string, change: (value: JsonValue | undefined) => JsonValue): Promise<JsonValue>;
  getCount(key: string): Promise<bigint>;
  /** Adds to counters, several in one atomic step. */
  increment(amounts: ReadonlyMap<string, number>): Promise<void>;
  addToSet(key: string, members: readonly string[]): Promise<void>;
  getSet(key: string): Promise<string[]>;
  /** When the key was last written; undefined when it never was. */
  updatedTime(key: string): Promise<Date | undefined>;
  /** The keys that begin with `prefix`, in order. */
  scan(prefix: string): Promise<string[]>;
}
