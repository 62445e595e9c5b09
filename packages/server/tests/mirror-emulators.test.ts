import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Objects } from "@guildhall/sdk";
import { openDatabase } from "../src/data/database.ts";
import { DatabaseMirror } from "../src/data/mirror/database-mirror.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { TableStateCopy } from "../src/data/state/table-state-copy.ts";
import { HallMetrics } from "../src/hall/hall-metrics.ts";
import { Mirror } from "../src/hall/mirror.ts";
import { MirrorSettings } from "../src/hall/mirror-settings.ts";
import { startAzure, startS3, type Emulator } from "./support/emulators.ts";
import { openRemote } from "./support/remote-objects.ts";
import { silentLog } from "./support/silent-log.ts";
import { rowsOf } from "./support/store-rows.ts";
import { stores } from "./support/stores.ts";
import { openTestHall, TestClock } from "./support/test-hall.ts";

const { signal } = new AbortController();
const progress = () => undefined;
const HOUR = 3_600_000;

const places = stores()
  .slice(-1)
  .flatMap((store) => [
    { kind: "azure", start: startAzure, store } as const,
    { kind: "s3", start: startS3, store } as const,
  ]);

describe.runIf(inject("emulators"))("a hall with its mirror", () => {
  describe.each(places)("in $kind", ({ kind, start, store }) => {
    const undo: (() => Promise<unknown>)[] = [];
    const clock = new TestClock();
    let emulator: Emulator;
    let objects: Objects;
    beforeAll(async () => {
      emulator = await start();
      objects = await openRemote(kind, emulator.environment());
    });
    afterAll(async () => {
      await emulator.stop();
      vi.unstubAllEnvs();
    });
    afterEach(async () => {
      for (const one of undo.splice(0).toReversed()) await one();
    });

    async function machine(options?: { empty?: boolean }) {
      const made = await store.createDatabase(options);
      const database = openDatabase({ url: made.url, log: silentLog });
      undo.push(
        () => made.drop(),
        () => database.close(),
      );
      const mirror = new Mirror({
        database,
        state: new TableStateCopy(database),
        objects,
        settings: MirrorSettings.parse({}),
        metrics: new HallMetrics(),
        clock,
        log: silentLog,
      });
      const state = new TableState({ database, now: () => clock.now() });
      return { url: made.url, database, mirror, state };
    }

    it("comes back whole, heals a damaged piece, and stands while the store is down", async () => {
      const here = await machine();
      const test = await openTestHall({ url: here.url });
      const person = await test.createPerson("ada@example.org", { admin: true });
      await test.finish(person, "stream 20");
      await test.stop();
      await here.state.set("init_1", { turn: 1 });
      await here.mirror.run({ signal });

      clock.advance(HOUR);
      await here.state.set("init_1", { turn: 2 });
      expect(await here.mirror.run({ signal })).toMatch(/State: 0 keys restored, 1 mirrored/);
      expect(await here.mirror.verify({ signal })).toMatchObject({ isWhole: true });

      const snapshots = new DatabaseMirror({ objects, log: silentLog });
      const { tables } = await snapshots.choose(undefined, signal);
      const people = tables.find(({ name }) => name === "users")?.chunks[0]?.sha256 ?? "";
      await objects.put(`mirror/database/blobs/${people}`, new TextEncoder().encode("something else"));
      expect(await here.mirror.verify({ signal })).toMatchObject({ isWhole: false });
      clock.advance(HOUR);
      await here.mirror.run({ signal });
      expect(await here.mirror.verify({ signal })).toMatchObject({ isWhole: true });

      const there = await machine({ empty: true });
      const newest = await snapshots.choose(undefined, signal);
      await snapshots.restore(there.database, newest, { signal, progress });
      expect(await rowsOf(there.database)).toEqual(await rowsOf(here.database));
      const fresh = await machine();
      await fresh.mirror.beforeServing();
      expect(await fresh.state.get("init_1")).toEqual({ turn: 2 });
      expect(await fresh.state.updatedTime("init_1")).toEqual(await here.state.updatedTime("init_1"));

      await emulator.stop();
      await expect(here.mirror.run({ signal })).rejects.toMatchObject({ code: "unavailable" });
      expect(here.mirror.faults()).toHaveLength(2);
    }, 60_000);
  });
});
