import type { Database } from "./database.ts";
import { notFound } from "./data-error.ts";
import type { Invitation, User } from "./models.ts";
import { storable } from "./storable.ts";
import { emailTaken, insertUser, USER_COLUMNS, type NewUser } from "./user-rows.ts";
import { newId } from "./uuid.ts";

const INVITATION_COLUMNS = ["id", "email", "is_administrator", "created_at", "expires_at"] as const;

/**
 * Links that work once: to set the hall up, to make the account that one was invited to, and to set a new password. Of
 * their secrets only the SHA-256 is kept.
 */
export class OneTimeLinks {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Makes the set-up link's secret, in the place of an earlier one. */
  async storeSetUp(token_hash: Buffer): Promise<void> {
    const at = this.#now();
    await this.#database.queries
      .insertInto("people.setup_links")
      .values({ only: true, token_hash, created_at: at })
      .onConflict((conflict) => conflict.column("only").doUpdateSet({ token_hash, created_at: at }))
      .execute();
  }

  /**
   * Takes the set-up link out of use and makes the first administrator, or does neither; undefined when it cannot be
   * used.
   *
   * @throws DataError `email_taken`
   */
  async useSetUp(
    token_hash: Buffer,
    administrator: Pick<NewUser, "email" | "display_name" | "password_hash">,
  ): Promise<User | undefined> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const used = await transaction
        .deleteFrom("people.setup_links")
        .where("token_hash", "=", token_hash)
        // Somebody may have become an administrator another way since the link was made.
        .where((expression) =>
          expression.not(
            expression.exists(
              expression
                .selectFrom("people.users")
                .select("id")
                .where("kind", "=", "person")
                .where("is_administrator", "=", true),
            ),
          ),
        )
        .executeTakeFirst();
      if (used.numDeletedRows === 0n) return undefined;
      return await insertUser(transaction, { ...administrator, is_administrator: true, at: this.#now() });
    });
  }

  /** Ends the use of a set-up link, once there is an administrator. */
  async dropSetUp(): Promise<void> {
    await this.#database.queries.deleteFrom("people.setup_links").execute();
  }

  /** Invites somebody, in the place of an earlier invitation of theirs. @throws DataError `email_taken` */
  async createInvitation(given: {
    readonly email: string;
    readonly is_administrator: boolean;
    readonly invited_by: string;
    readonly token_hash: Buffer;
    readonly expires_at: Date;
  }): Promise<Invitation> {
    const email = storable(given.email.toLowerCase());
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const taken = await transaction
        .selectFrom("people.users")
        .select("id")
        .where("email", "=", email)
        .executeTakeFirst();
      if (taken) throw emailTaken(email);
      const row = { ...given, email, id: newId(), created_at: this.#now() };
      return await transaction
        .insertInto("people.invitations")
        .values(row)
        .onConflict((conflict) => conflict.column("email").doUpdateSet(row))
        .returning(INVITATION_COLUMNS)
        .executeTakeFirstOrThrow();
    });
  }

  /** The invitations that can still be used, newest first. */
  async listInvitations(): Promise<Invitation[]> {
    return await this.#database.queries
      .selectFrom("people.invitations")
      .select(INVITATION_COLUMNS)
      .where("expires_at", ">", this.#now())
      .orderBy("id", "desc")
      .execute();
  }

  /** The invitation with this secret, while it can be used. */
  async findInvitation(token_hash: Buffer): Promise<Invitation | undefined> {
    return await this.#database.queries
      .selectFrom("people.invitations")
      .select(INVITATION_COLUMNS)
      .where("token_hash", "=", token_hash)
      .where("expires_at", ">", this.#now())
      .executeTakeFirst();
  }

  /** Takes an invitation back. @throws DataError `not_found` */
  async removeInvitation(id: string): Promise<void> {
    const { numDeletedRows } = await this.#database.queries
      .deleteFrom("people.invitations")
      .where("id", "=", id)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound("invitation");
  }

  /** Uses an invitation up and makes the account, or does neither; undefined when it cannot be used. */
  async acceptInvitation(
    token_hash: Buffer,
    account: Pick<NewUser, "display_name" | "password_hash">,
  ): Promise<User | undefined> {
    const at = this.#now();
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const invitation = await transaction
        .deleteFrom("people.invitations")
        .where("token_hash", "=", token_hash)
        .where("expires_at", ">", at)
        .returning(["email", "is_administrator"])
        .executeTakeFirst();
      if (!invitation) return undefined;
      return await insertUser(transaction, { ...invitation, ...account, at });
    });
  }

  /** Makes the password link of an active person, in the place of an earlier one; false when there is no such person. */
  async createPasswordLink(given: {
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

  /** Whose password link this is, while it can be used. */
  async findPasswordLink(token_hash: Buffer): Promise<User | undefined> {
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

  /** Uses a password link up and sets the password, or does neither; undefined when it cannot be used. */
  async usePasswordLink(
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

  /** Forgets the invitations and password links that can no longer be used since before an instant. */
  async dropExpiredBefore(instant: Date): Promise<void> {
    for (const table of ["people.invitations", "people.password_links"] as const) {
      await this.#database.queries.deleteFrom(table).where("expires_at", "<", instant).execute();
    }
  }
}
