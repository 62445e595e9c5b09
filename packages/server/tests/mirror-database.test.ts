import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase, type Database } from "../src/data/database.ts";
import { hasMigrations, pendingMigrations } from "../src/data/migrations.ts";
import type { DatabaseVersion } from "../src/data/mirror/mirror-format.ts";
import { DatabaseMirror } from "../src/data/mirror/database-mirror.ts";
import { rowChunks } from "../src/data/mirror/row-chunks.ts";
import { FaultyObjects } from "./support/faulty-objects.ts";
import { silentLog } from "./support/silent-log.ts";
import { rowsOf } from "./support/store-rows.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall } from "./support/test-hall.ts";

const { signal } = new AbortController();
const progress = () => undefined;
const HOUR = 3_600_000;
const PASSWORD = "correct horse battery staple";

describe.each(stores().slice(-1))("the database's mirror on the $name store", (store) => {
  const undo: (() => Promise<unknown>)[] = [];
  let objects: FaultyObjects;
  let mirror: DatabaseMirror;
  let time = Date.parse("2026-03-01T12:00:00Z");

  beforeEach(() => {
    objects = new FaultyObjects();
    mirror = new DatabaseMirror({ objects, log: silentLog });
    time = Date.parse("2026-03-01T12:00:00Z");
  });
  afterEach(async () => {
    for (const one of undo.splice(0).toReversed()) await one();
  });

  async function open(options?: { empty?: boolean }): Promise<{ url: string; database: Database }> {
    const made: TestDatabase = await store.createDatabase(options);
    const database = openDatabase({ url: made.url, log: silentLog });
    undo.push(
      () => made.drop(),
      () => database.close(),
    );
    return { url: made.url, database };
  }

  async function fill(url: string) {
    const test = await openTestHall({ url });
    const person = await test.createPerson("ada@example.org", { admin: true, password: PASSWORD });
    for (const line of ["echo tab\\t quote' \\N and \u{1F409}", "stream 20", "fail"]) {
      await test.finish(person, line);
    }
    await test.hall.state.set("init_1", { turn: 1 });
    await test.stop();
  }

  const run = (database: Database, more: { takeOver?: boolean; newest?: number; days?: number } = {}) =>
    mirror.run(database, {
      now: new Date(time),
      keep: { newest: more.newest ?? 24, days: more.days ?? 30 },
      signal,
      progress,
      ...(more.takeOver ? { takeOver: true } : {}),
    });

  it("comes back whole into an empty store, from which the hall serves with another key", async () => {
    const one = await open();
    await fill(one.url);
    const { rows, sent } = await run(one.database);
    expect(rows).toBeGreaterThan(30);
    expect(sent).toBeGreaterThan(5);
    const two = await open({ empty: true });
    await mirror.restore(two.database, await mirror.choose(undefined, signal), { signal, progress });
    expect(await rowsOf(two.database)).toEqual(await rowsOf(one.database));
    const test = await openTestHall({ url: two.url });
    const login = { email: "ada@example.org", password: PASSWORD, user_agent: "" };
    expect((await test.hall.service.loginUser(login)).user.email).toBe("ada@example.org");
    await test.stop();
    // It is the same hall, and goes on in the same mirror.
    time += HOUR;
    expect((await run(two.database)).sequence).toBe(2);
  });

  it("sends again only the pieces that changed", async () => {
    const { url, database } = await open();
    await fill(url);
    await run(database);
    objects.puts.splice(0);
    time += HOUR;
    expect((await run(database)).sent).toBe(0);
    expect(objects.puts).toHaveLength(1);
    await database.pool.query(`insert into state.documents values ('fresh', '1')`);
    time += HOUR;
    expect((await run(database)).sent).toBe(1);
  });

  it("does not let a hall that began anew take the place of the one in the mirror", async () => {
    const { url, database } = await open();
    await fill(url);
    await run(database);
    const fresh = await open();
    await expect(run(fresh.database)).rejects.toMatchObject({ code: "mirror_of_another" });
    expect((await mirror.choose(undefined, signal)).sequence).toBe(1);
    expect((await run(fresh.database, { takeOver: true })).sequence).toBe(2);
    await expect(run(database)).rejects.toMatchObject({ code: "mirror_of_another" });
    expect((await mirror.choose(1, signal)).sequence).toBe(1);
  });

  it("keeps nothing of a version with a damaged piece, says which are whole, and heals", async () => {
    const { url, database } = await open();
    await fill(url);
    await run(database);
    const [blob] = objects.puts.filter(({ key }) => key.includes("/blobs/"));
    await objects.inner.put(blob?.key ?? "", new TextEncoder().encode("another content"));
    const target = await open({ empty: true });
    const version = await mirror.choose(undefined, signal);
    await expect(mirror.restore(target.database, version, { signal, progress })).rejects.toMatchObject({
      code: "mirror_damaged",
    });
    expect(Object.values(await rowsOf(target.database)).flat()).toEqual([]);
    expect(await mirror.verify({ signal, progress })).toEqual({ whole: [], broken: [1], damaged: 1 });
    time += HOUR;
    expect((await run(database)).sent).toBe(1);
    expect(await mirror.verify({ signal, progress })).toMatchObject({ whole: [2, 1], damaged: 0 });
    await mirror.restore(target.database, version, { signal, progress });
    expect(await rowsOf(target.database)).toEqual(await rowsOf(database));
  });

  it("keeps the newest versions and one a day, and what they need", async () => {
    const { database } = await open();
    for (let day = 0; day < 4; day += 1) {
      for (let hour = 0; hour < 3; hour += 1) {
        await database.pool.query(`insert into state.documents values ($1, '1')`, [`day ${day} ${hour}`]);
        await run(database, { newest: 2, days: 3 });
        time += HOUR;
      }
      time += 21 * HOUR;
    }
    const kept = await mirror.versions.sequences(signal);
    expect(kept).toEqual([12, 11, 9, 6, 3]);
    expect((await mirror.verify({ signal, progress })).whole).toEqual(kept);
  });

  it("comes back from a version that an older Guildhall made, and not from one of a newer", async () => {
    const { url, database } = await open();
    await fill(url);
    await run(database);
    const version = await mirror.choose(undefined, signal);
    // As it was before the tables of the last migration.
    const older: DatabaseVersion = {
      ...version,
      migrations: version.migrations.filter((name) => name !== "0050-password-links"),
      tables: version.tables.filter(({ name }) => name !== "password_links"),
    };
    expect(older.tables).toHaveLength(version.tables.length - 1);
    const target = await open({ empty: true });
    await mirror.restore(target.database, older, { signal, progress });
    expect(await pendingMigrations(target.database)).toEqual([]);
    expect(await rowsOf(target.database)).toEqual(await rowsOf(database));

    const newer = { ...version, migrations: [...version.migrations, "9999-to-come"] };
    const other = await open({ empty: true });
    await expect(mirror.restore(other.database, newer, { signal, progress })).rejects.toThrow(
      "made by a newer version of Guildhall (it has 9999-to-come)",
    );
    expect(await hasMigrations(other.database)).toBe(false);
  });
});

