import { sql, type Transaction } from "kysely";
import { runnerLockName } from "./action-runs.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables/all-tables.ts";
import type { SERVICE_OUTCOMES } from "./tables/services.ts";
import { storable } from "./storable.ts";
import { newId } from "./uuid.ts";

/** How a run of a service ended. */
export type ServiceOutcome = (typeof SERVICE_OUTCOMES)[number];

/** A run of a service. */
export interface ServiceRun {
  readonly id: string;
  readonly service: string;
  readonly cause: "schedule" | "asked";
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: ServiceOutcome | null;
  readonly note: string | null;
}

/** A service's place in time. */
export interface StoredSchedule {
  readonly name: string;
  readonly schedule: string;
  readonly is_paused: boolean;
  readonly next_run_at: Date | null;
  readonly failures: number;
  readonly current_run: ServiceRun | null;
  /** The newest run that has ended. */
  readonly last_run: ServiceRun | null;
}

/** What came of the wish to begin a run. */
export type Claim =
  | {
      readonly kind: "claimed";
      readonly runId: string;
      readonly dueAt: Date | null;
      readonly failures: number;
    }
  | { readonly kind: "running" | "paused" | "unknown" }
  | { readonly kind: "not due"; readonly dueAt: Date | null };

/** Services' schedules and runs: at most one run of each at a time, in all servers together. */
export class Schedules {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Enters a service. A new one, and one whose schedule has changed, gets `firstRun` as its next run; any other keeps
   * its own. Gives what is stored then.
   */
  async declare(service: {
    readonly name: string;
    readonly schedule: string;
    readonly firstRun: Date;
  }): Promise<{ next_run_at: Date | null; failures: number }> {
    return await this.#database.queries
      .insertInto("services.schedules")
      .values({ name: service.name, schedule: service.schedule, next_run_at: service.firstRun })
      .onConflict((conflict) =>
        conflict.column("name").doUpdateSet({
          schedule: service.schedule,
          next_run_at: sql`case when services.schedules.schedule = excluded.schedule
            then services.schedules.next_run_at else excluded.next_run_at end`,
        }),
      )
      .returning(["next_run_at", "failures"])
      .executeTakeFirstOrThrow();
  }

  /** The schedules of these services, by name. */
  async list(names: readonly string[]): Promise<StoredSchedule[]> {
    const { rows } = await sql<StoredSchedule>`
      select s.name, s.schedule, s.is_paused, s.next_run_at, s.failures,
        (select to_jsonb(r) - 'runner_id' from services.runs r where r.id = s.current_run_id) as current_run,
        (select to_jsonb(r) - 'runner_id' from services.runs r where r.service = s.name and r.ended_at is not null
         order by r.started_at desc, r.id desc limit 1) as last_run
      from services.schedules s where s.name = any(${[...names]}) order by s.name`.execute(
      this.#database.queries,
    );
    return rows.map((row) => ({
      ...row,
      current_run: withInstants(row.current_run),
      last_run: withInstants(row.last_run),
    }));
  }

