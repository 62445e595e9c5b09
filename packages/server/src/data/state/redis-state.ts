import type { JsonValue, Logger, State } from "@guildhall/sdk";
import { z } from "zod";
import { storable, storableJson } from "../storable.ts";
import { RedisClient, type RedisCommands } from "./redis-client.ts";
import { OWN_KEYS, type CountParcel } from "./redis-scripts.ts";
import { RedisStateCopy } from "./redis-state-copy.ts";
import { COUNT, documentOf, textOf } from "./redis-values.ts";
import { ReplicaReads } from "./replica-reads.ts";
import { updatedTimeKey } from "./updated-time-key.ts";

const SCAN_PAGE = 1000;
const TIME_SUFFIX = ":updated_time";
const Text = z.string();

/** Where a Redis or Valkey server is, and its replica. */
export interface RedisPlace {
  readonly url: string;
  /** Answers reads of what it already has; the server itself answers all when left out. */
  readonly replicaUrl?: string | undefined;
}

/** {@link State} on a Redis or Valkey server, under the promised keys. */
export class RedisState implements State {
  readonly #primary: RedisClient;
  readonly #replica: RedisClient | undefined;
  readonly #reads: ReplicaReads | undefined;
  readonly #now: () => Date;

  private constructor(given: {
    primary: RedisClient;
    replica: RedisClient | undefined;
    reads: ReplicaReads | undefined;
    now: () => Date;
  }) {
    this.#primary = given.primary;
    this.#replica = given.replica;
    this.#reads = given.reads;
    this.#now = given.now;
  }

  /** Connects; a replica that is away is used when it comes. @throws ConfigError when the server does not answer */
  static async open({
    url,
    replicaUrl,
    now,
    log,
  }: RedisPlace & { readonly now: () => Date; readonly log: Logger }): Promise<RedisState> {
    const primary = await RedisClient.open({ url, setting: "GUILDHALL_STATE__URL", log });
    if (replicaUrl === undefined)
      return new RedisState({ primary, replica: undefined, reads: undefined, now });
    const setting = "GUILDHALL_REDIS__REPLICA_URL";
    const replica = await RedisClient.open({ url: replicaUrl, setting, log, mayBeAway: true });
    return new RedisState({ primary, replica, reads: new ReplicaReads({ primary, replica }), now });
  }

  /** The same server with another clock. */
  withClock(now: () => Date): RedisState {
    return new RedisState({ primary: this.#primary, replica: this.#replica, reads: this.#reads, now });
  }

  /** The state as a whole. */
  get copy(): RedisStateCopy {
    return new RedisStateCopy({ client: this.#primary });
  }

  /** Whether the replica would answer a read of this key now; false without one. */
  readsFromReplica(key: string): boolean {
    return this.#replica !== undefined && this.#reads?.serverFor(key) === this.#replica;
  }

  async get(key: string): Promise<JsonValue | undefined> {
    return documentOf(await this.#text(key));
  }

  async set(key: string, value: JsonValue): Promise<void> {
    await this.#write([key], (client) => client.setDocument({ ...this.#stamped(key), value: textOf(value) }));
  }

  async update(key: string, change: (value: JsonValue | undefined) => JsonValue): Promise<JsonValue> {
    // The replica may be behind, and then the first try would be for nothing.
    let before = await this.#primary.ask((client) => client.get(key));
    for (;;) {
      const expected = before ?? "";
      const value = storableJson(change(documentOf(before)));
      const found = await this.#write([key], (client) =>
        client.replaceDocument({ ...this.#stamped(key), expected, value: textOf(value) }),
      );
      if (found === null) return value;
      const other = Text.parse(found);
      before = other === "" ? null : other;
    }
  }

  async getCount(key: string): Promise<bigint> {
    const text = await this.#text(key);
    return text !== null && COUNT.test(text) ? BigInt(text) : 0n;
  }

  async increment(amounts: ReadonlyMap<string, number>): Promise<void> {
    if (amounts.size === 0) return;
    const keys = [...amounts.keys()];
    await this.#write(keys, (client) => client.count({ amounts, now: seconds(this.#now()) }));
  }

  async addToSet(key: string, members: readonly string[]): Promise<void> {
    if (members.length === 0) return;
    await this.#write([key], (client) =>
      client.addMembers({ ...this.#stamped(key), members: members.map(storable) }),
    );
  }

  async getSet(key: string): Promise<string[]> {
    const members = await this.#serverFor(key).askOfKind((client) => client.sMembers(key));
    return members?.toSorted() ?? [];
  }

  async updatedTime(key: string): Promise<Date | undefined> {
    const text = await this.#serverFor(updatedTimeKey(key)).ask((client) => client.get(timeKeyOf(key)));
    return text === null ? undefined : new Date(Math.floor(Number(text) * 1000 + 0.0005));
  }

  async scan(prefix: string): Promise<string[]> {
    const server = this.#reads?.serverFor() ?? this.#primary;
    const pattern = `${prefix.replaceAll(/[\\*?[\]^-]/g, "\\$&")}*`;
    const keys = new Set<string>();
    let cursor = "0";
    do {
      const page = await server.ask((client) => client.scan(cursor, { MATCH: pattern, COUNT: SCAN_PAGE }));
      for (const key of page.keys) if (!key.startsWith(OWN_KEYS) && !key.endsWith(TIME_SUFFIX)) keys.add(key);
      cursor = page.cursor;
    } while (cursor !== "0");
    return [...keys].toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }

  /** Adds counts that the store took with the actions, once however often they are brought. */
  async receiveCounts(parcel: CountParcel & { readonly at: Date }): Promise<void> {
    const keys = [...Object.keys(parcel.counts), "c_", "user_set"];
    await this.#write(keys, (client) => client.receiveCounts({ ...parcel, now: seconds(parcel.at) }));
  }

  async close(): Promise<void> {
    await this.#reads?.close();
    await this.#replica?.close();
    await this.#primary.close();
  }

  async #text(key: string): Promise<string | null> {
    return (await this.#serverFor(key).askOfKind((client) => client.get(key))) ?? null;
  }

  #serverFor(key: string): RedisClient {
    return this.#reads?.serverFor(key) ?? this.#primary;
  }

  async #write<Reply>(
    keys: readonly string[],
    work: (client: RedisCommands) => Promise<Reply>,
  ): Promise<Reply> {
    try {
      return await this.#primary.ask(work);
    } finally {
      this.#reads?.wrote([...keys, ...keys.map(updatedTimeKey)]);
    }
  }

  #stamped(key: string) {
    return { key, now: seconds(this.#now()) };
  }
}

/** The promised form of `<key>:updated_time`: seconds since 1970, here with a fraction. */
function seconds(instant: Date): string {
  return (instant.getTime() / 1000).toFixed(6);
}

function timeKeyOf(key: string): string {
  return `${updatedTimeKey(key)}${TIME_SUFFIX}`;
}
