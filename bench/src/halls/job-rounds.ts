import { run as runEngine } from "graphile-worker";
import pg from "pg";
import { defineService } from "@guildhall/sdk";
import { openDatabase } from "../../../packages/server/src/data/database.ts";
import { migrateToLatest } from "../../../packages/server/src/data/migrations.ts";
import { Schedules } from "../../../packages/server/src/data/schedules.ts";
import { newId } from "../../../packages/server/src/data/uuid.ts";
import { HallMetrics } from "../../../packages/server/src/hall/hall-metrics.ts";
import { Services } from "../../../packages/server/src/hall/services.ts";
import { SystemRandom, systemClock } from "../../../packages/server/src/kernel/surroundings.ts";
import { silentLog } from "../lab/silent-log.ts";

/*
 * Runs chains of work that is due again as soon as it is done, by the hall's services and by the bare engine, on one
 * database each. Prints for each side how many runs ended, and how long after its end a chain of its own ran again.
 */

const CHAINS = 8;
/** As the hall's own engine. */
const ENGINE = { concurrency: 4, connections: 3 };

const [side = "", databaseUrl = "", milliseconds = ""] = process.argv.slice(2);
const wait = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

/** What chains do: they count, and tell how long they waited. */
class Chains {
  readonly waits: number[] = [];
  readonly #ended = new Map<string, number>();
  runs = 0;

  /** A chain runs once more. */
  turn(name: string): void {
    const before = this.#ended.get(name);
    const now = performance.now();
    if (before !== undefined) this.waits.push(now - before);
    this.runs += 1;
    this.#ended.set(name, now);
  }
}

interface Side {
  start(chains: Chains, count: number): Promise<() => Promise<void>>;
}

const hall: Side = {
  start: async (chains, count) => {
    const database = openDatabase({ url: databaseUrl, log: silentLog });
    await migrateToLatest(database);
    const services = new Services({
      databaseUrl,
      schedules: new Schedules({ database, now: () => systemClock.now() }),
      runnerId: newId(),
      clock: systemClock,
      random: new SystemRandom(),
      log: silentLog,
      metrics: new HallMetrics(),
    });
    for (let index = 0; index < count; index += 1) {
      const name = `chain-${count}-${index}`;
      const service = defineService({
        name,
        summary: "Runs again at once",
        schedule: { notBefore: new Date(0) },
        timeLimitSeconds: 60,
        run: async () => {
          chains.turn(name);
          return { notBefore: new Date(Date.now() - 1000) };
        },
      });
      services.add(service, { module: "bench", log: silentLog });
    }
    services.start();
    return async () => {
      await services.stop({ graceMilliseconds: 5000 });
      await database.close();
    };
  },
};

const bare: Side = {
  start: async (chains, count) => {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: ENGINE.connections });
    const runner = await runEngine({
      pgPool: pool,
      concurrency: ENGINE.concurrency,
      noHandleSignals: true,
      taskList: {
        turn: async (payload, { addJob }) => {
          const name = String(payload);
          chains.turn(name);
          await addJob("turn", name, { jobKey: name });
        },
      },
    });
    for (let index = 0; index < count; index += 1) {
      const name = `chain-${count}-${index}`;
      await runner.addJob("turn", name, { jobKey: name });
    }
    return async () => {
      await runner.stop();
      await pool.end();
    };
  },
};

const found: Record<string, { runs: number; waits: number[] }> = {};
for (const [name, count] of [
  ["one", 1],
  ["all", CHAINS],
] as const) {
  const chains = new Chains();
  const stop = await (side === "hall" ? hall : bare).start(chains, count);
  // The first second brings connections and statements up.
  await wait(1000);
  const before = { runs: chains.runs, waits: chains.waits.length };
  await wait(Number(milliseconds));
  found[name] = { runs: chains.runs - before.runs, waits: chains.waits.slice(before.waits) };
  await stop();
}
process.stdout.write(`${JSON.stringify(found)}\n`);
