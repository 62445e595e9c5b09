import { MemoryObjects } from "@guildhall/sdk/testing";
import { afterEach, describe, expect, it } from "vitest";
import { openDatabase } from "../src/data/database.ts";
import { pendingMigrations } from "../src/data/migrations.ts";
import { storeDifferences } from "../src/data/schema/store-differences.ts";
import { ALL_TABLES } from "../src/data/tables/all-tables.ts";
import { openHall } from "../src/hall/open-hall.ts";
import { StoreRefusedError } from "../src/hall/store-refused-error.ts";
import { Config } from "../src/kernel/config.ts";
import { withClient } from "./support/databases.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { testSecretKey } from "./support/test-hall.ts";

const CHANGES: [what: string, sql: string, differences: string[]][] = [
  [
    "a column that is gone",
    "alter table actions.actions drop column adapter",
    ['table actions.actions: column "adapter" is missing'],
  ],
  [
    "a column too many",
    "alter table people.users add column shoe_size int",
    ['table people.users: column "shoe_size" is in the store but not in the model'],
  ],
  [
    "a column of another type",
    "alter table threads.threads alter column last_display_order type bigint",
    ['table threads.threads: column "last_display_order" has the type bigint where the model says integer'],
  ],
  [
    "a column that may be null",
    "alter table threads.threads alter column title drop not null",
    ['table threads.threads: column "title" must not allow null'],
  ],
  [
    "a column that may not be null",
    "alter table people.users alter column password_hash set not null",
    ['table people.users: column "password_hash" must allow null'],
  ],
  [
    "a default that is gone",
    "alter table threads.threads alter column last_seq drop default",
    ['table threads.threads: column "last_seq" lacks its default'],
  ],
  [
    "a default too many",
    "alter table threads.threads alter column title set default ''",
    ['table threads.threads: column "title" has a default that the model lacks'],
  ],
  [
    "a unique constraint that is gone",
    "alter table people.users drop constraint users_email_key",
    ["table people.users: unique (email) is missing"],
  ],
  [
    "a foreign key that is gone",
    "alter table threads.threads drop constraint threads_user_id_fkey",
    ["table threads.threads: foreign key (user_id) to people.users, on delete cascade is missing"],
  ],
  [
    "a foreign key with another rule",
    `alter table threads.threads drop constraint threads_user_id_fkey,
     add foreign key (user_id) references people.users (id)`,
    [
      "table threads.threads: foreign key (user_id) to people.users, on delete cascade is missing",
      "table threads.threads: foreign key (user_id) to people.users, on delete no action is in the store but not in the model",
    ],
  ],
  [
    "a check that is gone",
    "alter table actions.actions drop constraint actions_is_completed_check",
    ["table actions.actions: check actions_is_completed_check is missing"],
  ],
  [
    "a primary key that is gone",
    "alter table state.documents drop constraint documents_pkey",
    ["table state.documents: primary key (key) is missing"],
  ],
  [
    "an index that is gone",
    "drop index actions.actions_runner_id_idx",
    ["table actions.actions: partial index (runner_id) is missing"],
  ],
  [
    "an index too many",
    "create index on people.users (display_name)",
    ["table people.users: index (display_name) is in the store but not in the model"],
  ],
  [
    "a table too many",
    "create table people.pets (id int)",
    ["table people.pets is in the store but in no model"],
  ],
  ["a table that is gone", "drop table actions.runners", ["table actions.runners is missing from the store"]],
  [
    "several things at once",
    "alter table people.users drop column display_name; drop table state.counters",
    [
      'table people.users: column "display_name" is missing',
      "table state.counters is missing from the store",
    ],
  ],
];

describe.each(stores())("the check of the $name store", (store) => {
  const made: TestDatabase[] = [];
  afterEach(async () => {
    for (const database of made.splice(0)) await database.drop();
  });

  const create = async (sql?: string, options?: { empty?: boolean }) => {
    const database = await store.createDatabase(options);
    made.push(database);
    if (sql !== undefined) await withClient(database.url, (client) => client.query(sql));
    return database.url;
  };

  const open = (databaseUrl: string, migrate: boolean) =>
    openHall({
      databaseUrl,
      migrate,
      secretKey: testSecretKey,
      config: new Config({ environment: {}, filePath: undefined }),
      log: silentLog,
      modules: [],
      objects: new MemoryObjects({ now: () => new Date() }),
    });

  it("finds no difference in a fresh store", async () => {
    const database = openDatabase({ url: await create(), log: silentLog });
    expect(await storeDifferences({ pool: database.pool, tables: ALL_TABLES })).toEqual([]);
    expect(await pendingMigrations(database)).toEqual([]);
    await database.close();
  });

  it("leaves other schemas alone", async () => {
    const url = await create("create table public.own (id int); create schema other");
    await (await open(url, false)).stop({ graceMilliseconds: 0 });
  });

  it.each(CHANGES)("refuses %s, naming exactly that", async (_what, sql, differences) => {
    const refused = await open(await create(sql), true).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreRefusedError);
    expect(refused).toMatchObject({ code: "store_refused" });
    const lines = refused instanceof Error ? refused.message.split("\n") : [];
    expect(lines.filter((line) => line.startsWith("  - ")).map((line) => line.slice(4))).toEqual(differences);
  });

  it("refuses a store that lacks migrations, unless it may run them", async () => {
    const url = await create("delete from hall_migrations");
    await expect(open(url, false)).rejects.toMatchObject({
      code: "store_refused",
      message: expect.stringMatching(/migration.*0001-first-tables.*guildhall migrate/),
    });
  });

  it("makes the tables of a new store, whatever was said of migrations", async () => {
    const url = await create(undefined, { empty: true });
    const hall = await open(url, false);
    expect(await storeDifferences({ pool: hall.database.pool, tables: ALL_TABLES })).toEqual([]);
    await hall.stop({ graceMilliseconds: 0 });
    await (await open(url, false)).stop({ graceMilliseconds: 0 });
  });

  it("lets two halls make the tables of a new store at once", async () => {
    const url = await create(undefined, { empty: true });
    const halls = await Promise.all([open(url, true), open(url, true)]);
    for (const hall of halls) await hall.stop({ graceMilliseconds: 0 });
  });
});
