import { ObjectStoreError, type State } from "@guildhall/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { openDatabase, type Database } from "../src/data/database.ts";
import { RedisState } from "../src/data/state/redis-state.ts";
import type { StateCopy } from "../src/data/state/state-copy.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { TableStateCopy } from "../src/data/state/table-state-copy.ts";
import { HallMetrics } from "../src/hall/hall-metrics.ts";
import { Mirror } from "../src/hall/mirror.ts";
import { MirrorSettings } from "../src/hall/mirror-settings.ts";
import type { z } from "zod";
import { FaultyObjects } from "./support/faulty-objects.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { TestClock } from "./support/test-hall.ts";

const HOUR = 3_600_000;
/** Until a server is found again that was away. */
const PATIENCE = { timeout: 15_000 };
const { signal } = new AbortController();
/** Making a database takes longer than all that most of these tests do. */
const EMPTIED = ["state.documents", "state.counters", "state.set_members", "state.updated_times"]
  .concat("mirror.positions", "mirror.lineage")
  .map((table) => `delete from ${table}`)
  .join("; ");

// One store is enough: both are PostgreSQL, and what is done to it here is the same SQL.
const places = stores()
  .slice(-1)
  .flatMap((databases) => [
    { name: "its tables", backend: "table", databases } as const,
    ...(inject("redis") ? [{ name: "Redis", backend: "redis", databases } as const] : []),
  ]);

