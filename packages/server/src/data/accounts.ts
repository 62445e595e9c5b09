import type { Database } from "./database.ts";
import { DataError, notFound } from "./data-error.ts";
import type { Session, User } from "./models.ts";
import { storable } from "./storable.ts";
import { newId } from "./uuid.ts";

/** A user with what a sign-in is checked against. */
export interface Credentials {
  readonly user: User;
  readonly password_version: number;
  readonly password_hash: string | null;
}

/** What can be changed of a person's account; what is left out stays. */
export interface UserPatch {
  readonly is_active?: boolean | undefined;
  readonly is_administrator?: boolean | undefined;
  readonly display_name?: string | undefined;
}

/** A sign-in that still holds, with its user. */
export interface LiveSession extends Credentials {
  readonly session_id: string;
  readonly expires_at: Date;
  readonly last_used_at: Date;
}

/** The secrets of a session, as SHA-256. */
export interface SessionSecrets {
  readonly cookie_hash: Buffer;
  readonly refresh_hash: Buffer;
}

const CREDENTIAL_COLUMNS = [
  "u.id",
  "u.kind",
  "u.is_active",
  "u.is_administrator",
  "u.email",
  "u.display_name",
  "u.created_at",
  "u.password_version",
  "u.password_hash",
] as const;

type CredentialRow = User & { password_version: number; password_hash: string | null };

function credentials({ password_version, password_hash, ...user }: CredentialRow): Credentials {
  return { user, password_version, password_hash };
}

/** Passwords, sessions, the set-up link and the local operator: what sign-in needs of the store. */
export class Accounts {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /** By e-mail address, in any case of letters. */
  async findCredentials(email: string): Promise<Credentials | undefined> {
    const row = await this.#database.queries
      .selectFrom("people.users as u")
      .select(CREDENTIAL_COLUMNS)
      .where("u.email", "=", storable(email.toLowerCase()))
      .executeTakeFirst();
    return row && credentials(row);
  }

  async getCredentials(userId: string): Promise<Credentials> {
    const row = await this.#database.queries
      .selectFrom("people.users as u")
      .select(CREDENTIAL_COLUMNS)
      .where("u.id", "=", userId)
      .executeTakeFirst();
    if (!row) throw notFound("user");
    return credentials(row);
  }

  async createSession(session: {
    readonly user_id: string;
    readonly password_version: number;
    readonly user_agent: string;
    readonly secrets: SessionSecrets;
    readonly expires_at: Date;
  }): Promise<string> {
    const { secrets, ...row } = session;
    const at = this.#now();
    const id = newId();
    await this.#database.queries
      .insertInto("people.sessions")
      .values({ id, ...row, ...secrets, created_at: at, last_used_at: at })
      .execute();
    return id;
  }

  /** The session of a cookie or of a token, while it is neither revoked, expired, nor outdated by a new password. */
  async findSession(by: { cookie_hash: Buffer } | { id: string }): Promise<LiveSession | undefined> {
    const query = this.#liveSessions();
    const row = await (
      "id" in by ? query.where("s.id", "=", by.id) : query.where("s.cookie_hash", "=", by.cookie_hash)
    ).executeTakeFirst();
    if (!row) return undefined;
    const { session_id, expires_at, last_used_at, ...rest } = row;
    return { ...credentials(rest), session_id, expires_at, last_used_at };
  }

  /**
   * Exchanges a refresh token for the next one. A token that was exchanged before revokes its session: somebody else
   * holds a copy (RFC 9700, section 4.14.2).
   */
  async rotateRefresh(
    presented: Buffer,
    next: Buffer,
    expires_at: Date,
  ): Promise<LiveSession | "reused" | undefined> {
    const at = this.#now();
    const rotated = await this.#database.queries
      .updateTable("people.sessions")
      .set({ refresh_hash: next, previous_refresh_hash: presented, last_used_at: at, expires_at })
      .where("refresh_hash", "=", presented)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", at)
      .returning("id")
      .executeTakeFirst();
    if (rotated) return await this.findSession({ id: rotated.id });
    const stolen = await this.#database.queries
      .updateTable("people.sessions")
      .set({ revoked_at: at })
      .where("previous_refresh_hash", "=", presented)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return stolen.numUpdatedRows > 0n ? "reused" : undefined;
  }

  /** Forgets sessions that ended before an instant, by time or by being revoked. */
  async dropSessionsEndedBefore(instant: Date): Promise<void> {
    await this.#database.queries
      .deleteFrom("people.sessions")
      .where((expression) =>
        expression.or([expression("expires_at", "<", instant), expression("revoked_at", "<", instant)]),
      )
      .execute();
  }

