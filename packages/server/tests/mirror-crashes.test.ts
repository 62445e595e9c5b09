import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Objects } from "@guildhall/sdk";
import { MemoryObjects } from "@guildhall/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../src/data/database.ts";
import { DatabaseMirror } from "../src/data/mirror/database-mirror.ts";
import { FolderObjects } from "../src/data/objects/folder-objects.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { TableStateCopy } from "../src/data/state/table-state-copy.ts";
import { HallMetrics } from "../src/hall/hall-metrics.ts";
import { Mirror } from "../src/hall/mirror.ts";
import { MirrorSettings } from "../src/hall/mirror-settings.ts";
import { runFixture } from "./fixtures/run-fixture.ts";
import { FaultyObjects } from "./support/faulty-objects.ts";
import { silentLog } from "./support/silent-log.ts";
import { rowsOf } from "./support/store-rows.ts";
import { stores } from "./support/stores.ts";
import { openTestHall, TestClock } from "./support/test-hall.ts";

const { signal } = new AbortController();
const progress = () => undefined;
const DAY = 86_400_000;

/** Each kind of step on the way of a run that has something to do everywhere; before each one the process is killed. */
const STEPS = [
  "list mirror/state/versions",
  "get mirror/state/versions",
  "list mirror/state/blobs",
  "put mirror/state/blobs",
  "put mirror/state/versions",
  "list mirror/database/versions",
  "get mirror/database/versions",
  "list mirror/database/blobs",
  "put mirror/database/blobs",
  "put mirror/database/versions",
  "delete mirror/database/versions",
  "delete mirror/database/blobs",
];

describe.each(stores().slice(-1))("a run of the mirror on the $name store", (store) => {
  const undo: (() => Promise<unknown>)[] = [];
  const clock = new TestClock();
  afterEach(async () => {
    for (const one of undo.splice(0).toReversed()) await one();
  });

  async function open(options?: { empty?: boolean }) {
    const made = await store.createDatabase(options);
    const database = openDatabase({ url: made.url, log: silentLog });
    undo.push(
      () => made.drop(),
      () => database.close(),
    );
    const state = new TableState({ database, now: () => clock.now() });
    const mirrorInto = (objects: Objects) =>
      new Mirror({
        database,
        state: new TableStateCopy(database),
        objects,
        settings: MirrorSettings.parse({ keepNewest: 1, keepDays: 0 }),
        metrics: new HallMetrics(),
        clock,
        log: silentLog,
      });
    return { url: made.url, database, state, mirrorInto };
  }

  async function openUsed() {
    const here = await open();
    const test = await openTestHall({ url: here.url });
    const person = await test.createPerson("ada@example.org", { admin: true });
    await test.finish(person, "stream 20");
    await test.stop();
    return here;
  }

  /** Brings both data sets back elsewhere and compares them with what is here. */
  async function expectWhole(here: Awaited<ReturnType<typeof open>>, objects: Objects) {
    const mirror = new DatabaseMirror({ objects, log: silentLog });
    const target = await open({ empty: true });
    const newest = await mirror.choose(undefined, signal);
    await mirror.restore(target.database, newest, { signal, progress });
    expect(await rowsOf(target.database)).toEqual(await rowsOf(here.database));
    const fresh = await open();
    await fresh.mirrorInto(objects).beforeServing();
    expect(await fresh.state.scan("")).toEqual(await here.state.scan(""));
    for (const key of await here.state.scan("")) {
      expect(await fresh.state.get(key)).toEqual(await here.state.get(key));
      expect(await fresh.state.updatedTime(key)).toEqual(await here.state.updatedTime(key));
    }
  }

  it.each(["before", "behind"] as const)(
    "may be cut short right %s any of its steps: what is there stays whole, and the next run goes on",
    async (moment) => {
      const here = await openUsed();
      const stored = new MemoryObjects({ now: () => clock.now() });
      await here.mirrorInto(stored).run({ signal });
      let step = 0;
      for (let isCut = true; isCut;) {
        step += 1;
        isCut = false;
        // So that old versions and pieces are due to be removed, too.
        clock.advance(2 * DAY);
        await here.state.set("step", step);
        await here.state.set(`step_${step}`, "x".repeat(step));
        const objects = new FaultyObjects(stored);
        let steps = 0;
        const cutAt = (count: number) => {
          isCut ||= count >= step;
          if (isCut) throw new Error("the process is gone");
        };
        if (moment === "before") {
          objects.before = () => cutAt((steps += 1));
        } else {
          objects.before = () => cutAt(steps);
          objects.after = () => cutAt((steps += 1));
        }
        await here
          .mirrorInto(objects)
          .run({ signal })
          .catch(() => undefined);
        const verdict = await here.mirrorInto(stored).verify({ signal });
        expect(verdict).toMatchObject({ isWhole: true });
      }
      expect(step).toBeGreaterThan(moment === "before" ? 15 : 5);
      await expectWhole(here, stored);
    },
    60_000,
  );

  it("may be killed with kill -9 before each kind of step", async () => {
    const here = await openUsed();
    const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-test-mirror-"));
    undo.push(() => rm(folder, { recursive: true }));
    const stored = new FolderObjects({ folder, now: () => new Date() });
    const mirrored = async (days: number, dieAt: string) => {
      const fixture = runFixture({
        script: "mirror-run.ts",
        args: [here.url, folder, String(days), dieAt],
        // No time of the mirror is one of the machine's zone.
        env: { TZ: "Pacific/Auckland" },
      });
      const endedBy = await fixture.ended;
      expect(fixture.errors()).toBe("");
      return endedBy;
    };
    expect(await mirrored(0, "")).toBeNull();
    for (const [index, step] of STEPS.entries()) {
      await here.state.set(`step_${index}`, step);
      expect(await mirrored(2 * (index + 1), step), step).toBe("SIGKILL");
      expect(await here.mirrorInto(stored).verify({ signal }), step).toMatchObject({ isWhole: true });
    }
    expect(await mirrored(2 * (STEPS.length + 1), "")).toBeNull();
    await expectWhole(here, stored);
  }, 120_000);
});
