import { sql, type Transaction } from "kysely";
import type { Database } from "./database.ts";
import type { User } from "./models.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables/all-tables.ts";
import { newId } from "./uuid.ts";

/** Somebody's account on a chat platform, as a signed request of the platform names it. */
export interface ChatAccount {
  readonly adapter: string;
  /** The workspace within which the account's id is unique; null where ids hold everywhere. */
  readonly workspaceId: string | null;
  readonly accountId: string;
  readonly displayName: string;
}

/** A channel of a chat platform, as a signed request of the platform names it. */
export interface ChatPlace {
  /** Null for a direct message that belongs to no workspace. */
  readonly workspaceId: string | null;
  readonly channelId: string;
  /** Without a leading `#`; what there is in its stead for a direct message. */
  readonly channelName: string;
  /** Whether it is a direct message, to the hall or among a few people. */
  readonly isPrivate: boolean;
}

/** What the store knows of an account in a place. */
export interface ChatEntry {
  readonly user: User;
  readonly identity_id: string;
  readonly channel_id: string;
  readonly thread_id: string;
}

type EntryRow = User & Omit<ChatEntry, "user">;

/** People, workspaces, channels and memberships as chat brings them. */
export class ChatEntries {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * The user behind an account and the thread of a channel; what is missing is made: a user of the account's own on
   * first use, the channel's thread, owned by the workspace's system user, and the person's membership in it.
   */
  async enter(account: ChatAccount, place: ChatPlace): Promise<ChatEntry> {
    const known = await this.#find(account, place);
    if (known) return known;
    await this.#make(account, place);
    const made = await this.#find(account, place);
    if (!made) throw new Error("a chat entry that was just made is not there");
    return made;
  }

  /** Takes an account out of a channel's members: the platform says that it has left. */
  async leave(
    account: Omit<ChatAccount, "displayName">,
    place: Pick<ChatPlace, "workspaceId" | "channelId">,
  ): Promise<void> {
    await this.#database.queries.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ user_id: string }>`
        with gone as (
          delete from chat.channel_members m using people.identities i, chat.channels c, chat.workspaces w
          where m.identity_id = i.id and m.channel_id = c.id and c.workspace_id = w.id
            and i.provider = ${account.adapter} and i.workspace = ${account.workspaceId ?? ""}
            and i.external_id = ${account.accountId}
            and w.adapter = ${account.adapter} and w.external_id = ${place.workspaceId ?? ""}
            and c.external_id = ${place.channelId}
          returning i.user_id)
        select user_id from gone`.execute(transaction);
      for (const { user_id } of rows) await syncMemberships(transaction, user_id, this.#now());
    });
  }

  async #find(account: ChatAccount, place: ChatPlace): Promise<ChatEntry | undefined> {
    const { rows } = await this.#database.pool.query<EntryRow>({
      name: "chat-entry",
      text: `
        select u.id, u.kind, u.is_active, u.is_administrator, u.email, u.display_name, u.created_at,
               i.id as identity_id, c.id as channel_id, c.thread_id
        from people.identities i
        join people.users u on u.id = i.user_id
        join chat.workspaces w on w.adapter = i.provider and w.external_id = $4
        join chat.channels c on c.workspace_id = w.id and c.external_id = $5
        join chat.channel_members m on m.channel_id = c.id and m.identity_id = i.id
        where i.provider = $1 and i.workspace = $2 and i.external_id = $3`,
      values: [
        account.adapter,
        account.workspaceId ?? "",
        account.accountId,
        place.workspaceId ?? "",
        place.channelId,
      ],
    });
    const [row] = rows;
    if (!row) return undefined;
    const { identity_id, channel_id, thread_id, ...user } = row;
    return { user, identity_id, channel_id, thread_id };
  }

  async #make(account: ChatAccount, place: ChatPlace): Promise<void> {
    await this.#database.queries.transaction().execute(async (transaction) => {
      // One at a time for a platform, so that two first lines make one of each.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`guildhall chat ${account.adapter}`}, 0))`.execute(
        transaction,
      );
      const identity = await this.#identity(transaction, account);
      const channel = await this.#channel(transaction, account.adapter, place);
      await transaction
        .insertInto("chat.channel_members")
        .values({ channel_id: channel.id, identity_id: identity.id, created_at: this.#now() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await syncMemberships(transaction, identity.user_id, this.#now());
    });
  }