  /** The user's sign-ins that still hold, last used first. */
  async listSessions(userId: string): Promise<Session[]> {
    return await this.#liveSessions()
      .clearSelect()
      .select(["s.id", "s.user_agent", "s.created_at", "s.last_used_at", "s.expires_at"])
      .where("s.user_id", "=", userId)
      .orderBy("s.last_used_at", "desc")
      .orderBy("s.id", "desc")
      .execute();
  }

  /** Notes that a session is in use. */
  async touchSession(sessionId: string): Promise<void> {
    await this.#database.queries
      .updateTable("people.sessions")
      .set({ last_used_at: this.#now() })
      .where("id", "=", sessionId)
      .execute();
  }

  /** Ends a session of this user. @throws DataError `not_found` when there is none */
  async revokeOwnSession(userId: string, sessionId: string): Promise<void> {
    const { numUpdatedRows } = await this.#database.queries
      .updateTable("people.sessions")
      .set({ revoked_at: this.#now() })
      .where("id", "=", sessionId)
      .where("user_id", "=", userId)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw notFound("session");
  }

  async revokeSession(sessionId: string): Promise<void> {
    await this.#database.queries
      .updateTable("people.sessions")
      .set({ revoked_at: this.#now() })
      .where("id", "=", sessionId)
      .where("revoked_at", "is", null)
      .execute();
  }

  /** Sets a new password; sessions and tokens of the one before end with it. */
  async changePassword(userId: string, password_hash: string): Promise<void> {
    await this.#database.queries
      .updateTable("people.users")
      .set((expression) => ({
        password_hash,
        password_version: expression("password_version", "+", 1),
      }))
      .where("id", "=", userId)
      .execute();
  }

  /** Changes what is given. @throws DataError `not_found`, `last_administrator` */
  async patchUser(userId: string, patch: UserPatch): Promise<User> {
    const { display_name } = patch;
    const given = display_name === undefined ? patch : { ...patch, display_name: storable(display_name) };
    const changes = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    if (Object.keys(changes).length > 0) {
      await this.#database.queries.transaction().execute(async (transaction) => {
        if (patch.is_active === false || patch.is_administrator === false) {
          // Locked, so that two administrators cannot take the right from each other at once.
          const administrators = await transaction
            .selectFrom("people.users")
            .select("id")
            .where("kind", "=", "person")
            .where("is_active", "=", true)
            .where("is_administrator", "=", true)
            .orderBy("id")
            .forUpdate()
            .execute();
          if (administrators.length === 1 && administrators[0]?.id === userId) {
            throw new DataError("last_administrator", "This is the hall's last administrator.");
          }
        }
        await transaction
          .updateTable("people.users")
          .set(changes)
          .where("id", "=", userId)
          .where("kind", "=", "person")
          .execute();
      });
    }
    return (await this.getCredentials(userId)).user;
  }

  /** All people, by e-mail address. */
  async listUsers(page: { limit: number; after?: string }): Promise<User[]> {
    let query = this.#database.queries
      .selectFrom("people.users as u")
      .select(CREDENTIAL_COLUMNS)
      .where("u.kind", "=", "person")
      .orderBy("u.email")
      .limit(page.limit);
    if (page.after !== undefined) query = query.where("u.email", ">", page.after);
    return (await query.execute()).map((row) => credentials(row).user);
  }

  /** Whether a person may administer the hall; the local operator does not count. */
  async hasAdministrator(): Promise<boolean> {
    const row = await this.#database.queries
      .selectFrom("people.users")
      .select("id")
      .where("kind", "=", "person")
      .where("is_administrator", "=", true)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The local operator of this hall, made when first asked for. It has no password and cannot sign in. */
  async localOperator(): Promise<User> {
    await this.#database.queries
      .insertInto("people.users")
      .values({
        id: newId(),
        kind: "operator",
        email: "operator@localhost",
        display_name: "Local operator",
        is_administrator: true,
        password_hash: null,
        created_at: this.#now(),
      })
      .onConflict((conflict) => conflict.column("email").doNothing())
      .execute();
    const found = await this.findCredentials("operator@localhost");
    if (!found) throw notFound("user");
    return found.user;
  }

  #liveSessions() {
    return this.#database.queries
      .selectFrom("people.sessions as s")
      .innerJoin("people.users as u", (join) =>
        join.onRef("u.id", "=", "s.user_id").onRef("u.password_version", "=", "s.password_version"),
      )
      .select(CREDENTIAL_COLUMNS)
      .select(["s.id as session_id", "s.expires_at", "s.last_used_at"])
      .where("u.is_active", "=", true)
      .where("s.revoked_at", "is", null)
      .where("s.expires_at", ">", this.#now());
  }
}
