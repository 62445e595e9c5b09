import type { Logger } from "@guildhall/sdk";
import type { Runner } from "graphile-worker";
import pg from "pg";
import { z } from "zod";
import { alone } from "./migrations.ts";

const TASK = "guildhall";
const CONCURRENCY = 4;
const Payload = z.object({ name: z.string() });

/**
 * Alarms that ring once, in whichever server of the hall is free first, kept in the store by graphile-worker. An
 * alarm is a hint that something may be due: whoever answers it looks into the store whether that is so, and alarms
 * that went down with a server are set again from there.
 */
export class JobEngine {
  readonly #runner: Runner;
  readonly #pool: pg.Pool;

  private constructor(runner: Runner, pool: pg.Pool) {
    this.#runner = runner;
    this.#pool = pool;
  }

  /** Makes the engine's own tables where they are missing, and begins to listen. */
  static async start(given: {
    readonly databaseUrl: string;
    readonly log: Logger;
    /** Answers an alarm; when it throws, the engine rings again, at growing distances. */
    readonly answer: (name: string) => Promise<void>;
  }): Promise<JobEngine> {
    const { databaseUrl, log, answer } = given;
    // Only a server runs services; a terminal's line does not wait for this to load.
    const { Logger: EngineLogger, run, runMigrations } = await import("graphile-worker");
    // Its own: one connection listens all the time, and the hall's are set up with limits that are not for it.
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: 3,
      keepAlive: true,
      application_name: "guildhall jobs",
    });
    pool.on("connect", (client) => client.on("error", () => undefined));
    pool.on("error", (error) => log.debug({ err: error }, "a store connection of the job engine broke"));
    try {
      const logger = new EngineLogger(() => (level, message) => {
        if (level === "error") log.warn({}, `the job engine: ${message}`);
        else if (level === "warning") log.debug({}, `the job engine: ${message}`);
      });
      await alone(pool, () => runMigrations({ pgPool: pool, logger }));
      const runner = await run({
        pgPool: pool,
        concurrency: CONCURRENCY,
        noHandleSignals: true,
        logger,
        taskList: {
          [TASK]: async (payload) => await answer(Payload.parse(payload).name),
        },
      });
      return new JobEngine(runner, pool);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** Rings for `name` so many milliseconds from now, by the store's clock, instead of when it was to ring before. */
  async set(name: string, { inMilliseconds }: { inMilliseconds: number }): Promise<void> {
    await this.#pool.query(
      `select graphile_worker.add_job($1, json_build_object('name', $2::text),
        run_at => now() + $3 * interval '1 millisecond', job_key => $4)`,
      [TASK, name, Math.max(0, inMilliseconds), keyOf(name)],
    );
  }

  /** Does not ring for `name` any more. */
  async unset(name: string): Promise<void> {
    await this.#pool.query("select graphile_worker.remove_job($1)", [keyOf(name)]);
  }

  /** Resolves when it no longer listens, whether it was stopped or failed. */
  get stopped(): Promise<void> {
    return this.#runner.promise;
  }

  async stop(): Promise<void> {
    await this.#runner.stop();
    await this.#pool.end();
  }
}

const keyOf = (name: string) => `${TASK}:${name}`;
