import { MemoryObjects } from "@guildhall/sdk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { MirrorSettings } from "../src/hall/mirror-settings.ts";
import { FaultyObjects } from "./support/faulty-objects.ts";
import { startRedis, type TestRedis } from "./support/redis-server.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const settings = MirrorSettings.parse({});
const PROGRESS = "application/vnd.guildhall.progress+json";

describe.each(stores().slice(-1))("a hall with a mirror on the $name store", (store) => {
  const clock = new TestClock();
  let database: TestDatabase;
  let halls: TestHall[] = [];
  beforeAll(async () => {
    database = await store.createDatabase();
  });
  afterEach(async () => {
    for (const test of halls) await test.stop();
    halls = [];
  });
  afterAll(() => database.drop());

  async function open(options: Omit<Parameters<typeof openTestHall>[0], "url" | "mirror" | "clock">) {
    const test = await openTestHall({ url: database.url, mirror: settings, clock, ...options });
    halls.push(test);
    return test;
  }

  it("shows how far it is while long work goes on, and not where it is short", async () => {
    const objects = new FaultyObjects(new MemoryObjects({ now: () => clock.now() }));
    const test = await open({ objects });
    const admin = await test.createPerson("ada@example.org", { admin: true });
    const kinds = async (line: string) =>
      (await test.finish(admin, line)).response_chunks.map(({ mime }) => mime);
    expect(await kinds("mirror now")).toEqual(["text/plain"]);
    expect(await kinds("mirror verify")).toEqual(["text/plain"]);
    await test.hall.state.set("init_1", { turn: 1 });
    objects.before = () => clock.advance(3000);
    expect(await kinds("mirror now")).toContain(PROGRESS);
    expect(await kinds("mirror verify")).toContain(PROGRESS);
  });

  it("says what is wrong with its object store, and stands", async () => {
    const objects = new FaultyObjects(new MemoryObjects({ now: () => clock.now() }));
    const test = await open({ objects });
    const admin = await test.createPerson("grace@example.org", { admin: true });
    objects.before = () => {
      throw new Error("the socket hung up");
    };
    expect((await test.finish(admin, "mirror now")).state).toBe("failed");
    expect((await test.finish(admin, "ping")).state).toBe("completed");
  });

  describe.runIf(inject("redis"))("and its state on Redis", () => {
    let redis: TestRedis;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis?.stop());

    it("mirrors its database while Redis is away, and opens with everything after that came back empty", async () => {
      const own = await store.createDatabase();
      try {
        const objects = new MemoryObjects({ now: () => clock.now() });
        const openOwn = () =>
          openTestHall({
            url: own.url,
            mirror: settings,
            clock,
            objects,
            stateOnRedis: { url: redis.url },
            runServices: true,
          });
        const before = await openOwn();
        const admin = await before.createPerson("ada@example.org", { admin: true });
        await before.finish(admin, "ping");
        await before.hall.state.set("init_1", { turn: 1 });
        await expect.poll(() => before.hall.state.getCount("c_ping"), { timeout: 15_000 }).toBe(1n);
        expect((await before.finish(admin, "mirror now")).state).toBe("completed");
        const time = await before.hall.state.updatedTime("init_1");
        await redis.kill();
        const half = await before.finish(admin, "mirror now");
        expect(half.error).toMatchObject({ code: "state_unavailable" });
        const mirrored = await before.hall.modules.health("mirror");
        expect(mirrored).toMatchObject({
          status: "degraded",
          detail: expect.stringMatching(/^state: [^;]*$/),
        });
        await before.stop();
        await redis.start({ empty: true });

        const after = await openOwn();
        const { state } = after.hall;
        expect(await state.get("init_1")).toEqual({ turn: 1 });
        expect(await state.getCount("c_ping")).toBe(1n);
        expect(await state.getSet("user_set")).toEqual([admin.user.id]);
        expect(await state.updatedTime("init_1")).toEqual(time);
        await after.stop();
      } finally {
        await own.drop();
      }
    });
  });
});
