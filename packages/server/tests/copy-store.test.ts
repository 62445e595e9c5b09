import { afterEach, describe, expect, it } from "vitest";
import { columnList, ownTables } from "../src/data/copying/copied-tables.ts";
import { copyStore } from "../src/data/copying/copy-store.ts";
import { StoreCopyError } from "../src/data/copying/fill-store.ts";
import { withClient } from "./support/databases.ts";
import { silentLog } from "./support/silent-log.ts";
import { stores, type TestDatabase, type TestStore } from "./support/stores.ts";
import { openTestHall } from "./support/test-hall.ts";

const PASSWORD = "correct horse battery staple";

describe.each(stores())("copying from the $name store", (store) => {
  // The other one, where there are two.
  const target: TestStore = stores().find((other) => other.name !== store.name) ?? store;
  const made: TestDatabase[] = [];
  afterEach(async () => {
    for (const database of made.splice(0)) await database.drop();
  });

  const create = async (where: TestStore, options?: { empty?: boolean }) => {
    const database = await where.createDatabase(options);
    made.push(database);
    return database.url;
  };

  const rowsOf = (url: string) =>
    withClient(url, async (client) => {
      const all: Record<string, unknown[]> = {};
      for (const { schema, name, columns } of ownTables()) {
        // As text, and in one order whatever the server's collation.
        const { rows } = await client.query<{ row: string }>(
          `select t::text as row from (select ${columnList(columns)} from "${schema}"."${name}") t order by t::text collate "C"`,
        );
        all[`${schema}.${name}`] = rows.map(({ row }) => row);
      }
      return all;
    });

  const fill = async (url: string) => {
    const test = await openTestHall({ url });
    const person = await test.createPerson("ada@example.org", { admin: true, password: PASSWORD });
    for (const line of ["echo tab\\t quote' \\N and \u{1F409}", "stream 20", "big 1000", "fail", "odd"]) {
      await test.finish(person, line, { idempotencyKey: line });
    }
    await test.hall.service.setActionHandlerUserConfig(person.user.id, "echo", { loud: [true, null, "x"] });
    await test.hall.state.set("init_1", { turn: 1 });
    await test.hall.service.loginUser({
      email: "ada@example.org",
      password: PASSWORD,
      user_agent: "a\nb",
    });
    await test.stop();
    return person;
  };

  it("carries every row, and the hall serves from the copy", async () => {
    const [fromUrl, toUrl] = [await create(store), await create(target, { empty: true })];
    const person = await fill(fromUrl);
    const counts = await copyStore({ fromUrl, toUrl, log: silentLog });
    const [source, copy] = [await rowsOf(fromUrl), await rowsOf(toUrl)];
    expect(copy).toEqual(source);
    expect(Object.fromEntries(counts.map(({ table, rows }) => [table, rows]))).toEqual(
      Object.fromEntries(Object.entries(source).map(([table, rows]) => [table, rows.length])),
    );
    expect(counts.filter(({ rows }) => rows > 0).length).toBeGreaterThan(10);

    const test = await openTestHall({ url: toUrl });
    const { user } = await test.hall.service.loginUser({
      email: "ada@example.org",
      password: PASSWORD,
      user_agent: "",
    });
    expect(user.id).toBe(person.user.id);
    const repeated = await test.submit(person, "stream 20", { idempotencyKey: "stream 20" });
    expect(repeated.kind).toBe("repeated");
    expect((await test.finish(person, "echo more")).state).toBe("completed");
    await test.stop();
  });

  it("refuses a target that holds anything, and leaves it as it was", async () => {
    const [fromUrl, toUrl] = [await create(store), await create(target)];
    await fill(fromUrl);
    await withClient(toUrl, (client) => client.query("insert into state.documents values ('here', '1')"));
    const before = await rowsOf(toUrl);
    await expect(copyStore({ fromUrl, toUrl, log: silentLog })).rejects.toThrow(/state\.documents.*empty/);
    expect(await rowsOf(toUrl)).toEqual(before);
  });

  it("refuses a source without a hall", async () => {
    const [fromUrl, toUrl] = [await create(store, { empty: true }), await create(target, { empty: true })];
    const refused = copyStore({ fromUrl, toUrl, log: silentLog });
    await expect(refused).rejects.toThrow(StoreCopyError);
    await expect(refused).rejects.toThrow(/holds no hall/);
  });

  it("refuses a source that lacks migrations, or differs from the models", async () => {
    const [old, odd] = [await create(store), await create(store)];
    const toUrl = await create(target, { empty: true });
    await withClient(old, (client) => client.query("delete from hall_migrations"));
    await expect(copyStore({ fromUrl: old, toUrl, log: silentLog })).rejects.toThrow(/guildhall migrate/);
    await withClient(odd, (client) => client.query("alter table people.users add column shoe_size int"));
    await expect(copyStore({ fromUrl: odd, toUrl, log: silentLog })).rejects.toThrow(/"shoe_size"/);
  });
});
