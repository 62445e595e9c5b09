import type { Database } from "./database.ts";
import { DataError, notFound } from "./data-error.ts";
import type { Invitation, User } from "./models.ts";
import { storable } from "./storable.ts";
import { insertUser } from "./user-rows.ts";
import { newId } from "./uuid.ts";

const COLUMNS = ["id", "email", "is_administrator", "created_at", "expires_at"] as const;

/** Invitations to make an account; their secrets are kept as SHA-256 only. */
export class Invitations {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** Invites somebody, in the place of an earlier invitation of theirs. @throws DataError `email_taken` */
  async create(given: {
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
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
    });
  }

  /** Those that can still be used, newest first. */
  async list(): Promise<Invitation[]> {
    return await this.#database.queries
      .selectFrom("people.invitations")
      .select(COLUMNS)
      .where("expires_at", ">", this.#now())
      .orderBy("id", "desc")
      .execute();
  }

  /** The one with this secret, while it can be used. */
  async find(token_hash: Buffer): Promise<Invitation | undefined> {
    return await this.#database.queries
      .selectFrom("people.invitations")
      .select(COLUMNS)
      .where("token_hash", "=", token_hash)
      .where("expires_at", ">", this.#now())
      .executeTakeFirst();
  }

  /** Takes an invitation back. @throws DataError `not_found` */
  async remove(id: string): Promise<void> {
    const { numDeletedRows } = await this.#database.queries
      .deleteFrom("people.invitations")
      .where("id", "=", id)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw notFound("invitation");
  }

  /** Uses an invitation up and makes the account, or does neither; undefined when it cannot be used. */
  async accept(
    token_hash: Buffer,
    account: { readonly password_hash: string; readonly display_name?: string | undefined },
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
      const { password_hash, display_name } = account;
      return await insertUser(transaction, {
        ...invitation,
        password_hash,
        ...(display_name === undefined ? {} : { display_name }),
        at,
      });
    });
  }

  /** Forgets what can no longer be used since before an instant. */
  async dropExpiredBefore(instant: Date): Promise<void> {
    await this.#database.queries.deleteFrom("people.invitations").where("expires_at", "<", instant).execute();
  }
}

function emailTaken(email: string): DataError {
  return new DataError("email_taken", `There is already a user with the e-mail address ${email}.`);
}
