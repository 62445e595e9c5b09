import type { Accounts } from "../data/accounts.ts";
import { notFound } from "../data/data-error.ts";
import type { Invitation, User } from "../data/models.ts";
import type { OneTimeLinks } from "../data/one-time-links.ts";
import { HallError } from "./hall-error.ts";
import { hashPassword } from "./passwords.ts";
import type { People, SignedIn } from "./people.ts";
import { newSecret, secretDigest } from "./secret-digest.ts";

/** How long an invitation can be used, in days. */
const INVITATION_DAYS = 7;
/** How long a link to set a new password can be used, in days. */
const PASSWORD_LINK_DAYS = 1;
const DAY_MILLISECONDS = 86_400_000;

/**
 * The links by which people come in without a password, once: as the first administrator, by an invitation, or to set a
 * new password.
 */
export class EntryLinks {
  readonly #people: People;
  readonly #accounts: Accounts;
  readonly #links: OneTimeLinks;
  readonly #now: () => Date;
  /** Called when sign-ins of a user may have ended. */
  readonly #onRevoked: (userId: string) => void;

  constructor(options: {
    people: People;
    accounts: Accounts;
    links: OneTimeLinks;
    now: () => Date;
    onRevoked: (userId: string) => void;
  }) {
    this.#people = options.people;
    this.#accounts = options.accounts;
    this.#links = options.links;
    this.#now = options.now;
    this.#onRevoked = options.onRevoked;
  }

  /** Makes the secret of the link for the first administrator; undefined once there is one. */
  async createSetupToken(): Promise<string | undefined> {
    if (await this.#accounts.hasAdministrator()) return undefined;
    const token = newSecret();
    await this.#links.storeSetUp(secretDigest(token));
    return token;
  }

  /** Makes the first administrator and signs them in. @throws HallError `setup_link_used` */
  async setUp(request: {
    token: string;
    email: string;
    password: string;
    display_name?: string | undefined;
    user_agent: string;
  }): Promise<SignedIn> {
    const user = await this.#links.useSetUp(secretDigest(request.token), {
      email: request.email,
      display_name: request.display_name,
      password_hash: await hashPassword(request.password),
    });
    if (!user) {
      throw new HallError(
        "setup_link_used",
        "This set-up link was used, or a newer one was made: take the one that the last start printed.",
      );
    }
    return await this.#people.signIn(user, { password_version: 1, user_agent: request.user_agent });
  }

  /** Invites somebody; only their link holds the token. @throws DataError `email_taken` */
  async invite(
    asking: User,
    { email, is_administrator }: { email: string; is_administrator: boolean },
  ): Promise<{ invitation: Invitation; token: string }> {
    const { token, ...secret } = this.#newLink(INVITATION_DAYS);
    const invitation = await this.#links.createInvitation({
      email,
      is_administrator,
      invited_by: asking.id,
      ...secret,
    });
    return { invitation, token };
  }

  async listInvitations(): Promise<Invitation[]> {
    return await this.#links.listInvitations();
  }

  /** @throws DataError `not_found` */
  async takeInvitationBack(id: string): Promise<void> {
    await this.#links.removeInvitation(id);
  }

  /** @throws HallError `invitation_used` */
  async readInvitation(token: string): Promise<Invitation> {
    const found = await this.#links.findInvitation(secretDigest(token));
    if (!found) throw invitationUsed();
    return found;
  }

  /** Makes the account of whoever was invited, and signs them in. @throws HallError `invitation_used` */
  async join(request: {
    token: string;
    password: string;
    display_name?: string | undefined;
    user_agent: string;
  }): Promise<SignedIn> {
    // Before the password is hashed, which is work that nobody should be able to ask for without an invitation.
    await this.readInvitation(request.token);
    const { display_name } = request;
    const password_hash = await hashPassword(request.password);
    const user = await this.#links.acceptInvitation(secretDigest(request.token), {
      password_hash,
      display_name,
    });
    if (!user) throw invitationUsed();
    if (user.is_administrator) await this.#links.dropSetUp();
    return await this.#people.signIn(user, { password_version: 1, user_agent: request.user_agent });
  }

  /**
   * Makes a link by which an active person sets a new password without the old one; only the link holds the token.
   *
   * @throws HallError `own_account`: one's own password is changed by naming it; DataError `not_found`
   */
  async createPasswordLink(asking: User, userId: string): Promise<{ token: string; expires_at: Date }> {
    if (asking.id === userId) {
      throw new HallError("own_account", "Change your own password on the page of your account.");
    }
    const { token, ...secret } = this.#newLink(PASSWORD_LINK_DAYS);
    if (!(await this.#links.createPasswordLink({ user_id: userId, ...secret })))
      throw notFound("active user");
    return { token, expires_at: secret.expires_at };
  }

  /** The same for whoever owns the hall's data folder. @throws DataError `not_found` */
  async createPasswordLinkFor(email: string): Promise<{ token: string; expires_at: Date }> {
    const user = await this.#people.terminalUser(email);
    return await this.createPasswordLink(await this.#accounts.localOperator(), user.id);
  }

  /** Whose password a link sets. @throws HallError `password_link_used` */
  async readPasswordLink(token: string): Promise<User> {
    const user = await this.#links.findPasswordLink(secretDigest(token));
    if (!user) throw passwordLinkUsed();
    return user;
  }

  /** Sets a new password by a link, once, and signs in; every session before it ends. @throws HallError `password_link_used` */
  async usePasswordLink(request: { token: string; password: string; user_agent: string }): Promise<SignedIn> {
    // Before the password is hashed, which is work that nobody should be able to ask for without a link.
    await this.readPasswordLink(request.token);
    const used = await this.#links.usePasswordLink(
      secretDigest(request.token),
      await hashPassword(request.password),
    );
    if (!used) throw passwordLinkUsed();
    this.#onRevoked(used.user.id);
    const { user, password_version } = used;
    return await this.#people.signIn(user, { password_version, user_agent: request.user_agent });
  }

  #newLink(days: number): { token: string; token_hash: Buffer; expires_at: Date } {
    const token = newSecret();
    const expires_at = new Date(this.#now().getTime() + days * DAY_MILLISECONDS);
    return { token, token_hash: secretDigest(token), expires_at };
  }
}

function invitationUsed(): HallError {
  return new HallError(
    "invitation_used",
    "This invitation was used, taken back, or has expired: ask an administrator for a new one.",
  );
}

function passwordLinkUsed(): HallError {
  return new HallError(
    "password_link_used",
    "This link was used, replaced by a newer one, or has expired: ask an administrator for a new one.",
  );
}
