import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  answer,
  appStartup,
  defineCommand,
  defineModule,
  defineRoute,
  defineService,
  defineTable,
  eventRef,
  on,
  plainText,
  uuid,
  varchar,
} from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveHall, type ServedHall } from "./http/support/serve-hall.ts";
import { z } from "zod";
import { stores, type TestDatabase } from "./support/stores.ts";

const chimed = eventRef<{ readonly hour: number }>("chimed");
const kept = defineTable("kept", { id: uuid().primaryKey(), title: varchar() });

/** Brings one of everything that is taken back when a module ends. */
const everything = defineModule({
  name: "everything",
  summary: "Brings one of everything",
  emits: [chimed],
  config: z.object({ size: z.int().default(1) }),
  settings: {
    user: z.object({ colour: z.string().default("red") }),
    workspace: z.object({ greeting: z.string().default("hello") }),
  },
  tables: [kept],
  async initialize({ metrics, events, signal, log, store: tables, cache, settings, state }) {
    await cache.read({
      key: "first",
      schema: z.array(z.string()),
      load: async () => [(await tables.find(kept, { limit: 1 }))[0]?.title ?? "none"],
    });
    await settings.ofUser("00000000-0000-7000-8000-000000000001");
    await state.get("everything");
    metrics.counter({ name: "starts_total", help: "Starts" }).add();
    metrics.timer({ name: "work", help: "Work" });
    const timer = setInterval(() => undefined, 60_000);
    signal.addEventListener("abort", () => log.debug({}, "everything ends"));
    return {
      api: { chime: async (hour: number) => await events.emit(chimed, { hour }) },
      commands: [
        defineCommand({
          name: "everything",
          summary: "Say that all is there",
          pure: true,
          *run() {
            yield plainText("all");
          },
        }),
      ],
      routes: [
        defineRoute({
          method: "GET",
          path: "/everything/:part",
          summary: "A part",
          handle: () => answer(200, {}),
        }),
      ],
      events: [on(chimed, () => undefined), on(appStartup, () => undefined)],
      services: [
        defineService({
          name: "everything-daily",
          summary: "Does nothing, daily",
          schedule: { cron: "0 3 * * *" },
          timeLimitSeconds: 10,
          run: async () => undefined,
        }),
      ],
      healthCheck: async () => ({ status: "healthy" }),
      dispose: async () => clearInterval(timer),
    };
  },
});

const STARTS = 1000;
/** What the engine compiles and remembers of the hall's own code is most of the growth of the first starts. */
const WARM_UP = 500;
/** What a start may leave behind of memory: compiled code goes on growing a little, a module that stays is larger. */
const BYTES_A_START = 1024;

const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe("a module that starts and ends a thousand times", () => {
  let database: TestDatabase;
  let served: ServedHall;
  beforeAll(async () => {
    database = await store.createDatabase();
    served = await serveHall({ url: database.url, modules: [everything] });
  });
  afterAll(async () => {
    await served?.stop();
    await database.drop();
  });

  /** What there is of everything that a start adds to. */
  async function held() {
    const resources = new Map<string, number>();
    for (const name of process.getActiveResourcesInfo()) resources.set(name, (resources.get(name) ?? 0) + 1);
    return {
      timers: resources.get("Timeout") ?? 0,
      listeners: [process, served.hall.database.pool].map((emitter) =>
        emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]),
      ),
      commands: served.hall.registry.list().length,
      metrics: (await served.hall.metrics.text()).split("\n").filter((line) => line.includes("everything"))
        .length,
      route: (await served.api.get("/everything/at-all")).status,
      order: [...served.hall.modules.loadOrder],
    };
  }
  async function restart(times: number) {
    for (let count = 0; count < times; count += 1) {
      await served.hall.modules.disable("everything");
      await served.hall.modules.enable("everything");
    }
  }

  it("leaves no listener, route, timer, command, metric or memory behind", async () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    const heap = () => {
      if (typeof collect === "function") collect();
      return process.memoryUsage().heapUsed;
    };
    await restart(WARM_UP);
    // The first look makes metrics of its own.
    await held();
    const before = await held();
    const heapBefore = heap();
    await restart(STARTS - WARM_UP);
    const heapAfter = heap();
    const { timers, ...after } = await held();
    expect({ ...after, timers: before.timers }).toEqual(before);
    // Connections have timers of their own, which come and go.
    expect(timers).toBeLessThan(before.timers + 10);
    expect(before).toMatchObject({ route: 200 });
    expect((heapAfter - heapBefore) / (STARTS - WARM_UP)).toBeLessThan(BYTES_A_START);
  }, 120_000);

  it("is gone whole when it ends for good", async () => {
    await served.hall.modules.disable("everything");
    expect((await served.api.get("/everything/at-all")).status).toBe(404);
    expect(served.hall.registry.list().map(({ command }) => command.name)).not.toContain("everything-daily");
    expect(await served.hall.metrics.text()).not.toContain("everything_starts_total");
  });
});
