import { inject, afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { State } from "@guildhall/sdk";
import type { z } from "zod";
import { openDatabase, type Database } from "../../src/data/database.ts";
import { RedisState } from "../../src/data/state/redis-state.ts";
import type { StateCopy } from "../../src/data/state/state-copy.ts";
import { TableState } from "../../src/data/state/table-state.ts";
import { TableStateCopy } from "../../src/data/state/table-state-copy.ts";
import { HallMetrics } from "../../src/hall/hall-metrics.ts";
import { Mirror } from "../../src/hall/mirror.ts";
import { MirrorSettings } from "../../src/hall/mirror-settings.ts";
import { FaultyObjects } from "./faulty-objects.ts";
import { startRedis, type TestRedis } from "./redis-server.ts";
import { silentLog } from "./silent-log.ts";
import { stores, type TestDatabase } from "./stores.ts";
import { TestClock } from "./test-hall.ts";

const { signal } = new AbortController();
/** Making a database takes longer than all that most of these tests do. */
const EMPTIED = ["state.documents", "state.counters", "state.set_members", "state.updated_times"]
  .concat("mirror.positions", "mirror.lineage")
  .map((table) => `delete from ${table}`)
  .join("; ");

/** Where the state can be that is mirrored. One store is enough: both are PostgreSQL, and the SQL is the same. */
export const STATE_PLACES = stores()
  .slice(-1)
  .flatMap((databases) => [
    { name: "its tables", backend: "table", databases } as const,
    ...(inject("redis") ? [{ name: "Redis", backend: "redis", databases } as const] : []),
  ]);

/** Machines with one mirror, which is made anew for each test. */
export function useMirroredMachines({ databases, backend }: (typeof STATE_PLACES)[number]) {
  let redis: TestRedis | undefined;
  let turns = 0;
  /** Stores that no machine has now, with nothing of the mirror in them. */
  const free: { made: TestDatabase; database: Database }[] = [];
  beforeAll(async () => {
    if (backend === "redis") redis = await startRedis();
  });
  afterAll(async () => {
    await redis?.stop();
    for (const { made, database } of free) {
      await database.close();
      await made.drop();
    }
  });

  async function openStore(): Promise<Database> {
    let opened = free.pop();
    if (!opened) {
      const made = await databases.createDatabase();
      opened = { made, database: openDatabase({ url: made.url, log: silentLog }) };
    }
    const { made, database } = opened;
    undo.push(async () => {
      await database.pool.query(EMPTIED);
      free.push({ made, database });
    });
    return database;
  }

  /** An empty state; on Redis each has a database of its own. */
  async function openState(database: Database): Promise<{ state: State; copy: StateCopy }> {
    const now = () => clock.now();
    if (!redis) return { state: new TableState({ database, now }), copy: new TableStateCopy(database) };
    const state = await RedisState.open({ url: `${redis.url}/${(turns += 1)}`, now, log: silentLog });
    undo.push(() => state.close());
    return { state, copy: state.copy };
  }

  const undo: (() => Promise<void>)[] = [];
  let clock: TestClock;
  let objects: FaultyObjects;

  beforeEach(() => {
    clock = new TestClock();
    objects = new FaultyObjects();
  });
  afterEach(async () => {
    for (const one of undo.splice(0).toReversed()) await one();
  });

  /** A hall's store with its state; each call is another machine with the same mirror. */
  async function machine({ startSeconds = 60, ...settings }: z.input<typeof MirrorSettings> = {}) {
    const database = await openStore();
    const metrics = new HallMetrics();
    const { state, copy } = await openState(database);
    const mirror = new Mirror({
      state: copy,
      database,
      objects,
      settings: MirrorSettings.parse({ startSeconds, ...settings }),
      metrics,
      clock,
      log: silentLog,
    });
    // The database's half refuses on a second machine, which is what that half is for.
    const run = () => mirror.run({ signal }).catch((error: unknown) => error);
    return { database, mirror, state, copy, metrics, run, start: () => mirror.beforeServing() };
  }

  const counters = () =>
    new Map([
      ["c_roll", 7],
      ["c_odds", 2],
    ]);
  /** What was put into the mirror of the state. */
  const statePuts = () => objects.puts.filter(({ key }) => key.startsWith("mirror/state/"));

  return {
    machine,
    counters,
    statePuts,
    get redis(): TestRedis | undefined {
      return redis;
    },
    get clock(): TestClock {
      return clock;
    },
    /** What the mirror lies in. */
    get objects(): FaultyObjects {
      return objects;
    },
  };
}
