import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { BackupRecord, chatBackup } from "@guildhall/chat-backup";
import { afterEach, beforeEach, expect } from "vitest";
import { FolderObjects } from "../../src/data/objects/folder-objects.ts";
import type { Hall } from "../../src/hall/open-hall.ts";
import { openDiscordBackupWorld, openSlackBackupWorld, type BackupWorld } from "./backup-worlds.ts";
import { FaultyObjects } from "./faulty-objects.ts";
import { begun, chatInput, RecordingConnection } from "./recording-connection.ts";
import { stores, type TestDatabase } from "./stores.ts";
import { openTestHall, TestClock, type TestHall } from "./test-hall.ts";

/** In milliseconds. */
export const DAY = 86_400_000;
/** When each test begins. */
export const START = "2026-03-02T12:00:00.000Z";

/** The platforms that are backed up, with what makes a world of theirs. */
export const BACKUP_WORLDS = [
  ["Slack", openSlackBackupWorld],
  ["Discord", openDiscordBackupWorld],
] as const;

const [databases = expect.fail("there is no store to test on")] = stores();

/** A workspace of a chat platform and a hall that backs it up into a folder, made anew for each test. */
export function useBackedUpWorkspace(openWorld: (now: () => Date) => Promise<BackupWorld>) {
  let clock: TestClock;
  let world: BackupWorld;
  let database: TestDatabase;
  let folder: string;
  let objects: FaultyObjects;
  let test: TestHall;
  let connection: RecordingConnection;

  beforeEach(async () => {
    clock = new TestClock(new Date(START));
    world = await openWorld(() => clock.now());
    database = await databases.createDatabase();
    folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-test-backup-"));
    objects = new FaultyObjects(new FolderObjects({ folder, now: () => clock.now() }));
    test = await openTestHall({ url: database.url, modules: [chatBackup], clock, objects });
    connection = new RecordingConnection(world.adapter);
    Object.assign(connection, { channels: world.channels(test.hall) });
    test.hall.chat.connect(connection);
  });
  afterEach(async () => {
    await test.stop();
    await world.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** Has somebody write a message, a second after the last. */
  const write = (channel: string, text: string, more: Parameters<BackupWorld["write"]>[2] = {}) => {
    clock.advance(1000);
    return world.write(channel, text, more);
  };
  /** Runs a service now, and tells how it ended. */
  const service = async (name = "chat-backup") => {
    const run = await test.hall.services.runNow(name);
    return run.kind === "begun" ? await run.ended : run.kind;
  };
  const health = async () => await test.hall.modules.health("chat-backup");
  /** Lets a day pass, and the backup run. */
  const nextDay = async () => {
    clock.advance(DAY);
    expect(await service()).toBe("done");
  };
  const filesOf = async () => {
    const all = await readdir(folder, { recursive: true, withFileTypes: true });
    return all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  };
  /** The files of what is stored. */
  const objectsOf = async () => (await filesOf()).filter((name) => name.endsWith(".jsonl.gz"));
  /** Types a line in a channel, and tells what was answered. */
  const say = async (
    line: string,
    where: { channel?: string; who?: string; isAdministrator?: boolean } = {},
  ) => {
    const { channel = "", who = "U-ann", isAdministrator = false } = where;
    const input = chatInput(who, { channelId: channel, workspaceId: world.workspaceId });
    const submission = await test.hall.chat.submitLine({
      ...input,
      account: { ...input.account, adapter: world.adapter },
      isAdministrator: async () => isAdministrator,
      line,
    });
    if (submission.kind !== "action") return JSON.stringify(submission);
    const id = begun(submission);
    await expect.poll(() => connection.hasEnded(id), { timeout: 10_000 }).toBe(true);
    return connection.texts(id).join("\n");
  };
  const asAdministrator = async (line: string, channel: string) =>
    await say(line, { channel, who: "U-owner", isAdministrator: true });
  /** The exported records of a channel, as whoever is in it gets them. */
  const exported = async (channel: string): Promise<BackupRecord[]> => {
    const before = connection.requests.length;
    await say("backup export", { channel });
    const request = connection.requests[before];
    const outputs = connection.outputs.get(request?.actionId ?? "") ?? [];
    const records: BackupRecord[] = [];
    for (const output of outputs) {
      if (output.kind !== "chunk" || output.chunk.mime !== "application/gzip") continue;
      const file = await request?.bytes(output.chunk.order);
      const lines = gunzipSync(file?.bytes ?? "")
        .toString()
        .split("\n")
        .slice(0, -1);
      records.push(...lines.map((line) => BackupRecord.parse(JSON.parse(line))));
    }
    return records;
  };

  return {
    get clock(): TestClock {
      return clock;
    },
    get world(): BackupWorld {
      return world;
    },
    get objects(): FaultyObjects {
      return objects;
    },
    get hall(): Hall {
      return test.hall;
    },
    get databaseUrl(): string {
      return database.url;
    },
    /** Where the objects lie. */
    get folder(): string {
      return folder;
    },
    write,
    service,
    health,
    nextDay,
    objectsOf,
    say,
    asAdministrator,
    exported,
  };
}

/** Of each record what it is, and its text or, without one, its id. */
export function told(records: readonly BackupRecord[]): unknown[][] {
  return records.map((record) => [record.kind, "text" in record ? record.text : record.id]);
}
