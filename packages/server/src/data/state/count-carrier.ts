import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "@guildhall/sdk";
import { sql } from "kysely";
import { toError } from "../../kernel/to-error.ts";
import type { Database } from "../database.ts";
import { newId } from "../uuid.ts";
import type { RedisState } from "./redis-state.ts";

const PAUSE_MILLISECONDS = 100;
const RETRY_MILLISECONDS = 1000;

/**
 * Carries the counts that the store takes with the actions (`c_<command>`, `user_set`) into a state on Redis. The
 * tables of the state are the outgoing tray: what lies there is put into a parcel in one statement, and the parcel is
 * taken in once however often it is brought, so that a count is neither lost nor doubled when a process dies.
 */
export class CountCarrier {
  readonly #database: Database;
  readonly #state: Pick<RedisState, "receiveCounts">;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  #isDue = false;
  #carrying: Promise<void> | undefined;

  constructor(given: {
    readonly database: Database;
    readonly state: Pick<RedisState, "receiveCounts">;
    readonly log: Logger;
  }) {
    this.#database = given.database;
    this.#state = given.state;
    this.#log = given.log;
  }

  /** Says that something was counted; it is carried soon, with what comes until then. */
  counted(): void {
    this.#isDue = true;
    if (this.#closing.signal.aborted) return;
    this.#carrying ??= this.#carryWhileDue().finally(() => {
      this.#carrying = undefined;
    });
  }

  /** Carries what there is now. @throws CommandError `state_unavailable`; nothing is lost then */
  async carry(): Promise<void> {
    await this.#pack();
    const parcels = await this.#database.queries
      .selectFrom("state.count_parcels")
      .selectAll()
      .orderBy("id")
      .execute();
    for (const { id, counts, members, updated_time } of parcels) {
      await this.#state.receiveCounts({ id, counts, members, at: updated_time });
      await this.#database.queries.deleteFrom("state.count_parcels").where("id", "=", id).execute();
    }
  }

  /** Carries once more, if the state takes it, and stops. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#carrying;
    if (this.#isDue) await this.carry().catch((error: unknown) => this.#failed(error));
  }

  async #carryWhileDue(): Promise<void> {
    while (this.#isDue && !this.#closing.signal.aborted) {
      this.#isDue = false;
      let pause = PAUSE_MILLISECONDS;
      try {
        await this.carry();
      } catch (error) {
        this.#failed(error);
        this.#isDue = true;
        pause = RETRY_MILLISECONDS;
      }
      await sleep(pause, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
    }
  }

  #failed(error: unknown): void {
    this.#log.warn({ err: toError(error) }, "counts wait in the store for the state");
  }

  async #pack(): Promise<void> {
    // In the order in which actions count, so that the two never wait for each other.
    await sql`
      with counts as (
        delete from state.counters where key in (
          select key from state.counters where starts_with(key, 'c_') order by key for update)
        returning key, value
      ), members as (
        delete from state.set_members where (key, member) in (
          select key, member from state.set_members where key = 'user_set' order by member for update)
        returning member
      ), parcel as (
        select (select coalesce(jsonb_object_agg(key, value::text), '{}') from counts) as counts,
               (select coalesce(jsonb_agg(member), '[]') from members) as members,
               (select max(updated_time) from state.updated_times where key in ('c_', 'user_set')) as at
      )
      insert into state.count_parcels (id, counts, members, updated_time)
      select ${newId()}::uuid, counts, members, at from parcel
      where at is not null and (counts <> '{}' or members <> '[]')`.execute(this.#database.queries);
  }
}