describe.each(places)("the state's mirror with the state in $name", ({ databases, backend }) => {
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
  const statePuts = () => objects.puts.filter(({ key }) => key.startsWith("mirror/state/"));

  it("starts the first time with nothing stored and nothing here", async () => {
    const { start, state } = await machine();
    await start();
    expect(await state.scan("")).toEqual([]);
    expect(statePuts()).toEqual([]);
  });

  it("brings both data sets back to a cold store, each with its own time", async () => {
    const before = await machine();
    await before.state.addToSet("user_set", ["ada", "grace"]);
    clock.advance(60_000);
    await before.state.increment(counters());
    await before.run();
    const times = [await before.state.updatedTime("user_set"), await before.state.updatedTime("c_")];

    clock.advance(5 * HOUR);
    const after = await machine();
    await after.start();
    expect(await after.state.getSet("user_set")).toEqual(["ada", "grace"]);
    expect(await after.state.getCount("c_roll")).toBe(7n);
    expect(await after.state.getCount("c_odds")).toBe(2n);
    expect([await after.state.updatedTime("user_set"), await after.state.updatedTime("c_")]).toEqual(times);

    // The emptiness of the cold start is not what the next one finds.
    const puts = statePuts().length;
    await after.start();
    expect(statePuts()).toHaveLength(puts);
    const third = await machine();
    await third.start();
    expect(await third.state.getSet("user_set")).toEqual(["ada", "grace"]);
  });

  it("lets the newer side win, key by key, and does nothing when they are equal", async () => {
    const one = await machine();
    await one.state.set("user_1", "one");
    await one.state.set("user_2", "one");
    await one.start();
    const two = await machine();
    await two.start();
    clock.advance(1000);
    await one.state.set("user_1", "one, later");
    await two.state.set("user_2", "two, later");
    await one.start();
    await two.start();
    await one.start();
    for (const { state } of [one, two]) {
      expect(await state.get("user_1")).toBe("one, later");
      expect(await state.get("user_2")).toBe("two, later");
    }
    const puts = objects.puts.length;
    await one.start();
    await two.start();
    expect(objects.puts).toHaveLength(puts);
  });

  it("is not overwritten by what is older, when a crashed mirror left the store fresher", async () => {
    const { state, start } = await machine();
    await state.set("init_1", { turn: 1 });
    await start();
    clock.advance(1000);
    await state.set("init_1", { turn: 2 });
    await start();
    expect(await state.get("init_1")).toEqual({ turn: 2 });
  });

  it("sends what changed and nothing else", async () => {
    const { state, start } = await machine();
    for (let index = 0; index < 300; index += 1) await state.set(`user_${index}`, "x".repeat(200));
    await start();
    const all = statePuts().reduce((sum, { size }) => sum + size, 0);
    objects.puts.splice(0);
    clock.advance(1000);
    await state.set("user_7", "changed");
    let reads = 0;
    objects.before = (operation, key) => {
      if (operation === "get" && key.includes("/blobs/")) reads += 1;
    };
    await start();
    expect(reads).toBe(0);
    expect(statePuts()).toHaveLength(2);
    const sent = statePuts().find(({ key }) => key.includes("/blobs/"))?.size ?? 0;
    expect(sent).toBeLessThan(300);
    expect(all).toBeGreaterThan(1000);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.get("user_7")).toBe("changed");
    expect(await copy.state.scan("user_")).toHaveLength(300);
  });

  it("sees what is written after the clock was set back, new keys and old ones", async () => {
    const { state, start } = await machine();
    await state.set("old", 1);
    await start();
    clock.advance(-HOUR);
    await state.set("old", 2);
    await state.set("new", 1);
    await start();
    const copy = await machine();
    await copy.start();
    expect([await copy.state.get("old"), await copy.state.get("new")]).toEqual([2, 1]);
  });

  if (backend === "table") {
    it("sees a write that was committed after the run in which it began", async () => {
      const { database, state, start } = await machine();
      await state.set("first", 1);
      const client = await database.pool.connect();
      await client.query("begin");
      await client.query(
        `insert into state.updated_times (key, updated_time) values ('late', '2026-03-01T12:00:00Z')`,
      );
      await client.query(`insert into state.documents values ('late', '1')`);
      await state.set("second", 1);
      await start();
      await client.query("commit");
      client.release();
      await start();
      const copy = await machine();
      await copy.start();
      expect(await copy.state.scan("")).toEqual(["first", "late", "second"]);
    });

    it("adds what was gathered while a cold start could not reach it", async () => {
      const before = await machine();
      await before.state.addToSet("user_set", ["ada"]);
      await before.state.increment(counters());
      await before.run();
      const after = await machine();
      objects.before = () => {
        throw new ObjectStoreError("unavailable", "it is down");
      };
      await after.start();
      clock.advance(1000);
      await after.state.addToSet("user_set", ["grace"]);
      await after.state.increment(new Map([["c_roll", 1]]));
      expect(await after.run()).toMatchObject({ code: "unavailable" });
      objects.before = () => undefined;
      await after.start();
      const third = await machine();
      await third.start();
      for (const { state } of [after, third]) {
        expect(await state.getSet("user_set")).toEqual(["ada", "grace"]);
        expect(await state.getCount("c_roll")).toBe(7n);
      }
    });
  }

  it("tells of each data set when it was last mirrored, not of one for both", async () => {
    const { run, start, metrics } = await machine();
    await run();
    clock.advance(60_000);
    await start();
    const text = await metrics.text();
    expect(text).toContain('guildhall_mirror_seconds_since_last{data_set="state"} 0');
    expect(text).toContain('guildhall_mirror_seconds_since_last{data_set="database"} 60');
  });

  it("waits for a slow mirror no longer than it may, and then opens", async () => {
    const { start, mirror } = await machine({ startSeconds: 1 });
    objects.before = async (_operation, _key, wanted) => {
      await new Promise((_resolve, reject) => {
        wanted?.addEventListener("abort", () => reject(new Error("too slow")));
      });
    };
    await start();
    expect(mirror.faults()).toHaveLength(1);
    objects.before = () => undefined;
    await start();
    expect(mirror.faults()).toEqual([]);
  });

  it.each(["full", "denied", "unavailable"] as const)(
    "says that the mirror is %s, by data set, and the next run does the rest",
    async (code) => {
      const { state, run, mirror, metrics } = await machine();
      await state.set("a", 1);
      let puts = 0;
      objects.before = (operation) => {
        if (operation === "put" && (puts += 1) > 1) throw new ObjectStoreError(code, `it is ${code}`);
      };
      expect(await run()).toMatchObject({ code });
      expect(mirror.faults()).toEqual([`state: it is ${code}`, `database: it is ${code}`]);
      expect(await metrics.text()).toContain('guildhall_mirror_completed_successfully{data_set="state"} 0');
      objects.before = () => undefined;
      clock.advance(1000);
      await run();
      expect(mirror.faults()).toEqual([]);
      const text = await metrics.text();
      for (const dataSet of ["state", "database"]) {
        expect(text).toContain(`guildhall_mirror_completed_successfully{data_set="${dataSet}"} 1`);
        expect(text).toContain(`guildhall_mirror_seconds_since_last{data_set="${dataSet}"} 0`);
      }
      const copy = await machine();
      await copy.start();
      expect(await copy.state.get("a")).toBe(1);
    },
  );

  it("is verified, and what was damaged is written again by the next run", async () => {
    const { state, start, mirror } = await machine();
    await state.set("a", 1);
    await start();
    clock.advance(1000);
    await state.set("b", 1);
    await start();
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const [blob] = statePuts().filter(({ key }) => key.includes("/blobs/"));
    await objects.inner.put(blob?.key ?? "", new TextEncoder().encode("something else"));
    const verdict = await mirror.verify({ signal });
    expect(verdict.isWhole).toBe(false);
    expect(verdict.sentences[0]).toContain("1 pieces are damaged");
    await start();
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a", "b"]);
  });

  it("restores what is whole when the newest version is damaged", async () => {
    const { state, start } = await machine();
    await state.set("a", 1);
    await start();
    clock.advance(1000);
    await state.set("b", 1);
    await start();
    await objects.inner.put("mirror/state/versions/000000000002", new TextEncoder().encode("{"));
    const copy = await machine();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a"]);
    await start();
    await copy.start();
    expect(await copy.state.scan("")).toEqual(["a", "b"]);
  });

  it("is written anew when most of it is of the past", async () => {
    const { state, start, mirror } = await machine();
    const all = Array.from({ length: 2000 }, (_, index) => `user_${index}`);
    for (let round = 0; round < 4; round += 1) {
      await state.increment(new Map(all.map((key) => [key, 1])));
      clock.advance(1000);
      await start();
    }
    const verdict = await mirror.verify({ signal });
    expect(Number(/with (\d+) entries/.exec(verdict.sentences[0] ?? "")?.[1])).toBeLessThan(6000);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.getCount("user_1999")).toBe(4n);
  });

  if (backend === "redis") {
    it("sees what is written while it reads", async () => {
      const { copy, state } = await machine();
      await state.increment(new Map(Array.from({ length: 1200 }, (_, index) => [`user_${index}`, 1])));
      const seen = new Map<string, string>();
      const mark = await copy.changedSince(undefined, async (changes) => {
        for await (const page of changes.pages) {
          for (const entry of page) seen.set(entry.key, entry.counters[entry.key] ?? "");
          await state.increment(new Map([["user_7", 1]]));
        }
        return changes.mark;
      });
      expect(seen.size).toBe(1200);
      const later = await copy.changedSince(mark, ({ pages }) => Array.fromAsync(pages));
      expect(later.flat()).toMatchObject([{ key: "user_7", counters: { user_7: "4" } }]);
    });
  }

  if (backend === "redis") {
    it("fills a server again that came back empty, and hides nothing", async () => {
      const { state, start } = await machine();
      await state.addToSet("user_set", ["ada"]);
      await state.increment(counters());
      await state.set("init_1", { turn: 1 });
      await start();
      const time = await state.updatedTime("init_1");
      await redis?.kill();
      await redis?.start({ empty: true });
      clock.advance(1000);
      // As soon as it is back somebody counts, and the small number is the newer one.
      await expect
        .poll(() => state.addToSet("user_set", ["grace"]).then(() => "counted", String), PATIENCE)
        .toBe("counted");
      await state.increment(new Map([["c_roll", 1]]));
      await start();
      const other = await machine();
      await other.start();
      for (const one of [state, other.state]) {
        expect(await one.getSet("user_set")).toEqual(["ada", "grace"]);
        expect(await one.getCount("c_roll")).toBe(7n);
        expect(await one.get("init_1")).toEqual({ turn: 1 });
        expect(await one.updatedTime("init_1")).toEqual(time);
      }
    });
  }

  if (backend === "redis") {
    it("compares everything with a server that lost its last writes", async () => {
      const { state, start, copy } = await machine();
      await state.set("a", 1);
      await start();
      const mark = await copy.changedSince(undefined, async (changes) => changes.mark);
      expect(await copy.standingOf(mark)).toBe("followed");
      await redis?.kill();
      await redis?.start();
      await expect.poll(() => copy.standingOf(mark).catch(String), PATIENCE).toBe("broken");
      clock.advance(1000);
      await state.set("a", 2);
      await start();
      const other = await machine();
      await other.start();
      expect(await other.state.get("a")).toBe(2);
    });
  }

  it("is of another state after that was moved from elsewhere", async () => {
    const { copy } = await machine();
    const mark = await copy.changedSince(undefined, async (changes) => changes.mark);
    expect(await copy.standingOf(mark)).toBe("followed");
    expect(await copy.standingOf(backend === "redis" ? "1234:1240:1236,1238" : "life:run:12")).toBe(
      "foreign",
    );
  });

  it("keeps as many versions as the rule says, give or take a day's", async () => {
    const { state, start, mirror } = await machine({ keepNewest: 2, keepDays: 0 });
    for (let hour = 0; hour < 50; hour += 1) {
      await state.set(`user_${hour % 7}`, hour);
      clock.advance(HOUR);
      await start();
    }
    const [{ dataSet, versions, newest } = expect.fail("there is no status")] = await mirror.status(signal);
    expect({ dataSet, newest: newest?.sequence }).toEqual({ dataSet: "state", newest: 50 });
    expect(versions).toBeLessThanOrEqual(2 + 24);
    expect((await mirror.verify({ signal })).isWhole).toBe(true);
    const copy = await machine();
    await copy.start();
    expect(await copy.state.get("user_0")).toBe(49);
  });

  it("keeps two halls that write at the same time from hiding each other's version", async () => {
    const [one, two] = [await machine(), await machine()];
    await one.state.set("one", 1);
    await two.state.set("two", 1);
    await Promise.all([one.start(), two.start()]);
    await one.start();
    await two.start();
    await one.start();
    for (const { state } of [one, two]) expect(await state.scan("")).toEqual(["one", "two"]);
  });
});
