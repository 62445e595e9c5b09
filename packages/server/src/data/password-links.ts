import type { Database } from "./database.ts";
import type { User } from "./models.ts";
import { USER_COLUMNS } from "./user-rows.ts";

/** Links to set a new password; their secrets are kept as SHA-256 only, and a person has one at most. */
export class PasswordLinks {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Makes the link of an active person, in the place of an earlier one; false when there is no such person. */
  async create(given: {
    readonly user_id: string;
    readonly token_hash: Buffer;
    readonly expires_at: Date;
  }): Promise<boolean> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const person = await transaction
        .selectFrom("people.users")
        .select("password_version")
        .where("id", "=", given.user_id)
        .where("kind", "=", "person")
        .where("is_active", "=", true)
        .executeTakeFirst();
      if (!person) return false;
      const row = { ...given, password_version: person.password_version, created_at: this.#now() };
      await transaction
        .insertInto("people.password_links")
        .values(row)
        .onConflict((conflict) => conflict.column("user_id").doUpdateSet(row))
        .execute();
      return true;
    });
  }

  /** Whose link this is, while it can be used. */
  async find(token_hash: Buffer): Promise<User | undefined> {
    return await this.#database.queries
      .selectFrom("people.password_links as link")
      .innerJoin("people.users as u", "u.id", "link.user_id")
      .select(USER_COLUMNS.map((column) => `u.${column}` as const))
      .where("link.token_hash", "=", token_hash)
      .where("link.expires_at", ">", this.#now())
      .where("u.is_active", "=", true)
      .whereRef("u.password_version", "=", "link.password_version")
      .executeTakeFirst();
  }

  /** Uses a link up and sets the password, or does neither; undefined when it cannot be used. */
  async use(
    token_hash: Buffer,
    password_hash: string,
  ): Promise<{ readonly user: User; readonly password_version: number } | undefined> {
    const at = this.#now();
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const link = await transaction
        .deleteFrom("people.password_links")
        .where("token_hash", "=", token_hash)
        .where("expires_at", ">", at)
        .returning(["user_id", "password_version"])
        .executeTakeFirst();
      if (!link) return undefined;
      const changed = await transaction
        .updateTable("people.users")
        .set({ password_hash, password_version: link.password_version + 1 })
        .where("id", "=", link.user_id)
        .where("is_active", "=", true)
        .where("password_version", "=", link.password_version)
        .returning([...USER_COLUMNS, "password_version"])
        .executeTakeFirst();
      if (!changed) return undefined;
      const { password_version, ...user } = changed;
      return { user, password_version };
    });
  }

  /** Forgets what can no longer be used since before an instant. */
  async dropExpiredBefore(instant: Date): Promise<void> {
    await this.#database.queries
      .deleteFrom("people.password_links")
      .where("expires_at", "<", instant)
      .execute();
  }
}
