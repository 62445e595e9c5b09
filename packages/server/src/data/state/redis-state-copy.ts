import { z } from "zod";
import type { RedisClient } from "./redis-client.ts";
import { CHANGED, OWN_KEYS } from "./redis-scripts.ts";
import { COUNT, documentOf, textOf } from "./redis-values.ts";
import type { StateEntry } from "./state-entry.ts";

const PAGE = 500;
/** Set while entries are being brought here from elsewhere: what is there then is of no worth when that stops. */
const FILLING = `${OWN_KEYS}filling`;

const Read = z.array(
  z.tuple([
    z.string(),
    z.string(),
    z.array(z.tuple([z.string(), z.string()])),
    z.array(z.tuple([z.string(), z.array(z.string())])),
  ]),
);

/** The state on a Redis server as a whole: with its times, and to be filled and emptied. */
export class RedisStateCopy {
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

  /** Every key, page by page, each page as it is at one instant. */
  async *entries(): AsyncIterable<readonly StateEntry[]> {
    for (let from = 0; ; from += PAGE) {
      const keys = await this.#client.ask((client) => client.zRange(CHANGED, from, from + PAGE - 1));
      if (keys.length === 0) return;
      const read = Read.parse(await this.#client.ask((client) => client.readEntries(keys)));
      yield read.map(([key, at, texts, sets]) => ({
        key,
        at: Number(at).toFixed(6),
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
  }

  /** Begins to fill an empty server; what an unfinished filling left there goes. */
  async beginFilling(): Promise<void> {
    await this.clear();
    await this.#client.ask((client) => client.set(FILLING, "1"));
  }

  /** Writes entries that are newer than what is there, with their times. Returns how many were. */
  async put(entries: readonly StateEntry[]): Promise<number> {
    const json = JSON.stringify(
      entries.map(({ documents, ...entry }) => ({
        ...entry,
        documents: Object.fromEntries(Object.entries(documents).map(([key, value]) => [key, textOf(value)])),
      })),
    );
    return await this.#client.ask((client) => client.putEntries(json));
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
    await this.#client.ask((client) => client.del(FILLING));
  }
}