describe("chunks of rows", () => {
  const cut = async (text: string, piece: number) => {
    const bytes = Buffer.from(text);
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })();
    return (await Array.fromAsync(rowChunks(pieces))).map((chunk) => chunk.toString());
  };

  it("are the content again, in whole rows, however it comes", async () => {
    const row = fc.string({ maxLength: 40 }).map((text) => `${text.replaceAll("\n", "")}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, piece) => {
          const chunks = await cut(rows.join(""), piece);
          expect(chunks.join("")).toBe(rows.join(""));
          expect(chunks.every((chunk) => chunk.endsWith("\n"))).toBe(true);
        },
      ),
    );
  });

  it("stay as they were around a row that is new, changed or gone", async () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, index) => `${index}\t${"x".repeat(100)}${index * 7919}\n`,
    );
    const before = new Set(await cut(rows.join(""), 65_536));
    expect(before.size).toBeGreaterThan(4);
    for (const changed of [
      rows.with(10_000, "changed\n"),
      rows.toSpliced(10_000, 1),
      rows.toSpliced(10_000, 0, "new\n"),
    ]) {
      const after = await cut(changed.join(""), 65_536);
      expect(after.filter((chunk) => !before.has(chunk)).length).toBeLessThanOrEqual(2);
    }
  });
});
