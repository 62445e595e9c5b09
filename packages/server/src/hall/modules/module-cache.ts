import {
  DEFAULT_CACHE_SECONDS,
  type Cache,
  type CachedRead,
  type Clock,
  type JsonValue,
  type Logger,
} from "@guildhall/sdk";
import { toError } from "../../kernel/to-error.ts";

/** Where cached values lie, as text by key. Any call may fail; nothing depends on it. */
export interface CacheStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, options: { readonly until: Date }): Promise<void>;
  delete(key: string): Promise<void>;
}

const LARGEST = 64 * 1024 * 1024;

/** A cache in this process's memory, at most 64 Mi characters: the values that were used least lately go first. */
export class MemoryCache implements CacheStore {
  readonly #clock: Clock;
  readonly #values = new Map<string, { readonly value: string; readonly until: number }>();
  #size = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  async get(key: string): Promise<string | undefined> {
    const found = this.#values.get(key);
    if (!found) return undefined;
    this.#drop(key);
    if (found.until <= this.#clock.now().getTime()) return undefined;
    this.#put(key, found);
    return found.value;
  }

  async set(key: string, value: string, { until }: { readonly until: Date }): Promise<void> {
    this.#drop(key);
    if (value.length > LARGEST / 16) return;
    this.#put(key, { value, until: until.getTime() });
    for (const oldest of this.#values.keys()) {
      if (this.#size <= LARGEST) return;
      this.#drop(oldest);
    }
  }

  async delete(key: string): Promise<void> {
    this.#drop(key);
  }

  #put(key: string, entry: { readonly value: string; readonly until: number }): void {
    this.#values.set(key, entry);
    this.#size += key.length + entry.value.length;
  }

  #drop(key: string): void {
    const found = this.#values.get(key);
    if (!found) return;
    this.#values.delete(key);
    this.#size -= key.length + found.value.length;
  }
}

/** A module's cached reads (requirements C-14); see {@link Cache}. */
export class ModuleCache implements Cache {
  readonly #store: CacheStore;
  readonly #module: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #onFault: () => void;

  /** @param options.onFault called for each fault of the cache, to count it */
  constructor(options: {
    readonly store: CacheStore;
    readonly module: string;
    readonly clock: Clock;
    readonly log: Logger;
    readonly onFault: () => void;
  }) {
    this.#store = options.store;
    this.#module = options.module;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#onFault = options.onFault;
  }

  async read<Value extends JsonValue>(read: CachedRead<Value>): Promise<Value> {
    const key = `${this.#module}:${read.key}`;
    const remembered = await this.#try(key, async () => {
      const text = await this.#store.get(key);
      return text === undefined ? undefined : read.schema.safeParse(JSON.parse(text));
    });
    if (remembered?.success) return remembered.data;
    const value = await read.load();
    if (!isEmpty(value)) {
      const seconds = read.seconds ?? DEFAULT_CACHE_SECONDS;
      const until = new Date(this.#clock.now().getTime() + seconds * 1000);
      await this.#try(key, () => this.#store.set(key, JSON.stringify(value), { until }));
    }
    return value;
  }

  async forget(key: string): Promise<void> {
    const full = `${this.#module}:${key}`;
    await this.#try(full, () => this.#store.delete(full));
  }

  async #try<Result>(key: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#onFault();
      this.#log.warn({ err: toError(error), key }, "the cache failed; the value is read from where it is");
      return undefined;
    }
  }
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
