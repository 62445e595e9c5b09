import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDatabase } from "../src/data/database.ts";
import { CountCarrier } from "../src/data/state/count-carrier.ts";
import { moveState } from "../src/data/state/move-state.ts";
import { RedisState } from "../src/data/state/redis-state.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { setStatePlace, statePlace } from "../src/data/state/state-place.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall, TestClock } from "./support/test-hall.ts";

const now = () => new Date("2026-03-01T12:00:00.123Z");
const [store] = stores();
if (!store) throw new Error("there is no store to test on");

/** Waits for something that comes about by itself, for as long as the test may take. */
async function eventually<Result>(look: () => Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function withDatabase(use: (url: string) => Promise<void>): Promise<void> {
  const made = await store?.createDatabase();
  if (!made) throw new Error("no database was made");
  try {
    await use(made.url);
  } finally {
    await made.drop();
  }
}

describe.runIf(inject("redis"))("a Redis server that holds the state", () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  const open = () => RedisState.open({ url: server.url, now, log: silentLog });

  it("has the promised keys, each write with its updated_time in unix seconds", async () => {
    const state = await open();
    try {
      await state.set("user_1", { characters: [] });
      await state.addToSet("user_set", ["1"]);
      await state.increment(new Map([["c_roll", 2]]));
      await state.set("init_7", { turn: 1 });
      const { createClient } = await import("@redis/client");
      const bare = createClient({ url: server.url });
      await bare.connect();
      expect(JSON.parse((await bare.get("user_1")) ?? "")).toEqual({ characters: [] });
      expect(await bare.sMembers("user_set")).toEqual(["1"]);
      expect(await bare.get("c_roll")).toBe("2");
      const times = ["user_1", "user_set", "c_", "init_7"].map((key) => bare.get(`${key}:updated_time`));
      expect(await Promise.all(times)).toEqual(times.map(() => "1772366400.123000"));
      expect(await bare.get("c_roll:updated_time")).toBeNull();
      await bare.close();
    } finally {
      await state.close();
    }
  });

  it("does not let one kind of thing take another's place, and changes nothing then", async () => {
    const state = await open();
    try {
      await state.set("kind_d", 7);
      await state.addToSet("kind_s", ["a"]);
      await state.increment(new Map([["kind_c", 1]]));
      const before = await state.updatedTime("kind_c");
      await expect(
        state.increment(
          new Map([
            ["kind_c", 1],
            ["kind_d", 1],
          ]),
        ),
      ).rejects.toThrow("kind_d holds another kind");
      await expect(state.set("kind_s", 1)).rejects.toThrow("kind_s holds another kind");
      await expect(state.update("kind_c", () => 1)).rejects.toThrow("kind_c holds another kind");
      await expect(state.addToSet("kind_d", ["a"])).rejects.toThrow("kind_d holds another kind");
      expect(await state.getCount("kind_c")).toBe(1n);
      expect(await state.updatedTime("kind_c")).toEqual(before);
    } finally {
      await state.close();
    }
  });

  it("takes parcels of counts once", async () => {
    const state = await open();
    try {
      const parcel = { id: "p-1", counts: { c_once: "3" }, members: ["somebody"], at: now() };
      await state.receiveCounts(parcel);
      await state.receiveCounts(parcel);
      expect(await state.getCount("c_once")).toBe(3n);
      expect(await state.getSet("user_set")).toContain("somebody");
    } finally {
      await state.close();
    }
  });

  it("keeps every acknowledged write when it is killed among writes, and is found again when it is back", async () => {
    const state = await open();
    try {
      const acknowledged: string[] = [];
      let refused: unknown;
      const write = async (index: number) => {
        const key = `killed_${index}`;
        await state.set(key, index);
        acknowledged.push(key);
      };
      const writes = Array.from({ length: 400 }, (_, index) => index);
      const killed = eventually(async () => (acknowledged.length > 50 ? true : undefined)).then(() =>
        server.kill(),
      );
      for (let index = 0; index < writes.length && refused === undefined; index += 4) {
        const four = writes.slice(index, index + 4).map(write);
        for (const one of await Promise.allSettled(four)) if (one.status === "rejected") refused = one.reason;
        await new Promise(setImmediate);
      }
      await killed;
      refused ??= await state.set("killed_at_last", 1).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "state_unavailable" });
      expect(String(refused)).toMatch(/Redis server at 127\.0\.0\.1:\d+ does not answer/);

      await server.start();
      await eventually(async () => await state.get("killed_0").catch(() => undefined));
      for (const key of acknowledged) {
        expect(await state.get(key), key).toBe(Number(key.slice("killed_".length)));
        expect(await state.updatedTime(key), key).toBeDefined();
      }
    } finally {
      await state.close();
    }
  });

  it("says so when it does not answer in time", async () => {
    const state = await open();
    try {
      server.freeze();
      await expect(state.get("a")).rejects.toMatchObject({ code: "state_unavailable" });
    } finally {
      server.thaw();
      await state.close();
    }
  });

  it("is used on when it comes back empty: everything is as never written", async () => {
    const state = await open();
    try {
      await state.set("a", 1);
      await server.kill();
      await server.start({ empty: true });
      await eventually(async () => await state.scan("").catch(() => undefined));
      expect(await state.get("a")).toBeUndefined();
      expect(await state.updatedTime("a")).toBeUndefined();
      await state.set("a", 2);
      expect(await state.get("a")).toBe(2);
    } finally {
      await state.close();
    }
  });

  it("that is not there is named with its setting", async () => {
    const url = "redis://:secret@127.0.0.1:1/0";
    const error: unknown = await RedisState.open({ url, now, log: silentLog }).catch(
      (fault: unknown) => fault,
    );
    expect(String(error)).toMatch(/127\.0\.0\.1:1 does not answer.*GUILDHALL_STATE__URL/);
    expect(String(error)).not.toContain("secret");
  });
});

