import type { Clock, Logger, Store } from "@guildhall/sdk";
import type { NewRecord, Records, StoredRecord } from "./ref.ts";
import { records } from "./tables.ts";

const DEFAULT_LIMIT = 100;

/** The records of one module, in the hall's store. */
export class StoredRecords implements Records {
  readonly #module: string;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Logger;

  constructor(options: {
    readonly module: string;
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Logger;
  }) {
    this.#module = options.module;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async list({ userId, limit = DEFAULT_LIMIT }: Parameters<Records["list"]>[0] = {}): Promise<
    StoredRecord[]
  > {
    return await this.#logged("list", async () => {
      const rows = await this.#store.find(records, {
        where: { module: this.#module, user_id: userId ?? null, active: true },
        // Ids of the same instant are in the order in which they were made.
        orderBy: [
          ["created_at", "desc"],
          ["id", "desc"],
        ],
        limit,
      });
      return rows.map(({ id, data, module, created_at: createdAt }) => ({ id, data, module, createdAt }));
    });
  }

  async create({ data, userId }: NewRecord): Promise<string> {
    return await this.#logged("create", async () => {
      const id = this.#store.newId();
      await this.#store.insert(records, {
        id,
        module: this.#module,
        user_id: userId ?? null,
        data: JSON.stringify(data),
        created_at: this.#clock.now(),
        active: true,
      });
      return id;
    });
  }

  async deactivate({ id, userId }: Parameters<Records["deactivate"]>[0]): Promise<boolean> {
    return await this.#logged("deactivate", async () => {
      const where = { id, module: this.#module, user_id: userId ?? null, active: true };
      return (await this.#store.update(records, { where, set: { active: false } })) > 0;
    });
  }

  async #logged<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#log.warn(
        { err: error instanceof Error ? error : String(error), operation, of: this.#module },
        "records could not be reached",
      );
      throw error;
    }
  }
}
