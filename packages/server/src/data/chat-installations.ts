import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Tokens of workspaces as chat platforms gave them; their content is sealed by whoever keeps it. */
export class ChatInstallations {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Keeps an installation in the place of an earlier one of the same workspace. */
  async store(adapter: string, external_id: string, content: string): Promise<void> {
    const updated_at = this.#now();
    await this.#database.queries
      .insertInto("chat.installations")
      .values({ adapter, external_id, content, updated_at })
      .onConflict((conflict) =>
        conflict.columns(["adapter", "external_id"]).doUpdateSet({ content, updated_at }),
      )
      .execute();
  }

  async find(adapter: string, externalId: string): Promise<string | undefined> {
    const row = await this.#database.queries
      .selectFrom("chat.installations")
      .select("content")
      .where("adapter", "=", adapter)
      .where("external_id", "=", externalId)
      .executeTakeFirst();
    return row?.content;
  }

  async list(adapter: string): Promise<{ external_id: string; content: string }[]> {
    return await this.#database.queries
      .selectFrom("chat.installations")
      .select(["external_id", "content"])
      .where("adapter", "=", adapter)
      .orderBy("external_id")
      .execute();
  }

  async remove(adapter: string, externalId: string): Promise<void> {
    await this.#database.queries
      .deleteFrom("chat.installations")
      .where("adapter", "=", adapter)
      .where("external_id", "=", externalId)
      .execute();
  }

  /**
   * Works on one installation while no other server does: the lock is the store's, and goes with the connection. It
   * holds a connection of the pool until the work is done, so only a few of these may be under way at once.
   */
  async exclusively<Result>(
    adapter: string,
    externalId: string,
    work: () => Promise<Result>,
  ): Promise<Result> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const name = `guildhall installation ${adapter} ${externalId}`;
      await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(transaction);
      return await work();
    });
  }
}