describe.runIf(inject("redis"))("a replica of it", () => {
  it("answers reads as soon as it has what was written here, and none when it is away", async () => {
    const server = await startRedis();
    const replica = await startRedis({ replicaOf: server.port });
    const state = await RedisState.open({ url: server.url, replicaUrl: replica.url, now, log: silentLog });
    try {
      for (let value = 0; value < 50; value += 1) {
        await state.set("a", value);
        expect(await state.get("a")).toBe(value);
      }
      await eventually(async () => (state.readsFromReplica("a") ? true : undefined));
      expect(await state.get("a")).toBe(49);
      await replica.kill();
      expect(await state.get("a").catch(() => 49)).toBe(49);
      await eventually(async () => (state.readsFromReplica("a") ? undefined : true));
      await state.set("a", 50);
      expect(await state.get("a")).toBe(50);
      await replica.start();
      await eventually(async () => (state.readsFromReplica("a") ? true : undefined));
      expect(await state.get("a")).toBe(50);
    } finally {
      await state.close();
      await replica.stop();
      await server.stop();
    }
  });
});

describe.runIf(inject("redis"))("moving the state", () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  it("takes everything along with its time, to Redis and back", async () => {
    await withDatabase(async (url) => {
      const database = openDatabase({ url, log: silentLog });
      const clock = new TestClock();
      const redis = { url: server.url };
      const move = (to: "redis" | "table") => moveState({ database, redis, to, now, log: silentLog });
      const inTables = new TableState({ database, now: () => clock.now() });
      try {
        for (let index = 0; index < 1200; index += 1)
          await inTables.set(`user_${index}`, { index, text: "\u{1F409}" });
        clock.advance(1234);
        await inTables.set("plain", 7);
        await inTables.increment(
          new Map([
            ["c_roll", Number.MAX_SAFE_INTEGER],
            ["c_help", 2],
            ["other", -3],
          ]),
        );
        await inTables.addToSet("user_set", ["a", "b"]);
        const read = async (state: RedisState | TableState) => ({
          keys: await state.scan(""),
          values: await Promise.all((await state.scan("user_1")).map((key) => state.get(key))),
          plain: await state.get("plain"),
          counts: await Promise.all(["c_roll", "c_help", "other"].map((key) => state.getCount(key))),
          set: await state.getSet("user_set"),
          times: await Promise.all(
            ["user_1", "plain", "c_", "user_set"].map((key) => state.updatedTime(key)),
          ),
        });
        const before = await read(inTables);
        expect(before.keys).toHaveLength(1205);

        expect(await move("redis")).toBe(1204);
        expect(await move("redis")).toBeUndefined();
        expect(await statePlace(database)).toBe("redis");
        expect(await inTables.scan("")).toEqual([]);
        const onRedis = await RedisState.open({ ...redis, now, log: silentLog });
        expect(await read(onRedis)).toEqual(before);
        // A count that the store took last, and had not brought when its process died.
        await inTables.increment(new Map([["c_help", 1]]));
        await onRedis.close();

        expect(await move("table")).toBe(1204);
        expect(await inTables.getCount("c_help")).toBe(3n);
        expect({ ...(await read(inTables)), counts: before.counts, times: before.times }).toEqual(before);
        expect(await move("redis")).toBe(1204);
      } finally {
        await database.close();
      }
    });
  });

  it("refuses a server that holds a state, and a hall that is open", async () => {
    await withDatabase(async (url) => {
      const full = await startRedis();
      const database = openDatabase({ url, log: silentLog });
      const move = () => moveState({ database, redis: { url: full.url }, to: "redis", now, log: silentLog });
      try {
        const other = await RedisState.open({ url: full.url, now, log: silentLog });
        await other.set("theirs", 1);
        await expect(move()).rejects.toThrow("holds a state of 1 keys already");
        expect(await other.get("theirs")).toBe(1);
        await other.close();
        expect(await statePlace(database)).toBe("table");
        const test = await openTestHall({ url });
        await expect(move()).rejects.toThrow("stop every server");
        await test.stop();
      } finally {
        await database.close();
        await full.stop();
      }
    });
  });
});

