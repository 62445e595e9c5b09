import { z } from "zod";
import type { Accounts, LiveSession, SessionSecrets, UserPatch } from "../data/accounts.ts";
import type { DataAccessor } from "../data/data-accessor.ts";
import { notFound } from "../data/data-error.ts";
import type { Session, User } from "../data/models.ts";
import type { OneTimeLinks } from "../data/one-time-links.ts";
import { HallError } from "./hall-error.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { newSecret, secretDigest } from "./secret-digest.ts";
import { ACCESS_TOKEN_SECONDS, type AccessClaim, type Tokens } from "./tokens.ts";

/** How long a sign-in lasts without being used, in days. */
const SESSION_DAYS = 30;
/** How exactly it is kept when a session was last used. */
const TOUCH_MILLISECONDS = 300_000;
const DAY_MILLISECONDS = 86_400_000;

/** Who asks, and the claim that the store checks again when it records something for them. */
export interface Principal {
  readonly user: User;
  readonly claim?: { readonly password_version: number; readonly session_id: string | null };
}

/** The answer to a sign-in or a refresh. */
export interface SignedIn {
  readonly user: User;
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token: string;
  /** The secret for the session cookie; absent on refresh, where the cookie stays. */
  readonly cookie?: string;
  readonly session_id: string;
  readonly session_expires_at: Date;
}

/** What makes a password acceptable: its length alone (NIST SP 800-63B, section 3.1.1.2). */
export const Password = z
  .string()
  .min(8, "A password needs at least 8 characters.")
  .max(1024, "A password can have 1024 characters at most.");

/** An e-mail address as it is kept: lower-case. */
export const EmailAddress = z
  .email("That is not an e-mail address.")
  .max(254)
  .transform((address) => address.toLowerCase());

/** Accounts, sign-in, and the tokens that stand for it. */
export class People {
  readonly #data: DataAccessor;
  readonly #accounts: Accounts;
  readonly #links: OneTimeLinks;
  readonly #tokens: Tokens;
  readonly #now: () => Date;
  /** Called when sign-ins of a user may have ended. */
  readonly #onRevoked: (userId: string) => void;

  constructor(options: {
    data: DataAccessor;
    accounts: Accounts;
    links: OneTimeLinks;
    tokens: Tokens;
    now: () => Date;
    onRevoked: (userId: string) => void;
  }) {
    this.#data = options.data;
    this.#accounts = options.accounts;
    this.#links = options.links;
    this.#tokens = options.tokens;
    this.#now = options.now;
    this.#onRevoked = options.onRevoked;
  }

