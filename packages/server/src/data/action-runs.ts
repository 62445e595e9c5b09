import type { Place } from "@guildhall/sdk";
import { sql } from "kysely";
import type pg from "pg";
import { mayAccessThread } from "./access.ts";
import type { Database } from "./database.ts";
import { notFound } from "./data-error.ts";
import { newId } from "./uuid.ts";

/** An action whose runner is gone, or whose holder outside let the time pass. */
export interface StrandedAction {
  readonly id: string;
  readonly user_id: string;
  readonly attempt: number;
  readonly last_order: number;
  readonly handler_name: string;
  readonly request: unknown;
  readonly thread_id: string | null;
  readonly adapter: string;
  /** The channel where it was asked for; null outside chat. */
  readonly chat_place: Omit<Place, "adapter"> | null;
  readonly cancel_requested: boolean;
  /** "accepted" never began to run. */
  readonly state: "accepted" | "running";
  /** A holder outside had it, and its time has passed or it was cancelled. */
  readonly was_held: boolean;
}

/** What the run of actions needs of the store besides the action log. */
export class ActionRuns {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Enters a runner and takes its lock, which lasts as long as the connection: when the process dies, the server
   * notices and others may take over its actions. Keep the client; release it with `removeRunner`.
   */
  async addRunner(runner: { id: string; host: string; pid: number }): Promise<pg.PoolClient> {
    const client = await this.#database.pool.connect();
    try {
      // The lock first: a runner that is entered without it would look gone.
      await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [runnerLockName(runner.id)]);
      await this.#database.queries
        .insertInto("actions.runners")
        .values({ ...runner, started_at: this.#now() })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute();
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Forgets a runner, unless it still has actions that have not ended. */
  async removeRunner(runnerId: string): Promise<void> {
    await sql`
      delete from actions.runners r where r.id = ${runnerId} and not exists (
        select 1 from actions.actions a where a.runner_id = r.id and not a.is_completed)`.execute(
      this.#database.queries,
    );
  }

  /** The chat channel that a thread belongs to; undefined for a thread that is no channel's. */
  async channelOfThread(threadId: string): Promise<Omit<Place, "adapter"> | undefined> {
    const row = await this.#database.queries
      .selectFrom("chat.channels as c")
      .innerJoin("chat.workspaces as w", "w.id", "c.workspace_id")
      .where("c.thread_id", "=", threadId)
      .select(["w.adapter", "w.external_id as workspace", "c.external_id as channel", "c.is_private"])
      .executeTakeFirst();
    if (!row) return undefined;
    return {
      platform: row.adapter,
      workspaceId: row.workspace === "" ? null : row.workspace,
      channelId: row.channel,
      isPrivate: row.is_private,
    };
  }

  /** Marks an accepted action as running here. False when it has ended or another attempt has it. */
  async startRun(actionId: string, attempt: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.queries
      .updateTable("actions.actions")
      .set({ state: "running", started_at: this.#now() })
      .where("id", "=", actionId)
      .where("attempt", "=", attempt)
      .where("is_completed", "=", false)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Says by when a holder outside must have completed the action; its run goes on until {@link release}. */
  async handOver(actionId: string, attempt: number, heldUntil: Date): Promise<boolean> {
    return await this.#updateRun(actionId, attempt, { held_until: heldUntil });
  }

  /** Leaves a handed-over action to its holder: this process is done with it. */
  async release(actionId: string, attempt: number): Promise<boolean> {
    return await this.#updateRun(actionId, attempt, { runner_id: null });
  }

  /** Asks whoever runs the user's own action to stop. False when it has ended. @throws DataError `not_found` */
  async requestCancel(userId: string, actionId: string): Promise<boolean> {
    const row = await this.#database.queries
      .updateTable("actions.actions")
      .set({ cancel_requested_at: sql<Date>`coalesce(cancel_requested_at, ${this.#now()})` })
      .where("id", "=", actionId)
      .where("user_id", "=", userId)
      .returning("is_completed")
      .executeTakeFirst();
    if (!row) throw notFound("action");
    return !row.is_completed;
  }

  async #updateRun(
    actionId: string,
    attempt: number,
    change: { held_until: Date } | { runner_id: null },
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.queries
      .updateTable("actions.actions")
      .set(change)
      .where("id", "=", actionId)
      .where("attempt", "=", attempt)
      .where("is_completed", "=", false)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Whether a holder outside has this run of an action now: it was handed over and has not ended. */
  async isHeld(actionId: string, attempt: number): Promise<boolean> {
    const row = await this.#database.queries
      .selectFrom("actions.actions")
      .select("id")
      .where("id", "=", actionId)
      .where("attempt", "=", attempt)
      .where("is_completed", "=", false)
      .where("runner_id", "is", null)
      .where("held_until", ">", this.#now())
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Which of these running actions somebody asked to stop. */
  async cancelRequests(actionIds: readonly string[]): Promise<string[]> {
    if (actionIds.length === 0) return [];
    const rows = await this.#database.queries
      .selectFrom("actions.actions")
      .select("id")
      .where("id", "in", actionIds)
      .where("cancel_requested_at", "is not", null)
      .execute();
    return rows.map((row) => row.id);
  }

  /**
   * Takes over the actions of runners that are gone, those whose holder's time has passed, and of the runner's own
   * those that it gave up: each is returned to
   * one caller only, with its attempt raised, so that whatever still runs it elsewhere can write no more.
   */
  async takeOverStranded(runnerId: string, ownLost: readonly string[]): Promise<StrandedAction[]> {
    const gone = await deadRunners(this.#database, runnerId);
    const { rows } = await sql<StrandedAction>`
      with stranded as (
        select id, state, held_until is not null and runner_id is null as was_held from actions.actions
        where not is_completed and (
          runner_id = any(${gone}::uuid[])
          or (runner_id = ${runnerId} and id = any(${ownLost}::uuid[]))
          or (runner_id is null and (held_until < ${this.#now()} or (held_until is not null and cancel_requested_at is not null))))
        for update skip locked
      )
      update actions.actions a set attempt = a.attempt + 1, runner_id = ${runnerId}, held_until = null
      from stranded where a.id = stranded.id
      returning a.id, a.user_id, a.attempt, stranded.state, stranded.was_held, a.last_order, a.handler_name, a.request, a.adapter,
        a.cancel_requested_at is not null as cancel_requested,
        (select thread_id from threads.thread_actions ta where ta.action_id = a.id limit 1) as thread_id,
        (select json_build_object('platform', w.adapter, 'workspaceId', nullif(w.external_id, ''), 'channelId', c.external_id, 'isPrivate', c.is_private)
         from chat.requests q join chat.channels c on c.id = q.channel_id join chat.workspaces w on w.id = c.workspace_id
         where q.action_id = a.id) as chat_place`.execute(this.#database.queries);
    for (const id of gone) await this.removeRunner(id);
    return rows;
  }

  /** Forgets idempotency keys that were used before an instant. */
  async dropKeysBefore(instant: Date): Promise<void> {
    await this.#database.queries
      .deleteFrom("actions.idempotency_keys")
      .where("created_at", "<", instant)
      .execute();
  }

  /** The action that an idempotency key led to. */
  async findByKey(
    userId: string,
    key: string,
  ): Promise<{ action_id: string; request_hash: string } | undefined> {
    return await this.#database.queries
      .selectFrom("actions.idempotency_keys")
      .select(["action_id", "request_hash"])
      .where("user_id", "=", userId)
      .where("key", "=", key)
      .executeTakeFirst();
  }

  /** The thread that takes a user's lines when none is named, made when first asked for. */
  async homeThread(userId: string): Promise<string> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      // One at a time for a user, so that two first lines make one thread.
      await transaction
        .selectFrom("people.users")
        .select("id")
        .where("id", "=", userId)
        .forUpdate()
        .execute();
      const home = await transaction
        .selectFrom("threads.home_threads")
        .select("thread_id")
        .where("user_id", "=", userId)
        .executeTakeFirst();
      if (home) return home.thread_id;
      const id = newId();
      await transaction
        .insertInto("threads.threads")
        .values({
          id,
          user_id: userId,
          created_at: this.#now(),
          title: "Home",
          description: "Lines from the terminal and over REST that named no thread",
        })
        .execute();
      await transaction
        .insertInto("threads.home_threads")
        .values({ user_id: userId, thread_id: id })
        .execute();
      return id;
    });
  }

  /** Whether the user may read the thread. */
  async mayRead(userId: string, threadId: string): Promise<boolean> {
    const row = await this.#database.queries
      .selectFrom("threads.threads as t")
      .select("t.id")
      .where("t.id", "=", threadId)
      .where(mayAccessThread(userId, "read"))
      .executeTakeFirst();
    return row !== undefined;
  }
}

/** Whether any process has the hall of this store open. */
export async function isHallOpen(database: Database): Promise<boolean> {
  const dead = await deadRunners(database);
  const { count } = await database.queries
    .selectFrom("actions.runners")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .executeTakeFirstOrThrow();
  return count > BigInt(dead.length);
}

async function deadRunners({ queries, pool }: Database, ownId?: string): Promise<string[]> {
  const runners = await queries
    .selectFrom("actions.runners")
    .select("id")
    .$if(ownId !== undefined, (query) => query.where("id", "<>", ownId ?? ""))
    .execute();
  const dead: string[] = [];
  for (const { id } of runners) {
    // A shared lock of the transaction: it is granted only when the runner no longer holds its own.
    const { rows } = await pool.query<{ free: boolean }>(
      "select pg_try_advisory_xact_lock_shared(hashtextextended($1, 0)) as free",
      [runnerLockName(id)],
    );
    if (rows[0]?.free) dead.push(id);
  }
  return dead;
}

/** The name of the advisory lock that a runner holds as long as it lives. */
export const runnerLockName = (runnerId: string) => `guildhall runner ${runnerId}`;
