import { z } from "zod";
import { newId } from "../uuid.ts";
import type { RedisClient } from "./redis-client.ts";
import { CHANGED, OWN_KEYS, WRITES } from "./redis-scripts.ts";
import { COUNT, documentOf, instantOf, secondsOf, textOf } from "./redis-values.ts";
import type { MarkStanding, StateChanges, StateCopy } from "./state-copy.ts";
import type { StateEntry } from "./state-entry.ts";

const PAGE = 500;
/** Set while entries are being brought here from elsewhere: what is there then is of no worth when that stops. */
const FILLING = `${OWN_KEYS}filling`;
/** Made once: a server that came back empty has lost it. */
const LIFE = `${OWN_KEYS}life`;
const MARK = /^(?<life>[^:]+):(?<run>[^:]*):(?<writes>\d+)$/;

const Read = z.array(
  z.tuple([
    z.string(),
    z.string(),
    z.array(z.tuple([z.string(), z.string()])),
    z.array(z.tuple([z.string(), z.array(z.string())])),
  ]),
);

/** The state on a Redis server as a whole: with its times, and to be filled and emptied. */
export class RedisStateCopy implements StateCopy {
  readonly #client: RedisClient;

  constructor({ client }: { readonly client: RedisClient }) {
    this.#client = client;
  }

  /** How many keys there are; an unfinished filling counts as none. */
  async size(): Promise<number> {
    return await this.#client.ask(async (client) =>
      (await client.exists(FILLING)) > 0 ? 0 : await client.zCard(CHANGED),
    );
  }

  async standingOf(mark: string): Promise<MarkStanding> {
    const { life, run, writes } = MARK.exec(mark)?.groups ?? {};
    const now = await this.#now();
    if (life !== now.life) return "foreign";
    // Where it was started again, or another server took its place, writes may have been lost and their numbers given
    // to others.
    return run === now.run && Number(writes) <= now.writes ? "followed" : "broken";
  }

  /** Each page as it is at one instant. The mark is taken before the first: what is written meanwhile is due next time. */
  async changedSince<Result>(
    mark: string | undefined,
    use: (changes: StateChanges) => Promise<Result>,
  ): Promise<Result> {
    const { life, run, writes } = await this.#now();
    const since = Number(mark === undefined ? 0 : MARK.exec(mark)?.groups?.["writes"]);
    return await use({ mark: `${life}:${run}:${writes}`, pages: this.#pages({ since, until: writes }) });
  }

  /** Begins to fill an empty server; what an unfinished filling left there goes. */
  async beginFilling(): Promise<void> {
    await this.clear();
    await this.#client.ask((client) => client.set(FILLING, "1"));
  }

  async apply(entries: readonly StateEntry[]): Promise<number> {
    let applied = 0;
    for (const json of this.#parcels(entries)) {
      applied += await this.#client.ask((client) => client.putEntries(json));
    }
    return applied;
  }

  async merge(entries: readonly StateEntry[]): Promise<void> {
    for (const json of this.#parcels(entries)) await this.#client.ask((client) => client.mergeEntries(json));
  }

  /** Ends the filling: what is there counts from now on. */
  async endFilling(): Promise<void> {
    await this.#client.ask((client) => client.del(FILLING));
  }

  /** Takes everything away that is the hall's. */
  async clear(): Promise<void> {
    for (;;) {
      const keys = await this.#client.ask((client) => client.zRange(CHANGED, 0, PAGE - 1));
      if (keys.length === 0) break;
      await this.#client.ask((client) => client.removeEntries(keys));
    }
    await this.#client.ask((client) => client.del([FILLING, LIFE, WRITES]));
  }

  /** The keys in the order of their last writes, up to one write at least. */
  async *#pages({ since, until }: { since: number; until: number }): AsyncIterable<readonly StateEntry[]> {
    for (let after = since; ;) {
      const limit = { BY: "SCORE", LIMIT: { offset: 0, count: PAGE } } as const;
      const found = await this.#client.ask((client) =>
        client.zRangeWithScores(CHANGED, `(${after}`, "+inf", limit),
      );
      const last = found.at(-1);
      if (!last) return;
      yield await this.#read(found.map(({ value }) => value));
      // What was written meanwhile comes along, but nobody runs behind those who go on writing.
      if (found.length < PAGE || last.score >= until) return;
      after = last.score;
    }
  }

  async #read(keys: readonly string[]): Promise<StateEntry[]> {
    const read = Read.parse(await this.#client.ask((client) => client.readEntries(keys)));
    return read.map(([key, seconds, texts, sets]) => ({
      key,
      at: instantOf(seconds),
      documents: Object.fromEntries(
        texts.flatMap(([name, text]) => {
          const document = documentOf(text);
          return document === undefined ? [] : [[name, document]];
        }),
      ),
      counters: Object.fromEntries(texts.filter(([, text]) => COUNT.test(text))),
      sets: Object.fromEntries(sets),
    }));
  }

  /** Entries as the scripts take them, so many at a time that nobody has to wait long. */
  *#parcels(entries: readonly StateEntry[]): Iterable<string> {
    for (let from = 0; from < entries.length; from += PAGE) {
      yield JSON.stringify(
        entries.slice(from, from + PAGE).map(({ at, documents, ...entry }) => ({
          ...entry,
          at: secondsOf(at),
          documents: Object.fromEntries(
            Object.entries(documents).map(([key, value]) => [key, textOf(value)]),
          ),
        })),
      );
    }
  }

  /** Which state this is, on which running server, and the number of its last write. */
  async #now(): Promise<{ life: string; run: string; writes: number }> {
    const run = (await this.#client.info("server")).get("run_id") ?? "";
    return await this.#client.ask(async (client) => {
      await client.set(LIFE, newId(), { condition: "NX" });
      const [life, writes] = await client.mGet([LIFE, WRITES]);
      return { life: life ?? "", run, writes: Number(writes ?? 0) };
    });
  }
}