describe.runIf(inject("redis"))("a hall with its state on Redis", () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  it("counts people and commands there, exactly, also what it could not bring at the time", async () => {
    await withDatabase(async (url) => {
      const stateOnRedis = { url: server.url };
      const test = await openTestHall({ url, stateOnRedis });
      const person = await test.createPerson(freshEmail());
      await Promise.all(Array.from({ length: 30 }, () => test.finish(person, "echo hello")));
      await eventually(async () => ((await test.hall.state.getCount("c_echo")) === 30n ? true : undefined));
      expect(await test.hall.state.getSet("user_set")).toEqual([person.user.id]);

      await server.kill();
      const actions = await Promise.all(Array.from({ length: 5 }, () => test.finish(person, "echo still")));
      expect(actions.map(({ state }) => state)).toEqual(actions.map(() => "completed"));
      await test.stop();
      await server.start();
      const again = await openTestHall({ url, stateOnRedis });
      await eventually(async () => ((await again.hall.state.getCount("c_echo")) === 35n ? true : undefined));
      await again.stop();
    });
  });

  it("does not double a parcel whose carrier died behind its delivery", async () => {
    await withDatabase(async (url) => {
      const database = openDatabase({ url, log: silentLog });
      const state = await RedisState.open({ url: server.url, now, log: silentLog });
      try {
        await new TableState({ database, now }).increment(new Map([["c_parcel", 4]]));
        const dying = new CountCarrier({
          database,
          log: silentLog,
          state: {
            receiveCounts: async (parcel) => {
              await state.receiveCounts(parcel);
              throw new Error("the process died here");
            },
          },
        });
        await expect(dying.carry()).rejects.toThrow("died here");
        await new CountCarrier({ database, state, log: silentLog }).carry();
        expect(await state.getCount("c_parcel")).toBe(4n);
      } finally {
        await state.close();
        await database.close();
      }
    });
  });

  it("does not open where its state is not", async () => {
    await withDatabase(async (url) => {
      const database = openDatabase({ url, log: silentLog });
      await setStatePlace(database, "redis", now());
      await expect(openTestHall({ url })).rejects.toThrow("The state of this hall is in Redis");
      await setStatePlace(database, "table", now());
      await new TableState({ database, now }).set("a", 1);
      await expect(openTestHall({ url, stateOnRedis: { url: server.url } })).rejects.toThrow(
        'run "guildhall state move --to redis"',
      );
      await database.close();
    });
  });
});
