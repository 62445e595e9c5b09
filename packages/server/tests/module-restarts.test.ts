import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  answer,
  appStartup,
  defineCommand,
  defineModule,
  defineRoute,
  defineService,
  eventRef,
  on,
  plainText,
} from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveHall, type ServedHall } from "./http/support/serve-hall.ts";
import { stores, type TestDatabase } from "./support/stores.ts";

const chimed = eventRef<{ readonly hour: number }>("chimed");

/** Brings one of everything that is taken back when a module ends. */
const everything = defineModule({
  name: "everything",
  summary: "Brings one of everything",
  emits: [chimed],
  initialize({ metrics, events, signal, log }) {
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
const WARM_UP = 100;
/** What a start may leave behind of memory: compiled code and tables grow a little, a module that stays is larger. */
const BYTES_A_START = 2048;

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
      listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
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
