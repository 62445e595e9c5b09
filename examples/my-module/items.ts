import type { Records } from "@guildhall/connection-api";
import type { Cache, Counter, Timer } from "@guildhall/sdk";
import { z } from "zod";
import type { Settings } from "./settings.ts";

/** An item as somebody sends it: a name, and whatever else belongs to it. */
export const NewItem = z.looseObject({ name: z.string().min(1).max(200) }).catchall(z.json());

/** An item as it is listed. */
export const Item = z
  .object({ id: z.string(), created_at: z.string(), module: z.string() })
  .catchall(z.json());

type NoLabels = Record<never, never>;

/** The module's items: kept as records, and listed from the cache where that has them. */
export class Items {
  readonly #records: Records;
  readonly #cache: Cache;
  readonly #settings: Settings;
  readonly #requests: Counter<NoLabels>;
  readonly #duration: Timer<NoLabels>;

  constructor(parts: {
    readonly records: Records;
    readonly cache: Cache;
    readonly settings: Settings;
    readonly requests: Counter<NoLabels>;
    readonly duration: Timer<NoLabels>;
  }) {
    this.#records = parts.records;
    this.#cache = parts.cache;
    this.#settings = parts.settings;
    this.#requests = parts.requests;
    this.#duration = parts.duration;
  }

  /** The newest items. */
  async list(): Promise<z.output<typeof Item>[]> {
    this.#requests.add();
    return await this.#duration.time(() =>
      this.#cache.read({
        key: "items",
        schema: z.array(Item),
        seconds: this.#settings.cacheSeconds,
        load: async () => {
          const found = await this.#records.list({ limit: this.#settings.batchSize });
          return found.map(({ id, data, module, createdAt }) =>
            Item.parse({ ...NewItem.parse(data), id, created_at: createdAt.toISOString(), module }),
          );
        },
      }),
    );
  }

  /** Keeps an item and returns its id. */
  async create(item: z.output<typeof NewItem>): Promise<string> {
    this.#requests.add();
    return await this.#duration.time(async () => {
      const id = await this.#records.create({ data: item });
      await this.#cache.forget("items");
      return id;
    });
  }
}