  /** The newest runs of a service, newest first. */
  async runs(service: string, { limit }: { limit: number }): Promise<ServiceRun[]> {
    return await this.#database.queries
      .selectFrom("services.runs")
      .select(["id", "service", "cause", "started_at", "ended_at", "outcome", "note"])
      .where("service", "=", service)
      .orderBy("started_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
  }

  /** Begins a run, when none is under way and, unless it was asked for, the service is due and not paused. */
  async claim(wish: {
    readonly name: string;
    readonly runnerId: string;
    readonly cause: ServiceRun["cause"];
  }): Promise<Claim> {
    const { name, runnerId, cause } = wish;
    return await this.#database.queries.transaction().execute(async (transaction): Promise<Claim> => {
      const row = await transaction
        .selectFrom("services.schedules")
        .selectAll()
        .where("name", "=", name)
        .forUpdate()
        .executeTakeFirst();
      if (!row) return { kind: "unknown" };
      const now = this.#now();
      let failures = row.failures;
      if (row.current_run_id !== null) {
        if (!(await this.#endIfLost(transaction, row.current_run_id))) return { kind: "running" };
        failures += 1;
      }
      const dueAt = row.next_run_at;
      const refused: Claim | undefined =
        cause === "asked"
          ? undefined
          : row.is_paused
            ? { kind: "paused" }
            : dueAt === null || dueAt > now
              ? { kind: "not due", dueAt }
              : undefined;
      const runId = newId();
      await transaction
        .updateTable("services.schedules")
        .set({ current_run_id: refused ? null : runId, failures })
        .where("name", "=", name)
        .execute();
      if (refused) return refused;
      await transaction
        .insertInto("services.runs")
        .values({ id: runId, service: name, cause, runner_id: runnerId, started_at: now })
        .execute();
      return { kind: "claimed", runId, dueAt, failures };
    });
  }

  /** Ends a run and says when the next one is; does nothing when another server has taken it for lost. */
  async finish(end: {
    readonly name: string;
    readonly runId: string;
    readonly outcome: ServiceOutcome;
    readonly note: string | null;
    readonly nextRunAt: Date | null;
    readonly failures: number;
  }): Promise<boolean> {
    return await this.#database.queries.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable("services.schedules")
        .set({ current_run_id: null, next_run_at: end.nextRunAt, failures: end.failures })
        .where("name", "=", end.name)
        .where("current_run_id", "=", end.runId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      const note = end.note === null ? null : storable(end.note);
      await transaction
        .updateTable("services.runs")
        .set({ ended_at: this.#now(), outcome: end.outcome, note })
        .where("id", "=", end.runId)
        .execute();
      return true;
    });
  }

  /** Ends the runs of servers that are gone; the services concerned are due at once. Gives their names. */
  async recoverLost(): Promise<string[]> {
    const running = await this.#database.queries
      .selectFrom("services.schedules")
      .select("name")
      .where("current_run_id", "is not", null)
      .execute();
    const recovered: string[] = [];
    for (const { name } of running) {
      const wasLost = await this.#database.queries.transaction().execute(async (transaction) => {
        const row = await transaction
          .selectFrom("services.schedules")
          .select(["current_run_id", "failures"])
          .where("name", "=", name)
          .forUpdate()
          .executeTakeFirst();
        if (row?.current_run_id == null) return false;
        if (!(await this.#endIfLost(transaction, row.current_run_id))) return false;
        await transaction
          .updateTable("services.schedules")
          .set({ current_run_id: null, next_run_at: this.#now(), failures: row.failures + 1 })
          .where("name", "=", name)
          .execute();
        return true;
      });
      if (wasLost) recovered.push(name);
    }
    return recovered;
  }

  /** Pauses a service, or lets it go on at `nextRunAt`; false when there is none of this name. */
  async setPaused(name: string, change: { isPaused: boolean; nextRunAt?: Date }): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.queries
      .updateTable("services.schedules")
      .set({
        is_paused: change.isPaused,
        ...(change.nextRunAt === undefined ? {} : { next_run_at: change.nextRunAt }),
      })
      .where("name", "=", name)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Moves the next run. */
  async setNextRun(name: string, nextRunAt: Date): Promise<void> {
    await this.#database.queries
      .updateTable("services.schedules")
      .set({ next_run_at: nextRunAt })
      .where("name", "=", name)
      .execute();
  }

  /** Forgets runs that ended before an instant, but for the newest of each service. */
  async dropRunsEndedBefore(instant: Date): Promise<void> {
    await sql`delete from services.runs r where r.ended_at < ${instant} and exists (
      select 1 from services.runs newer where newer.service = r.service and newer.ended_at is not null
        and (newer.started_at, newer.id) > (r.started_at, r.id))`.execute(this.#database.queries);
  }

  async #endIfLost(transaction: Transaction<Tables>, runId: string): Promise<boolean> {
    const run = await transaction
      .selectFrom("services.runs")
      .select("runner_id")
      .where("id", "=", runId)
      .executeTakeFirst();
    // A run that is not there came with a copy of the store: nobody can be at work on it.
    if (!run) return true;
    // A shared lock of the transaction: it is granted only when the runner no longer holds its own.
    const { rows } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock_shared(hashtextextended(${runnerLockName(run.runner_id)}, 0)) as free`.execute(
      transaction,
    );
    if (!rows[0]?.free) return false;
    await transaction
      .updateTable("services.runs")
      .set({ ended_at: this.#now(), outcome: "lost", note: "Its server went away." })
      .where("id", "=", runId)
      .execute();
    return true;
  }
}

function withInstants(run: ServiceRun | null): ServiceRun | null {
  if (run === null) return null;
  // In JSON an instant is text.
  return {
    ...run,
    started_at: new Date(run.started_at),
    ended_at: run.ended_at === null ? null : new Date(run.ended_at),
  };
}