  /** @throws DataError `email_taken` */
  async createUser(user: {
    email: string;
    password: string;
    display_name?: string | undefined;
    is_administrator?: boolean | undefined;
  }): Promise<User> {
    const { password, display_name, is_administrator, email } = user;
    const created = await this.#data.createUser({
      email,
      password_hash: await hashPassword(password),
      ...(display_name === undefined ? {} : { display_name }),
      ...(is_administrator === undefined ? {} : { is_administrator }),
    });
    if (created.is_administrator) await this.#links.dropSetUp();
    return created;
  }

  /** @throws HallError `wrong_password`, the same for an unknown address, a wrong password and an inactive user */
  async loginUser(request: { email: string; password: string; user_agent: string }): Promise<SignedIn> {
    const found = await this.#accounts.findCredentials(request.email);
    const matches = await verifyPassword(request.password, found?.password_hash ?? null);
    if (!found || !matches || !found.user.is_active) {
      throw new HallError("wrong_password", "The e-mail address or the password is wrong.");
    }
    const { user, password_version } = found;
    return await this.signIn(user, { password_version, user_agent: request.user_agent });
  }

  /** Exchanges a refresh token for new tokens; each works once. @throws HallError `refresh_token_invalid` */
  async refresh(refreshToken: string): Promise<SignedIn> {
    const refresh_token = newSecret();
    const expires = this.#sessionEnd();
    const session = await this.#accounts.rotateRefresh(
      secretDigest(refreshToken),
      secretDigest(refresh_token),
      expires,
    );
    if (session === undefined || session === "reused") {
      throw new HallError(
        "refresh_token_invalid",
        "The refresh token was used before, has expired or was revoked: sign in again.",
      );
    }
    return {
      user: session.user,
      access_token: await this.generateUserJwtToken(session),
      expires_in: ACCESS_TOKEN_SECONDS,
      refresh_token,
      session_id: session.session_id,
      session_expires_at: expires,
    };
  }

  async logout(sessionId: string, userId: string): Promise<void> {
    await this.#accounts.revokeSession(sessionId);
    this.#onRevoked(userId);
  }

  /** Sets a new password; every token and session made before is dead. @throws HallError `wrong_password` */
  async changePassword(request: {
    user_id: string;
    current_password: string;
    new_password: string;
    user_agent: string;
  }): Promise<SignedIn> {
    const before = await this.#accounts.getCredentials(request.user_id);
    if (!(await verifyPassword(request.current_password, before.password_hash))) {
      throw new HallError("wrong_password", "The current password is wrong.");
    }
    await this.#accounts.changePassword(request.user_id, await hashPassword(request.new_password));
    this.#onRevoked(request.user_id);
    const { user, password_version } = await this.#accounts.getCredentials(request.user_id);
    return await this.signIn(user, { password_version, user_agent: request.user_agent });
  }

  /** Changes a person's account; a deactivated one is signed out everywhere. @throws HallError, DataError */
  async patchUser(asking: User, userId: string, patch: UserPatch): Promise<User> {
    if (asking.id === userId && (patch.is_active === false || patch.is_administrator === false)) {
      throw new HallError("own_account", "You cannot take your own account away: ask another administrator.");
    }
    const { user } = await this.#accounts.getCredentials(userId);
    if (user.kind !== "person") throw notFound("user");
    const changed = await this.#accounts.patchUser(userId, patch);
    if (patch.is_active === false) this.#onRevoked(userId);
    return changed;
  }

  /** The user's sign-ins, last used first. */
  async listSessions(userId: string): Promise<Session[]> {
    return await this.#accounts.listSessions(userId);
  }

  /** Ends one of the user's own sign-ins. @throws DataError `not_found` */
  async revokeSession(userId: string, sessionId: string): Promise<void> {
    await this.#accounts.revokeOwnSession(userId, sessionId);
    this.#onRevoked(userId);
  }

  async listUsers(page: { limit: number; after?: string }): Promise<User[]> {
    return await this.#accounts.listUsers(page);
  }

  /** The local operator; or the person that a terminal names with `--as`. @throws DataError `not_found` */
  async terminalUser(email: string | undefined): Promise<User> {
    if (email === undefined) return await this.#accounts.localOperator();
    const user = await this.#data.getUserByEmail(email);
    if (!user?.is_active) throw notFound(`active user with the e-mail address ${email}`);
    return user;
  }

  async generateUserJwtToken(session: LiveSession): Promise<string> {
    const { user, password_version, session_id } = session;
    return await this.#tokens.signAccess({
      user_id: user.id,
      email: user.email,
      password_version,
      session_id,
    });
  }

  /** The signed-in user of an access token; undefined when anything about it no longer holds. */
  async getUserFromJwtToken(token: string): Promise<Principal | undefined> {
    const claim = await this.#tokens.readAccess(token);
    return claim && (await this.principalOfClaim(claim));
  }

  /** The claim of a token by its signature alone; whoever acts on it must have the store check it. */
  async readClaim(token: string): Promise<AccessClaim | undefined> {
    return await this.#tokens.readAccess(token);
  }

  async principalOfClaim(claim: AccessClaim): Promise<Principal | undefined> {
    const session = await this.#accounts.findSession({ id: claim.session_id });
    const holds = session?.user.id === claim.user_id && session.password_version === claim.password_version;
    return holds ? await this.#principal(session) : undefined;
  }

  async principalOfCookie(cookie: string): Promise<Principal | undefined> {
    const session = await this.#accounts.findSession({ cookie_hash: secretDigest(cookie) });
    return session && (await this.#principal(session));
  }

  /** Signs somebody in who has shown who they are. */
  async signIn(
    user: User,
    { password_version, user_agent }: { password_version: number; user_agent: string },
  ): Promise<SignedIn> {
    const cookie = newSecret();
    const refresh_token = newSecret();
    const secrets: SessionSecrets = {
      cookie_hash: secretDigest(cookie),
      refresh_hash: secretDigest(refresh_token),
    };
    const expires_at = this.#sessionEnd();
    const session_id = await this.#accounts.createSession({
      user_id: user.id,
      password_version,
      user_agent: user_agent.slice(0, 200),
      secrets,
      expires_at,
    });
    return {
      user,
      cookie,
      refresh_token,
      access_token: await this.#tokens.signAccess({
        user_id: user.id,
        email: user.email,
        password_version,
        session_id,
      }),
      expires_in: ACCESS_TOKEN_SECONDS,
      session_id,
      session_expires_at: expires_at,
    };
  }

  async #principal({ user, password_version, session_id, last_used_at }: LiveSession): Promise<Principal> {
    if (this.#now().getTime() - last_used_at.getTime() > TOUCH_MILLISECONDS) {
      await this.#accounts.touchSession(session_id);
    }
    return { user, claim: { password_version, session_id } };
  }

  #sessionEnd(): Date {
    return new Date(this.#now().getTime() + SESSION_DAYS * DAY_MILLISECONDS);
  }
}
