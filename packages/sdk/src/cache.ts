import type { z } from "zod";
import type { JsonValue } from "./json.ts";

/** How long a value is remembered when nothing else is said, in seconds. */
export const DEFAULT_CACHE_SECONDS = 300;

/** One cached read. */
export interface CachedRead<Value extends JsonValue> {
  /** Within the module; stored as `MODULE:key`. */
  readonly key: string;
  /** Reads what was remembered; what no longer fits is loaded anew. */
  readonly schema: z.ZodType<Value>;
  /** {@link DEFAULT_CACHE_SECONDS} when left out. */
  readonly seconds?: number;
  /** Reads the value from where it truly is. */
  load(): Promise<Value>;
}

/**
 * Remembers what was read for a while. A cache that fails never fails the read: the fault is logged and counted, and
 * the value loaded.
 */
export interface Cache {
  /**
   * The remembered value, or the loaded one, which is then remembered unless it is empty (null, an empty text, list
   * or object).
   */
  read<Value extends JsonValue>(read: CachedRead<Value>): Promise<Value>;
  /** Forgets a value, because it has changed. */
  forget(key: string): Promise<void>;
}
