import {
  defineModule,
  defineService,
  type Schedule,
  type Service,
  type ServiceContext,
} from "@guildhall/sdk";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../src/data/database.ts";
import { JobEngine } from "../src/data/job-engine.ts";
import { pendingMigrations } from "../src/data/migrations.ts";
import { Schedules } from "../src/data/schedules.ts";
import { newId } from "../src/data/uuid.ts";
import { runFixture } from "./fixtures/run-fixture.ts";
import { withClient } from "./support/databases.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import {
  freshEmail,
  openTestHall,
  TestClock,
  type TestHall,
  type TestHallOptions,
} from "./support/test-hall.ts";

type Run = (context: ServiceContext) => ReturnType<Service["run"]>;

/** A module with one service, `work`. */
function moduleWith(
  run: Run,
  more: { schedule?: Schedule; timeLimitSeconds?: number; retries?: number; missed?: "run" | "skip" } = {},
) {
  const { schedule = { everySeconds: 3600 }, timeLimitSeconds = 30, ...rest } = more;
  return defineModule({
    name: "worker",
    summary: "Works",
    initialize: () => ({
      services: [defineService({ name: "work", summary: "Works", schedule, timeLimitSeconds, run, ...rest })],
    }),
  });
}

/** Resolves once `reached` gives true, looked at often. @throws Error after 15 s */
async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error("it did not come so far within 15 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(stores())("services on the $name store", (store) => {
  let database: TestDatabase | undefined;
  let halls: TestHall[] = [];

  afterEach(async () => {
    for (const test of halls) await test.stop();
    halls = [];
    await database?.drop();
    database = undefined;
  });

  async function open(options: Omit<TestHallOptions, "url">): Promise<TestHall> {
    database ??= await store.createDatabase();
    const test = await openTestHall({ url: database.url, ...options });
    halls.push(test);
    return test;
  }

  const status = async ({ hall }: TestHall) => {
    const found = await hall.services.find("work");
    if (!found) throw new Error("there is no such service");
    return found;
  };

  async function runOnce({ hall }: TestHall) {
    const begun = await hall.services.runNow("work");
    return begun.kind === "begun" ? await begun.ended : begun.kind;
  }

  it("run by themselves when they are due, and tell how it went and when they run next", async () => {
    let runs = 0;
    const test = await open({
      runServices: true,
      modules: [moduleWith(async () => ({ note: `number ${(runs += 1)}` }))],
    });
    await until(async () => (await status(test)).last_run !== null);
    const { last_run, next_run_at, current_run } = await status(test);
    expect(last_run).toMatchObject({ outcome: "done", cause: "schedule", note: "number 1" });
    expect(current_run).toBeNull();
    const wait = (next_run_at?.getTime() ?? 0) - (last_run?.ended_at?.getTime() ?? 0);
    expect(wait).toBeGreaterThan(3_590_000);
    expect(wait).toBeLessThanOrEqual(3_600_100);
  });

  it("run one at a time in the hall, however many servers race", async () => {
    let now = 0;
    let most = 0;
    let runs = 0;
    const worker = moduleWith(
      async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        runs += 1;
        return undefined;
      },
      { schedule: { everySeconds: 0.001 } },
    );
    const tests = [];
    for (let server = 0; server < 3; server += 1) {
      tests.push(await open({ runServices: true, modules: [worker] }));
    }
    const racing = { isOn: true };
    const races = tests.map(async (test) => {
      while (racing.isOn) await runOnce(test);
    });
    await until(() => runs >= 40);
    racing.isOn = false;
    await Promise.all(races);
    expect(most).toBe(1);
  });

  it("let a server look at its own tables while another makes the job engine's", async () => {
    database = await store.createDatabase();
    const { url } = database;
    const hall = openDatabase({ url, log: silentLog });
    for (let round = 0; round < 5; round += 1) {
      await withClient(url, (client) => client.query("drop schema if exists graphile_worker cascade"));
      let isUp = false;
      const starting = JobEngine.start({
        databaseUrl: url,
        log: silentLog,
        answer: async () => undefined,
      }).finally(() => {
        isUp = true;
      });
      while (!isUp) expect(await pendingMigrations(hall)).toEqual([]);
      await (await starting).stop();
    }
    await hall.close();
  });

  it("run one time only for one due time of two servers", async () => {
    const clock = new TestClock(new Date("2026-03-01T12:00:30Z"));
    let runs = 0;
    const worker = moduleWith(
      async () => {
        runs += 1;
        return undefined;
      },
      { schedule: { cron: "0 * * * *" } },
    );
    const [one, two] = [
      await open({ clock, runServices: true, modules: [worker] }),
      await open({ clock, runServices: true, modules: [worker] }),
    ];
    await Promise.all([one.hall.services.refresh(), two.hall.services.refresh()]);
    expect((await status(one)).next_run_at).toEqual(new Date("2026-03-01T13:00:00Z"));
    clock.advance(3_600_000);
    await Promise.all([one.hall.services.refresh(), two.hall.services.refresh()]);
    await until(async () => (await status(one)).last_run !== null);
    await Promise.all([one.hall.services.refresh(), two.hall.services.refresh()]);
    // The clock is set back by an hour: the time that was due is not due again.
    clock.advance(-3_600_000);
    await Promise.all([one.hall.services.refresh(), two.hall.services.refresh()]);
    expect((await status(one)).next_run_at).toEqual(new Date("2026-03-01T14:00:00Z"));
    expect(await one.hall.services.runs("work", { limit: 10 })).toHaveLength(1);
    expect(runs).toBe(1);
  });

  it("may throw a hundred times in a row: the hall stands, and shows it", async () => {
    const test = await open({
      modules: [
        moduleWith(async () => {
          // Nobody waits for this one, and it ends nothing either way.
          await Promise.resolve();
          throw new Error("the wheel is broken");
        }),
      ],
    });
    for (let round = 0; round < 100; round += 1) expect(await runOnce(test)).toBe("failed");
    expect(test.hall.services.health()).toEqual([
      { name: "work", status: "degraded", failures: 100, last_error: "the wheel is broken" },
    ]);
    const metrics = await test.hall.metrics.text();
    expect(metrics).toContain('guildhall_service_failures_in_a_row{service="work"} 100');
    expect(metrics).toContain(
      'guildhall_service_runs_total{module="worker",service="work",outcome="failed"} 100',
    );
    const person = await test.createPerson(freshEmail());
    expect((await test.finish(person, "ping")).state).toBe("completed");
  });

  it("are tried again after a failure, and are well again after a success", async () => {
    const clock = new TestClock();
    let fails = true;
    const test = await open({
      clock,
      modules: [
        moduleWith(async () => {
          if (fails) throw new Error("not yet");
          return undefined;
        }),
      ],
    });
    await runOnce(test);
    expect((await status(test)).next_run_at).toEqual(new Date(clock.now().getTime() + 10_000));
    await runOnce(test);
    expect((await status(test)).failures).toBe(2);
    fails = false;
    clock.advance(20_000);
    expect(await runOnce(test)).toBe("done");
    expect(test.hall.services.health()).toEqual([
      { name: "work", status: "healthy", failures: 0, last_error: null },
    ]);
  });

  it("are aborted when their time is up, and do not begin again before they have really ended", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let signal: AbortSignal | undefined;
    const test = await open({
      modules: [
        moduleWith(
          async (context) => {
            signal = context.signal;
            await held;
            return undefined;
          },
          { timeLimitSeconds: 0.05 },
        ),
      ],
    });
    expect(await runOnce(test)).toBe("time_limit");
    expect(signal?.aborted).toBe(true);
    expect((await status(test)).last_run).toMatchObject({
      outcome: "time_limit",
      note: "It took longer than 0.05 s.",
    });
    expect(await runOnce(test)).toBe("running");
    release();
    await until(async () => (await runOnce(test)) === "done");
  });

  it("wake from their sleep when the hall stops, and are due again at the next start", async () => {
    let isAsleep = false;
    const worker = moduleWith(async ({ clock, sleepUntil }) => {
      isAsleep = true;
      await sleepUntil(new Date(clock.now().getTime() + 3_600_000));
      return undefined;
    });
    const test = await open({ modules: [worker] });
    const begun = await test.hall.services.runNow("work");
    expect(isAsleep).toBe(true);
    await test.stop();
    halls = [];
    expect(begun.kind === "begun" && (await begun.ended)).toBe("interrupted");
    const next = await open({ modules: [worker] });
    const { last_run, next_run_at, failures } = await status(next);
    expect(last_run?.outcome).toBe("interrupted");
    expect(next_run_at?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(failures).toBe(0);
  });

  it("of a server that died are ended as lost, and run again on another", async () => {
    database = await store.createDatabase();
    const dead = openDatabase({ url: database.url, log: silentLog });
    const schedules = new Schedules({ database: dead, now: () => new Date() });
    await schedules.declare({ name: "work", schedule: "every 1 h", firstRun: new Date(0) });
    // A runner without its lock: nothing is left of the process.
    expect(await schedules.claim({ name: "work", runnerId: newId(), cause: "schedule" })).toMatchObject({
      kind: "claimed",
    });
    await dead.close();
    const test = await open({ runServices: true, modules: [moduleWith(async () => undefined)] });
    await until(async () => (await status(test)).last_run?.outcome === "done");
    const runs = await test.hall.services.runs("work", { limit: 10 });
    expect(runs.map(({ outcome }) => outcome)).toEqual(["done", "lost"]);
  });

  it("go on in another server when theirs is killed in the middle, and not before", async () => {
    database = await store.createDatabase();
    const fixture = runFixture({ script: "service-hall.ts", args: [database.url] });
    try {
      await until(() => fixture.said.includes("began"));
      const test = await open({
        runServices: true,
        modules: [moduleWith(async () => ({ note: "the rest" }))],
      });
      await test.hall.services.refresh();
      expect(await status(test)).toMatchObject({ last_run: null, current_run: { outcome: null } });
      expect(await runOnce(test)).toBe("running");

      fixture.kill("SIGKILL");
      expect(await fixture.ended).toBe("SIGKILL");
      await until(async () => {
        await test.hall.services.refresh();
        return (await status(test)).last_run?.outcome === "done";
      });
      const runs = await test.hall.services.runs("work", { limit: 10 });
      expect(runs.map(({ outcome, note }) => [outcome, note])).toEqual([
        ["done", "the rest"],
        ["lost", "Its server went away."],
      ]);
      expect(fixture.errors()).toBe("");
    } finally {
      fixture.kill("SIGKILL");
    }
  });

  it("do not wait for longer than their interval when the clock is set back", async () => {
    const clock = new TestClock();
    const test = await open({ clock, runServices: true, modules: [moduleWith(async () => undefined)] });
    await until(async () => (await status(test)).last_run !== null);
    await until(async () => (await status(test)).current_run === null);
    clock.advance(-2 * 3_600_000);
    await test.hall.services.refresh();
    expect((await status(test)).next_run_at).toEqual(new Date(clock.now().getTime() + 3_600_000));
    expect(await test.hall.services.runs("work", { limit: 10 })).toHaveLength(1);
  });

  it.each([
    ["run", 1],
    ["skip", 0],
  ] as const)("that missed three times while no server was up: %s", async (missed, expected) => {
    const clock = new TestClock(new Date("2026-03-01T12:30:00Z"));
    const worker = moduleWith(async () => undefined, { schedule: { cron: "0 * * * *" }, missed });
    const before = await open({ clock, modules: [worker] });
    await status(before);
    clock.advance(3 * 3_600_000);
    const test = await open({ clock, runServices: true, modules: [worker] });
    await test.hall.services.refresh();
    await until(
      async () =>
        (await status(test)).next_run_at?.toISOString() === "2026-03-01T16:00:00.000Z" &&
        (await status(test)).current_run === null,
    );
    expect(await test.hall.services.runs("work", { limit: 10 })).toHaveLength(expected);
  });

  it("run when a run says so, not before", async () => {
    const clock = new TestClock();
    const wanted = new Date(clock.now().getTime() + 86_400_000);
    const test = await open({
      clock,
      modules: [moduleWith(async () => ({ notBefore: wanted }), { schedule: { notBefore: clock.now() } })],
    });
    expect((await status(test)).next_run_at).toEqual(clock.now());
    await runOnce(test);
    expect((await status(test)).next_run_at).toEqual(wanted);
  });

  it("are listed, run, paused and resumed by command, the last three by administrators", async () => {
    let runs = 0;
    const test = await open({
      runServices: true,
      modules: [
        moduleWith(async () => ({ note: `ran ${(runs += 1)}` }), { schedule: { everySeconds: 0.05 } }),
      ],
    });
    const admin = await test.createPerson(freshEmail(), { admin: true });
    const member = await test.createPerson(freshEmail());
    const shown = async (line: string) => {
      const action = await test.finish(admin, line);
      return action.response_chunks.map(({ text_content }) => text_content).join("\n");
    };
    expect(await shown("service pause work")).toContain("work is paused");
    await until(async () => (await status(test)).current_run === null);
    const { last_run } = await status(test);
    await test.hall.services.refresh();
    expect((await status(test)).last_run).toEqual(last_run);
    expect(await shown("service run work")).toBe(`ran ${runs}`);
    expect(await shown("service list")).toContain("paused");
    const paused = runs;
    expect(await shown("service resume work")).toMatch(/^work runs next at /);
    await until(() => runs > paused);
    expect((await test.finish(admin, "service run nothing")).error?.code).toBe("unknown_service");
    for (const verb of ["run", "pause", "resume"]) {
      await expect(test.submit(member, `service ${verb} work`)).rejects.toMatchObject({
        code: "permission_denied",
      });
    }
  });
});
