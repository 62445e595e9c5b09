import { chatBackup } from "@guildhall/chat-backup";
import type { Objects } from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { objectsPlace, openObjects } from "../src/data/objects/open-objects.ts";
import { openSlackBackupWorld, type BackupWorld } from "./support/backup-worlds.ts";
import { startAzure, type Emulator } from "./support/emulators.ts";
import { keysOf } from "./support/objects-suite.ts";
import { RecordingConnection } from "./support/recording-connection.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const DAY = 86_400_000;
const [store] = stores();
if (!store) throw new Error("there is no store to test on");

describe.runIf(inject("emulators"))("a backup in Azure Blob Storage", () => {
  const clock = new TestClock();
  let emulator: Emulator;
  let database: TestDatabase;
  let world: BackupWorld;
  let objects: Objects;
  let test: TestHall;
  beforeAll(async () => {
    emulator = await startAzure();
    database = await store.createDatabase();
    world = await openSlackBackupWorld(() => clock.now());
    const environment = emulator.environment();
    const place = objectsPlace("azure://test/hall");
    objects = openObjects({ place, environment, now: () => clock.now() });
    test = await openTestHall({ url: database.url, modules: [chatBackup], clock, objects });
    const connection = new RecordingConnection("slack");
    Object.assign(connection, { channels: world.channels(test.hall) });
    test.hall.chat.connect(connection);
  });
  afterAll(async () => {
    await test?.stop();
    await world?.stop();
    await database?.drop();
    await emulator?.stop();
  });

  const service = async (name: string) => {
    const run = await test.hall.services.runNow(name);
    return run.kind === "begun" ? await run.ended : run.kind;
  };
  const keys = () => keysOf(objects, "modules/chat-backup/");

  it("is stored, joined when its month is over, read back whole, and known to be damaged when it is", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let day = 0; day < 3; day += 1) {
      for (let n = 0; n < 20; n += 1) {
        clock.advance(1000);
        world.write(tavern, `m${day}-${n} \u{1F409}`);
      }
      expect(await service("chat-backup")).toBe("done");
      clock.advance(DAY);
    }
    const apart = await keys();
    expect(apart.length).toBeGreaterThan(3);
    clock.advance(31 * DAY);
    expect(await service("chat-backup")).toBe("done");
    const [joined = "", ...more] = await keys();
    expect(more).toEqual([]);
    expect(joined).toMatch(/\/2026-03\/[-0-9a-f]+\.jsonl\.gz$/);
    expect(await service("chat-backup-check")).toBe("done");
    await objects.put(joined, new TextEncoder().encode("something else"));
    expect(await service("chat-backup-check")).not.toBe("done");
    expect(await service("chat-backup")).toBe("done");
    expect(await service("chat-backup-check")).toBe("done");
    expect((await keys()).length).toBeGreaterThan(1);
  });
});
