import type { JsonValue } from "../json.ts";
import type { State } from "../state.ts";

/** {@link State} in memory, for tests: what it is given is copied, and gone with the process. */
export class MemoryState implements State {
  /** While set, everything fails with it, as when the state cannot be reached. */
  fault: Error | undefined;
  readonly #now: () => Date;
  readonly #documents: Map<string, JsonValue>;
  readonly #counters: Map<string, bigint>;
  readonly #sets: Map<string, Set<string>>;
  readonly #times: Map<string, Date>;

  /** @param options.shared a state whose content the new one shares, each with its own clock */
  constructor({ now, shared }: { readonly now: () => Date; readonly shared?: MemoryState }) {
    this.#now = now;
    this.#documents = shared ? shared.#documents : new Map();
    this.#counters = shared ? shared.#counters : new Map();
    this.#sets = shared ? shared.#sets : new Map();
    this.#times = shared ? shared.#times : new Map();
  }

  async get(key: string): Promise<JsonValue | undefined> {
    this.#reach();
    return structuredClone(this.#documents.get(key));
  }

  async set(key: string, value: JsonValue): Promise<void> {
    this.#reach();
    this.#documents.set(key, storable(value));
    this.#stamp(key);
  }

  async update(key: string, change: (value: JsonValue | undefined) => JsonValue): Promise<JsonValue> {
    this.#reach();
    const value = storable(change(structuredClone(this.#documents.get(key))));
    this.#documents.set(key, value);
    this.#stamp(key);
    return structuredClone(value);
  }

  async getCount(key: string): Promise<bigint> {
    this.#reach();
    return this.#counters.get(key) ?? 0n;
  }

  async increment(amounts: ReadonlyMap<string, number>): Promise<void> {
    this.#reach();
    for (const [key, amount] of amounts) {
      this.#counters.set(key, (this.#counters.get(key) ?? 0n) + BigInt(amount));
      this.#stamp(key);
    }
  }

  async addToSet(key: string, members: readonly string[]): Promise<void> {
    this.#reach();
    if (members.length === 0) return;
    const known = this.#sets.get(key) ?? new Set();
    for (const member of members) known.add(member);
    this.#sets.set(key, known);
    this.#stamp(key);
  }

  async getSet(key: string): Promise<string[]> {
    this.#reach();
    return [...(this.#sets.get(key) ?? [])].toSorted();
  }

  async updatedTime(key: string): Promise<Date | undefined> {
    this.#reach();
    return this.#times.get(key.startsWith("c_") ? "c_" : key);
  }

  async scan(prefix: string): Promise<string[]> {
    this.#reach();
    const keys = new Set([...this.#documents.keys(), ...this.#counters.keys(), ...this.#sets.keys()]);
    return [...keys].filter((key) => key.startsWith(prefix)).toSorted();
  }

  #reach(): void {
    if (this.fault) throw this.fault;
  }

  #stamp(key: string): void {
    const stamped = key.startsWith("c_") ? "c_" : key;
    const before = this.#times.get(stamped);
    const now = this.#now();
    this.#times.set(stamped, before && before > now ? before : now);
  }
}

/** The value as a store would keep it: without NUL and half surrogates. */
function storable(value: JsonValue): JsonValue {
  if (typeof value === "string") return value.replaceAll("\0", "\uFFFD").toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(storable);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll("\0", "\uFFFD").toWellFormed(),
      storable(inner),
    ]),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
