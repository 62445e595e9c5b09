import type { Transaction } from "kysely";
import { syncMemberships } from "./chat-entries.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables/all-tables.ts";

/** Joins chat accounts to users by short-lived codes, and undoes that. */
export class ChatLinks {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Keeps the hash of a user's code, in the place of an earlier one. */
  async storeCode(userId: string, code_hash: Buffer, expires_at: Date): Promise<void> {
    await this.#database.queries.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom("chat.link_codes")
        .where((expression) =>
          expression.or([expression("user_id", "=", userId), expression("expires_at", "<=", this.#now())]),
        )
        .execute();
      await transaction
        .insertInto("chat.link_codes")
        .values({ code_hash, user_id: userId, expires_at })
        .execute();
    });
  }

  /** Uses up a code and gives the account to its user; undefined when there is no such code, or it has expired. */
  async useCode(identityId: string, code_hash: Buffer): Promise<string | undefined> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const code = await transaction
        .deleteFrom("chat.link_codes")
        .where("code_hash", "=", code_hash)
        .returning(["user_id", "expires_at"])
        .executeTakeFirst();
      if (!code || code.expires_at <= this.#now()) return undefined;
      await this.#give(transaction, identityId, code.user_id);
      return code.user_id;
    });
  }

  /** Gives the account back to the user that was made for it; false when it belongs to that one already. */
  async unlink(identityId: string): Promise<boolean> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const identity = await transaction
        .selectFrom("people.identities")
        .select(["user_id", "own_user_id"])
        .where("id", "=", identityId)
        .executeTakeFirst();
      if (!identity?.own_user_id || identity.own_user_id === identity.user_id) return false;
      await this.#give(transaction, identityId, identity.own_user_id);
      return true;
    });
  }

  /** The chat account by which an action was asked for; undefined outside chat. */
  async identityOf(actionId: string): Promise<string | undefined> {
    const row = await this.#database.queries
      .selectFrom("chat.requests")
      .select("identity_id")
      .where("action_id", "=", actionId)
      .executeTakeFirst();
    return row?.identity_id;
  }

  async #give(transaction: Transaction<Tables>, identityId: string, userId: string): Promise<void> {
    const before = await transaction
      .selectFrom("people.identities")
      .select("user_id")
      .where("id", "=", identityId)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await transaction
      .updateTable("people.identities")
      .set({ user_id: userId })
      .where("id", "=", identityId)
      .execute();
    for (const id of [before.user_id, userId]) await syncMemberships(transaction, id, this.#now());
  }
}