  async #identity(
    transaction: Transaction<Tables>,
    account: ChatAccount,
  ): Promise<{ id: string; user_id: string }> {
    const workspace = account.workspaceId ?? "";
    const known = await transaction
      .selectFrom("people.identities")
      .select(["id", "user_id"])
      .where("provider", "=", account.adapter)
      .where("workspace", "=", workspace)
      .where("external_id", "=", account.accountId)
      .executeTakeFirst();
    if (known) return known;
    // No mail can reach an address under .invalid (RFC 2606), and without a password nobody signs in by it.
    const host = [workspace, account.adapter, "invalid"].filter((part) => part !== "").join(".");
    const user_id = await insertUser(transaction, {
      kind: "person",
      email: `${account.accountId}@${host}`,
      display_name: account.displayName,
      at: this.#now(),
    });
    return await transaction
      .insertInto("people.identities")
      .values({
        id: newId(),
        user_id,
        own_user_id: user_id,
        provider: account.adapter,
        workspace,
        external_id: account.accountId,
        created_at: this.#now(),
      })
      .returning(["id", "user_id"])
      .executeTakeFirstOrThrow();
  }

  async #channel(
    transaction: Transaction<Tables>,
    adapter: string,
    place: ChatPlace,
  ): Promise<{ id: string; thread_id: string }> {
    const at = this.#now();
    const workspace = await this.#workspace(transaction, adapter, place.workspaceId ?? "");
    const known = await transaction
      .selectFrom("chat.channels")
      .select(["id", "thread_id"])
      .where("workspace_id", "=", workspace.id)
      .where("external_id", "=", place.channelId)
      .executeTakeFirst();
    if (known) return known;
    const { id: thread_id } = await transaction
      .insertInto("threads.threads")
      .values({
        id: newId(),
        user_id: workspace.system_user_id,
        created_at: at,
        title: storable(place.isPrivate ? place.channelName : `#${place.channelName}`).slice(0, 200),
        description: `Commands typed in ${adapter}`,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return await transaction
      .insertInto("chat.channels")
      .values({
        id: newId(),
        workspace_id: workspace.id,
        external_id: place.channelId,
        is_private: place.isPrivate,
        thread_id,
        created_at: at,
      })
      .returning(["id", "thread_id"])
      .executeTakeFirstOrThrow();
  }

  /** Who owns the threads of a workspace's channels; undefined for one where nothing was typed yet. */
  async systemUserOf(workspace: { adapter: string; workspaceId: string }): Promise<string | undefined> {
    const found = await this.#database.queries
      .selectFrom("chat.workspaces")
      .select("system_user_id")
      .where("adapter", "=", workspace.adapter)
      .where("external_id", "=", workspace.workspaceId)
      .executeTakeFirst();
    return found?.system_user_id;
  }

  /** Those of a workspace's channels, by the platform's ids, whose threads a user may read as a member. */
  async channelsOf(
    userId: string,
    workspace: { adapter: string; workspaceId: string },
  ): Promise<readonly string[]> {
    const found = await this.#database.queries
      .selectFrom("chat.channels as c")
      .innerJoin("chat.workspaces as w", "w.id", "c.workspace_id")
      .innerJoin("threads.thread_members as m", "m.thread_id", "c.thread_id")
      .select("c.external_id")
      .where("m.user_id", "=", userId)
      .where("w.adapter", "=", workspace.adapter)
      .where("w.external_id", "=", workspace.workspaceId)
      .execute();
    return found.map(({ external_id }) => external_id);
  }

  async #workspace(
    transaction: Transaction<Tables>,
    adapter: string,
    external_id: string,
  ): Promise<{ id: string; system_user_id: string }> {
    const known = await transaction
      .selectFrom("chat.workspaces")
      .select(["id", "system_user_id"])
      .where("adapter", "=", adapter)
      .where("external_id", "=", external_id)
      .executeTakeFirst();
    if (known) return known;
    const name = external_id === "" ? "direct-messages" : external_id;
    const system_user_id = await insertUser(transaction, {
      kind: "system",
      email: `system@${name}.${adapter}.invalid`,
      display_name: `${adapter} ${name}`,
      at: this.#now(),
    });
    return await transaction
      .insertInto("chat.workspaces")
      .values({ id: newId(), adapter, external_id, system_user_id, created_at: this.#now() })
      .returning(["id", "system_user_id"])
      .executeTakeFirstOrThrow();
  }
}

/** Brings a user's access to channels' threads in line with the channels that the user's accounts are in. */
export async function syncMemberships(
  transaction: Transaction<Tables>,
  userId: string,
  at: Date,
): Promise<void> {
  await sql`
    with wanted as (
      select distinct c.thread_id from chat.channel_members m
      join chat.channels c on c.id = m.channel_id
      join people.identities i on i.id = m.identity_id
      where i.user_id = ${userId}
    ), gone as (
      delete from threads.thread_members tm using chat.channels c
      where tm.thread_id = c.thread_id and tm.user_id = ${userId} and tm.thread_id not in (select thread_id from wanted)
    )
    insert into threads.thread_members (thread_id, user_id, role, created_at)
    select thread_id, ${userId}, 'writer', ${at} from wanted on conflict do nothing`.execute(transaction);
}

async function insertUser(
  transaction: Transaction<Tables>,
  user: { kind: User["kind"]; email: string; display_name: string; at: Date },
): Promise<string> {
  const { id } = await transaction
    .insertInto("people.users")
    .values({
      id: newId(),
      kind: user.kind,
      email: storable(user.email.toLowerCase()),
      display_name: storable(user.display_name).slice(0, 200),
      password_hash: null,
      created_at: user.at,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
