import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { BackupRecord, chatBackup } from "@guildhall/chat-backup";
import { ObjectStoreError } from "@guildhall/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderObjects } from "../src/data/objects/folder-objects.ts";
import { runFixture } from "./fixtures/run-fixture.ts";
import { openDiscordBackupWorld, openSlackBackupWorld, type BackupWorld } from "./support/backup-worlds.ts";
import { FaultyObjects } from "./support/faulty-objects.ts";
import { begun, chatInput, RecordingConnection } from "./support/recording-connection.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = "2026-03-02T12:00:00.000Z";
const [store] = stores();
if (!store) throw new Error("there is no store to test on");

const WORLDS = [
  ["Slack", openSlackBackupWorld],
  ["Discord", openDiscordBackupWorld],
] as const;

describe.each(WORLDS)("the backup of %s", (_name, openWorld) => {
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
    database = await store.createDatabase();
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

  const write = (channel: string, text: string, more: Parameters<BackupWorld["write"]>[2] = {}) => {
    clock.advance(1000);
    return world.write(channel, text, more);
  };
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
  const objectsOf = async () => (await filesOf()).filter((name) => name.endsWith(".jsonl.gz"));
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
  const told = (records: readonly BackupRecord[]) =>
    records.map((record) => [record.kind, "text" in record ? record.text : record.id]);

  it("M-50: stores channels by pattern, all pages, one record a line, and later only what is new", async () => {
    const tavern = world.addChannel("ic_tavern");
    const other = world.addChannel("ooc");
    for (let n = 0; n < 40; n += 1) write(tavern, `m${n}`);
    write(other, "not for the backup");
    expect(await service()).toBe("done");
    expect(told(await exported(tavern))).toEqual(Array.from({ length: 40 }, (_, n) => ["message", `m${n}`]));
    expect((await objectsOf()).join()).not.toContain(other);
    const [first] = await exported(tavern);
    expect(first).toMatchObject({
      version: 1,
      adapter: world.adapter,
      workspaceId: world.workspaceId,
      channelId: tavern,
      at: "2026-03-02T12:00:01.000Z",
      editedAt: null,
      answerIn: null,
      isByPerson: true,
    });
    expect(JSON.stringify(first)).not.toContain('"team"');
    // Not due again within the day, and then nothing of what is there travels once more.
    const readings = world.readings();
    expect(await service()).toBe("done");
    expect(world.readings()).toBe(readings);
    const puts = objects.puts.length;
    await nextDay();
    expect(objects.puts.length).toBe(puts);
    write(tavern, "one more");
    await nextDay();
    expect(objects.puts.length).toBe(puts + 1);
    expect(told(await exported(tavern)).at(-1)).toEqual(["message", "one more"]);
  });

  it("keeps edits and deletions as such, answers in threads, and what is known of files", async () => {
    const tavern = world.addChannel("ic_tavern");
    const edited = write(tavern, "the red door");
    const gone = write(tavern, "a secret");
    const parent = write(tavern, "who comes?", { file: "map.png" });
    const answer = write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    const before = await exported(tavern);
    expect(before.find(({ id }) => id === parent)).toMatchObject({
      files: [{ name: "map.png", mime: "image/png", size: 12 }],
    });
    expect(before.find(({ id }) => id === answer)).toMatchObject({ answerIn: parent, text: "I do" });
    world.edit(tavern, edited, "the blue door");
    world.remove(tavern, gone);
    const second = write(tavern, "so do I", { thread: parent });
    await nextDay();
    const after = await exported(tavern);
    expect(after).toHaveLength(before.length + 3);
    expect(told(after)).toEqual(
      expect.arrayContaining([
        ["edit", "the blue door"],
        ["deletion", gone],
      ]),
    );
    expect(after.find(({ id }) => id === second)).toMatchObject({ kind: "message", answerIn: parent });
    expect(after.filter(({ id }) => id === edited).map(({ kind }) => kind)).toEqual(["message", "edit"]);
    // What stands now is found, what was edited away or deleted is not.
    expect(await say("backup search DOOR", { channel: tavern })).toContain("the blue door");
    expect(await say("backup search red door", { channel: tavern })).toContain("Nothing that is stored");
    expect(await say("backup search secret", { channel: tavern })).toContain("Nothing that is stored");
    // A thread that lives on is read though the message that it hangs on is long past.
    clock.advance(5 * DAY);
    write(tavern, "still here", { thread: parent });
    await nextDay();
    clock.advance(5 * DAY);
    const late = write(tavern, "late", { thread: parent });
    await nextDay();
    expect((await exported(tavern)).map(({ id }) => id)).toContain(late);
  });

  it("goes on when a thread that it knows is gone", async () => {
    const tavern = world.addChannel("ic_tavern");
    const parent = write(tavern, "who comes?");
    const answer = write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    world.removeThread(tavern, parent, [answer]);
    write(tavern, "later");
    await nextDay();
    const records = told(await exported(tavern));
    expect(records).toContainEqual(["message", "later"]);
    if (world.adapter === "slack") {
      expect(records.filter(([kind]) => kind === "deletion")).toEqual([
        ["deletion", parent],
        ["deletion", answer],
      ]);
    }
  });

  it("goes on where it was when the platform is away half way, and neither loses nor doubles", async () => {
    const tavern = world.addChannel("ic_tavern");
    const keep = world.addChannel("ic_keep");
    for (let n = 0; n < 330; n += 1) write(tavern, `m${n}`);
    write(keep, "in the keep");
    // Two pages go well, of one channel each; then Slack is asked five times in vain, Discord three times.
    const isSlack = world.adapter === "slack";
    world.breakDown({ after: 2, status: 503, times: isSlack ? 5 : 3 });
    expect(await service()).not.toBe("done");
    world.heal();
    expect(await exported(tavern).then(({ length }) => length > 0 && length < 330)).toBe(true);
    // One channel's fault stops no other.
    expect(told(await exported(keep))).toEqual([["message", "in the keep"]]);
    expect(await say("backup", { channel: tavern })).toMatch(/try again later|in a few minutes/);
    const before = world.readings();
    write(tavern, "meanwhile");
    clock.advance(HOUR);
    expect(await service()).toBe("done");
    expect(world.readings() - before).toBe(isSlack ? 21 : 3);
    await nextDay();
    const all = told(await exported(tavern));
    expect(all).toEqual([
      ...Array.from({ length: 330 }, (_, n) => ["message", `m${n}`]),
      ["message", "meanwhile"],
    ]);
  });

  it("waits as the platform says, and has everything then", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let n = 0; n < 3; n += 1) write(tavern, `m${n}`);
    world.breakDown({ after: 0, status: 429, times: 2 });
    expect(await service()).toBe("done");
    if (world.adapter === "slack") expect(world.waits).toEqual([30_000, 30_000]);
    expect(await exported(tavern)).toHaveLength(3);
  });

  it("M-51: a store of objects that is away costs nothing, and what nothing names is swept", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let n = 0; n < 5; n += 1) write(tavern, `m${n}`);
    objects.before = () => {
      throw new ObjectStoreError("unavailable", "The object store does not answer.");
    };
    expect(await service()).not.toBe("done");
    expect(await say("backup", { channel: tavern })).toContain("The object store does not answer.");
    expect(await asAdministrator("backup now", tavern)).toContain("The object store does not answer.");
    expect(await health()).toMatchObject({ status: "degraded", failing_channels: 1 });
    objects.before = () => undefined;
    // An object that was written when its hall died, with nothing that names it.
    const put = objects.put;
    objects.put = async (...given) => {
      await put(...given);
      throw new Error("the hall dies here");
    };
    objects.before = (operation) => {
      if (operation === "delete") throw new Error("and removes nothing");
    };
    expect(await service()).not.toBe("done");
    objects.put = put;
    objects.before = () => undefined;
    expect(await objectsOf()).toHaveLength(1);
    expect(await service()).toBe("done");
    expect(await exported(tavern)).toHaveLength(5);
    const written = await objectsOf();
    expect(written).toHaveLength(2);
    // The folder's own clock tells when an object was stored.
    for (const name of written) await utimes(name, new Date(START), new Date(START));
    clock.advance(DAY);
    await nextDay();
    expect(await objectsOf()).toHaveLength(1);
    expect(await exported(tavern)).toHaveLength(5);
  });

  it("notices an object that was cut or lost, and reads again what stood in it", async () => {
    const tavern = world.addChannel("ic_tavern");
    const parent = write(tavern, "who comes?");
    write(tavern, "I do", { thread: parent });
    expect(await service()).toBe("done");
    await nextDay();
    write(tavern, "later");
    await nextDay();
    expect(await service("chat-backup-check")).toBe("done");
    const whole = await asAdministrator("backup verify", tavern);
    expect(whole).toContain("All that is stored can be read back whole.");
    const [cut = "", lost = ""] = await objectsOf();
    await truncate(cut, 30);
    await rm(lost);
    expect(await say("backup search nowhere", { channel: tavern })).toContain(
      'An administrator can type \\"backup verify\\".',
    );
    expect(await asAdministrator("backup verify", tavern)).toContain("2 objects cannot be read back");
    expect(await say("backup", { channel: tavern })).toContain("damaged");
    expect(await health()).toMatchObject({ status: "degraded", damaged_objects: 2 });
    clock.advance(1000);
    expect(await service()).toBe("done");
    expect(await health()).toMatchObject({ status: "healthy" });
    const texts = told(await exported(tavern)).map(([, text]) => text);
    expect(texts).toEqual(["who comes?", "I do", "later"]);
    await writeFile((await objectsOf()).at(-1) ?? "", "not gzip");
    expect(await service("chat-backup-check")).not.toBe("done");
  });

  it("does not double anything when two runs are at it", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let n = 0; n < 50; n += 1) write(tavern, `m${n}`);
    const [outcome, said] = await Promise.all([service(), asAdministrator("backup now", tavern)]);
    expect(outcome).toBe("done");
    expect(said).toContain("channels were read");
    await nextDay();
    expect(told(await exported(tavern))).toEqual(Array.from({ length: 50 }, (_, n) => ["message", `m${n}`]));
    expect(await asAdministrator("backup verify", tavern)).toContain("All that is stored");
  });

  it("makes one object of each month that is over", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let day = 0; day < 4; day += 1) {
      write(tavern, `m${day}`);
      await nextDay();
    }
    expect((await objectsOf()).length).toBe(4);
    clock.advance(30 * DAY);
    write(tavern, "in April");
    await nextDay();
    const months = (await objectsOf()).map((name) => path.basename(path.dirname(name)));
    expect(months.toSorted()).toEqual(["2026-03", "2026-04"]);
    expect(told(await exported(tavern)).map(([, text]) => text)).toEqual([
      "m0",
      "m1",
      "m2",
      "m3",
      "in April",
    ]);
    expect(await asAdministrator("backup verify", tavern)).toContain("All that is stored");
    expect(await say("backup search m2", { channel: tavern })).toContain("m2");
  });

  it("shows members what is stored of their channels, and of no others", async () => {
    const tavern = world.addChannel("ic_tavern");
    const keep = world.addChannel("ic_keep");
    write(tavern, "the key is under the mat");
    write(keep, "the key is lost");
    expect(await service()).toBe("done");
    const bob = { channel: keep, who: "U-bob" };
    const found = await say("backup search key", bob);
    expect(found).toContain("the key is lost");
    expect(found).not.toContain("mat");
    expect(await say("backup", bob)).not.toContain("ic_tavern");
    for (const line of ["backup export ic_tavern", "backup search -c ic_tavern key"]) {
      expect(await say(line, bob)).toContain(
        'Nothing is stored of a channel \\"ic_tavern\\" that you are in.',
      );
    }
    for (const line of ["backup off", "backup delete --yes", "backup now", "backup verify", "backup set"]) {
      expect(await say(line, bob), line).toContain("permission_denied");
    }
    expect(await asAdministrator("backup export ic_tavern", keep)).toContain("Nothing is stored");
    const { workspaceId, adapter } = world;
    await test.hall.chat.leave(
      { adapter, workspaceId, accountId: "U-bob" },
      { workspaceId, channelId: keep },
    );
    const elsewhere = { channel: world.addChannel("ooc"), who: "U-bob" };
    expect(await say("backup search key", elsewhere)).toContain("Nothing that is stored");
    expect(await asAdministrator("backup verify", keep)).toContain("ic_tavern");
  });

  it("is switched off, and deletes what is stored when that is confirmed", async () => {
    const tavern = world.addChannel("ic_tavern");
    write(tavern, "hello");
    expect(await asAdministrator("backup now", tavern)).toContain(
      "1 channels were read; 1 new records are stored.",
    );
    expect(await asAdministrator("backup off", tavern)).toContain("backed up no more");
    write(tavern, "unheard");
    await nextDay();
    expect(await asAdministrator("backup now", tavern)).toContain("This workspace is not backed up");
    expect(await exported(tavern)).toHaveLength(1);
    const asked = await asAdministrator("backup delete", tavern);
    expect(asked).toContain('"line":"backup delete --yes"');
    expect(await objectsOf()).toHaveLength(1);
    expect(await asAdministrator("backup delete --yes", tavern)).toContain("1 messages of this workspace");
    expect(await objectsOf()).toEqual([]);
    expect(await say("backup search hello", { channel: tavern })).toContain("Nothing that is stored");
    expect(await asAdministrator("backup on", tavern)).toContain("once a day");
    expect(await service()).toBe("done");
    expect(await exported(tavern)).toHaveLength(2);
    for (const wrong of ["--channels (", "--reread-days 999"]) {
      expect(await asAdministrator(`backup set ${wrong}`, tavern), wrong).toContain('"level":"error"');
    }
    expect(await asAdministrator("backup set --channels ^ooc", tavern)).toContain("^ooc");
  });

  it("does not take a channel that hides all its messages for one whose messages were deleted", async () => {
    const tavern = world.addChannel("ic_tavern");
    const ids = [write(tavern, "one"), write(tavern, "two")];
    expect(await service()).toBe("done");
    for (const id of ids) world.remove(tavern, id);
    clock.advance(DAY);
    expect(await service()).not.toBe("done");
    expect(await exported(tavern)).toHaveLength(2);
    expect(await say("backup", { channel: tavern })).toContain("shows none of its messages");
    write(tavern, "three");
    await nextDay();
    expect((await exported(tavern)).map(({ kind }) => kind).toSorted()).toEqual([
      "deletion",
      "deletion",
      "message",
      "message",
      "message",
    ]);
  });

  if (openWorld === openDiscordBackupWorld) {
    it("leaves out private channels unless the workspace wants them", async () => {
      const secret = world.addChannel("ic_secret", { isPrivate: true });
      write(secret, "hush");
      expect(await service()).toBe("done");
      expect(await exported(secret)).toEqual([]);
      await asAdministrator("backup set --private-channels on", secret);
      expect(await service()).toBe("done");
      expect(await exported(secret)).toHaveLength(1);
    });
    return;
  }

  it("is killed in the middle, and the next run neither loses nor doubles anything", async () => {
    const tavern = world.addChannel("ic_tavern");
    for (let n = 0; n < 50; n += 1) write(tavern, `m${n}`);
    const { url } = database;
    const fixture = runFixture({
      script: "backup-run.ts",
      args: [url, folder, "3", world.apiUrl, world.workspaceId, clock.now().toISOString()],
    });
    await fixture.ended;
    expect(fixture.errors()).toBe("");
    expect(await objectsOf()).toHaveLength(3);
    expect(await exported(tavern)).toHaveLength(30);
    expect(await service()).toBe("done");
    expect(told(await exported(tavern))).toEqual(Array.from({ length: 50 }, (_, n) => ["message", `m${n}`]));
  });
});
