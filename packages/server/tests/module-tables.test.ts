import { bool, defineModule, defineTable, int4, sql, uuid, varchar, type Module } from "@guildhall/sdk";
import { afterEach, describe, expect, it } from "vitest";
import { copyStore } from "../src/data/copying/copy-store.ts";
import { openDatabase, type Database } from "../src/data/database.ts";
import { prepareModuleTables } from "../src/data/modules/prepare-module-tables.ts";
import { ModuleStore } from "../src/data/modules/module-store.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores, type TestDatabase } from "./support/stores.ts";

const shelves = defineTable("shelves", { id: uuid().primaryKey(), label: varchar() });
const books = defineTable("books", {
  id: uuid().primaryKey(),
  shelf_id: uuid().references("shelves", { onDelete: "cascade" }),
  title: varchar(),
});
/** A later version of the same table. */
const booksWithPages = defineTable(
  "books",
  { ...books.columns, pages: int4().nullable(), lent: bool().default("false") },
  { indexes: [{ columns: ["shelf_id", "title"] }] },
);

const library = (more: Partial<Pick<Module, "tables" | "migrations">>) =>
  defineModule({ name: "library", summary: "x", tables: [shelves, books], ...more, initialize: () => ({}) });

describe.each(stores())("the tables of modules, on the $name store", (store) => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  const create = async (options?: { empty: boolean }): Promise<{ database: Database; url: string }> => {
    const made: TestDatabase = await store.createDatabase(options);
    closing.push(() => made.drop());
    const database = openDatabase({ url: made.url, log: silentLog });
    closing.push(() => database.close());
    return { database, url: made.url };
  };
  const prepare = async ({ pool }: Database, module: Module, migrate = true) =>
    await prepareModuleTables({ pool, module, migrate, now: () => new Date() });
  const storeOf = ({ pool }: Database) => new ModuleStore({ pool, schema: "module_library" });
  const fill = async (database: Database) => {
    const own = storeOf(database);
    const shelf = own.newId();
    await own.insert(shelves, { id: shelf, label: "a" });
    await own.insert(books, { id: own.newId(), shelf_id: shelf, title: "one" });
  };

  it("are made once, also by two halls at once", async () => {
    const { database } = await create();
    const ran = await Promise.all([prepare(database, library({})), prepare(database, library({}))]);
    expect(ran.flat()).toEqual(["generated-1"]);
    expect(await prepare(database, library({}))).toEqual([]);
  });

  it("get new tables, columns and indexes, and keep their rows", async () => {
    const { database } = await create();
    await prepare(database, library({}));
    await fill(database);
    expect(await prepare(database, library({ tables: [shelves, booksWithPages] }))).toEqual(["generated-2"]);
    expect(await storeOf(database).find(booksWithPages)).toMatchObject([
      { title: "one", pages: null, lent: false },
    ]);
  });

  it("are not changed before somebody says so, and the module says what to run", async () => {
    const { database } = await create();
    await prepare(database, library({}), false);
    await expect(prepare(database, library({ tables: [shelves, booksWithPages] }), false)).rejects.toThrow(
      'Its tables need the change "generated-2": back the store up, then run "guildhall migrate"',
    );
  });

  it("refuse what a model cannot tell, until a migration of the module mends it, which runs once", async () => {
    const { database } = await create();
    await prepare(database, library({}));
    await fill(database);
    const renamed = defineTable("shelves", { id: uuid().primaryKey(), name: varchar().default("''") });
    await expect(prepare(database, library({ tables: [renamed, books] }))).rejects.toThrow(
      /column "label" is in the store but not in the model/,
    );
    expect(await storeOf(database).find(shelves)).toEqual([{ id: expect.any(String), label: "a" }]);
  });

  it("run a module's own migrations in order, and not on a new store", async () => {
    const renamed = defineTable("shelves", { id: uuid().primaryKey(), name: varchar() });
    const migrations = [
      { name: "0001-name", statements: [sql`alter table ${renamed} rename column label to name`] },
    ];
    const { database } = await create();
    await prepare(database, library({}));
    await fill(database);
    const later = library({ tables: [renamed, books], migrations });
    expect(await prepare(database, later)).toEqual(["0001-name"]);
    expect(await prepare(database, later)).toEqual([]);
    expect(await storeOf(database).find(renamed)).toMatchObject([{ name: "a" }]);
    const fresh = await create();
    expect(await prepare(fresh.database, later)).toEqual(["0001-name", "generated-2"]);
  });

  it("change as a whole or not at all", async () => {
    const { database } = await create();
    await prepare(database, library({}));
    const migrations = [
      { name: "0001", statements: [sql`create table ${{ ...shelves, name: "half" }} (id int)`] },
      { name: "0002", statements: [sql`nonsense`] },
    ];
    await expect(prepare(database, library({ migrations }))).rejects.toThrow(/syntax error/);
    const { rows } = await database.pool.query("select name from modules.migrations order by position");
    expect(rows).toEqual([{ name: "generated-1" }]);
    expect(await prepare(database, library({}))).toEqual([]);
  });

  it("travel with the store, whether their module is there or not", async () => {
    const [from, to] = [await create(), await create({ empty: true })];
    await prepare(from.database, library({}));
    await fill(from.database);
    await prepare(from.database, library({ tables: [shelves, booksWithPages] }));
    const counts = await copyStore({ fromUrl: from.url, toUrl: to.url, log: silentLog });
    expect(counts).toContainEqual({ table: "module_library.books", rows: 1 });
    expect(await storeOf(to.database).find(booksWithPages)).toEqual(
      await storeOf(from.database).find(booksWithPages),
    );
    expect(await prepare(to.database, library({ tables: [shelves, booksWithPages] }))).toEqual([]);
  });
});
