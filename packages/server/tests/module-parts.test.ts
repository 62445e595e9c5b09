import {
  answer,
  appStartup,
  bool,
  defineModule,
  defineRoute,
  defineTable,
  eventRef,
  instant,
  int8,
  jsonb,
  on,
  sql,
  uuid,
  varchar,
  type Module,
  type ModuleContext,
} from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { useServedHall } from "./http/support/serve-hall.ts";
import { stores } from "./support/stores.ts";

const sheets = defineTable("sheets", { id: uuid().primaryKey(), data: jsonb<unknown>() }, {});

const notes = defineTable(
  "notes",
  {
    id: uuid().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    title: varchar(),
    active: bool().default("true"),
    amount: int8().nullable(),
    created_at: instant(),
  },
  { indexes: [{ columns: ["user_id", "created_at"] }] },
);

const created = eventRef<{ readonly title: string }>("notes.created");
const unknown = eventRef<{ readonly title: string }>("notes.unknown");

const settings = {
  user: z.object({ colour: z.enum(["red", "blue"]).default("red"), size: z.int().default(3) }),
  workspace: z.object({ greeting: z.string().default("hello") }),
};

type NotesContext = ModuleContext<
  unknown,
  Record<never, never>,
  z.output<typeof settings.user>,
  z.output<typeof settings.workspace>
>;

/** A module that lends out what it was given, and notes what it heard. */
function lendingModule(): { module: Module; given: () => NotesContext; heard: string[] } {
  const heard: string[] = [];
  let context: NotesContext | undefined;
  const module = defineModule({
    name: "note-book",
    summary: "Lends out what it was given",
    tables: [notes, sheets],
    emits: [created],
    settings,
    initialize: (given) => {
      context = given;
      const { store, cache, log } = given;
      return {
        routes: [
          defineRoute({
            method: "POST",
            path: "/note-book/notes",
            summary: "Keep a note",
            requireAuth: true,
            body: z.object({ name: z.string().min(1), amount: z.int().optional() }),
            handle: async ({ body, user }) => {
              const id = store.newId();
              await store.insert(notes, {
                id,
                user_id: user.id,
                title: body.name,
                created_at: given.clock.now(),
              });
              return answer(200, { success: true, id });
            },
          }),
          defineRoute({
            method: "GET",
            path: "/note-book/:word/plain",
            summary: "Say a word",
            parameters: z.object({ word: z.string().max(5) }),
            query: z.object({ times: z.coerce.number().int().default(1) }),
            handle: ({ parameters, query }) => answer(200, { said: parameters.word.repeat(query.times) }),
          }),
          defineRoute({
            method: "GET",
            path: "/note-book/broken",
            summary: "Fail",
            handle: () => {
              throw new Error("a secret of the inside");
            },
          }),
        ],
        events: [
          on(created, ({ title }) => void heard.push(`late ${title}`), { priority: 20 }),
          on(created, () => Promise.reject(new Error("a handler that fails")), { priority: 1 }),
          on(created, ({ title }) => void heard.push(`early ${title}`), { priority: 5 }),
          on(created, ({ title }) => void heard.push(`plain ${title}`)),
          on(created, ({ title }) => void heard.push(`never ${title}`), {
            when: ({ title }) => title === "no",
          }),
          on(appStartup, ({ modules }) => void heard.push(`startup ${modules.includes("note-book")}`)),
        ],
        healthCheck: async () => {
          log.debug({}, "looked after");
          await cache.forget("nothing");
          return { status: (await store.isConnected()) ? "healthy" : "unhealthy" };
        },
      };
    },
  });
  return {
    module,
    heard,
    given: () => {
      if (!context) throw new Error("the module has not started");
      return context;
    },
  };
}

describe.each(stores())("what a module is given, on the $name store", (store) => {
  const lending = lendingModule();
  const { served } = useServedHall(store, { modules: [lending.module] });

  it("keeps rows in tables of its own, made as its models say", async () => {
    const { given } = lending;
    const { user } = await served().join();
    const rows = ["b", "a", "c"].map((title, index) => ({
      id: given().store.newId(),
      user_id: user.id,
      title,
      amount: 2n ** 60n,
      created_at: new Date(1000 * index),
    }));
    for (const row of rows) await given().store.insert(notes, row);
    const where = { user_id: user.id, active: true };
    const found = await given().store.find(notes, { where, orderBy: [["created_at", "desc"]], limit: 2 });
    expect(found).toMatchObject([{ title: "c", active: true, amount: 2n ** 60n }, { title: "a" }]);
    const named = await given().store.rows(
      sql`select title from ${notes} where user_id = ${user.id} and title = any(${["a", "b"]}) order by ${sql`title`}`,
      z.object({ title: z.string() }),
    );
    expect(named).toEqual([{ title: "a" }, { title: "b" }]);
    expect(await given().store.update(notes, { where: { title: "a" }, set: { active: false } })).toBe(1);
    expect(await given().store.remove(notes, { user_id: user.id, active: false })).toBe(1);
    expect(await given().store.find(notes, { where })).toHaveLength(2);
    const { rows: tables } = await served().hall.database.pool.query(
      "select table_schema from information_schema.tables where table_name = 'notes'",
    );
    expect(tables).toEqual([{ table_schema: "module_note_book" }]);
  });

  it("never reads a value as SQL, and takes text that the store cannot hold", async () => {
    const { store: own } = lending.given();
    const { user } = await served().join();
    const title = "'; drop table notes; -- \0 \ud800";
    await own.insert(notes, { id: own.newId(), user_id: user.id, title, created_at: new Date() });
    const [row] = await own.find(notes, { where: { user_id: user.id } });
    expect(row?.title).toBe("'; drop table notes; -- \uFFFD \uFFFD");
    const data = JSON.stringify({ "a\0": "b\0c \ud800" });
    await own.insert(sheets, { id: own.newId(), data });
    expect(await own.find(sheets)).toMatchObject([{ data: { "a\uFFFD": "b\uFFFDc \uFFFD" } }]);
    // @ts-expect-error a name that is no column, as untyped code may give it
    await expect(own.find(notes, { where: { "1=1 or title": "x" } })).rejects.toThrow(/has no column/);
  });

  it("undoes a transaction that throws, all of it", async () => {
    const { store: own } = lending.given();
    const { user } = await served().join();
    const row = { user_id: user.id, title: "x", created_at: new Date() };
    const work = own.transaction(async (inside) => {
      await inside.insert(notes, { ...row, id: own.newId() });
      await inside.transaction(async (deeper) => deeper.insert(notes, { ...row, id: own.newId() }));
      expect(await inside.find(notes, { where: { user_id: user.id } })).toHaveLength(2);
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect(await own.find(notes, { where: { user_id: user.id } })).toEqual([]);
  });

  it("remembers what was read for 300 s, forgets on demand, and keeps nothing empty", async () => {
    const { cache } = lending.given();
    let loads = 0;
    const read = (key: string, value: string) =>
      cache.read({ key, schema: z.string(), load: async () => `${value}${(loads += 1)}` });
    expect([await read("a", "x"), await read("a", "x"), loads]).toEqual(["x1", "x1", 1]);
    await cache.forget("a");
    expect(await read("a", "x")).toBe("x2");
    const empty = async () =>
      await cache.read({ key: "e", schema: z.array(z.string()), load: async () => ((loads += 1), []) });
    await empty();
    await empty();
    expect(loads).toBe(4);
  });

  it("shows its metrics under its name, and holds labels to what was declared", async () => {
    const { metrics } = lending.given();
    const counter = metrics.counter({ name: "requests_total", help: "x", labels: { kind: ["read"] } });
    counter.add({ kind: "read" }, 2);
    await metrics.timer({ name: "request_duration", help: "x" }).time(async () => undefined);
    // @ts-expect-error an undeclared value, as untyped code may give it
    expect(() => counter.add({ kind: "5dd6" })).toThrow(/no declared value/);
    const text = await served().hall.metrics.text();
    expect(text).toContain('note_book_requests_total{kind="read"} 2');
    expect(text).toContain("note_book_request_duration_count 1");
    expect(() => metrics.counter({ name: "requests_total", help: "x" })).toThrow(/is there already/);
  });

  it("tells of events in the order of priorities, past a handler that fails", async () => {
    const { heard, given } = lending;
    expect(heard).toEqual(["startup true"]);
    await given().events.emit(created, { title: "t" });
    await given().events.emit(unknown, { title: "t" });
    expect(heard.slice(1)).toEqual(["early t", "plain t", "late t"]);
  });

  it("keeps settings of people and workspaces, with defaults, and drops what no longer fits", async () => {
    const { settings: chosen } = lending.given();
    const { user } = await served().join();
    expect(await chosen.ofUser(user.id)).toEqual({ colour: "red", size: 3 });
    expect(await chosen.changeForUser(user.id, { size: 5 })).toEqual({ colour: "red", size: 5 });
    // @ts-expect-error a value that is none, as untyped code may give it
    await expect(chosen.changeForUser(user.id, { colour: "green" })).rejects.toMatchObject({
      code: "setting_invalid",
    });
    await served().hall.data.setActionHandlerUserConfig(user.id, "note-book", { colour: "mauve", size: 9 });
    expect(await chosen.ofUser(user.id)).toEqual({ colour: "red", size: 9 });
    const workspace = { adapter: "slack", workspaceId: "T1" };
    expect(await chosen.ofWorkspace(workspace)).toEqual({ greeting: "hello" });
    await expect(chosen.changeForWorkspace(workspace, { greeting: "hi" })).rejects.toMatchObject({
      code: "workspace_not_found",
    });
  });
});

describe.each(stores())("the routes of modules, on the $name store", (store) => {
  const lending = lendingModule();
  const { served } = useServedHall(store, { modules: [lending.module], server: { requestsPerMinute: 60 } });
  const ask = async (path: string, init?: RequestInit) => {
    const answered = await fetch(`${served().origin}${path}`, init);
    return { status: answered.status, body: await answered.json(), headers: answered.headers };
  };
  const post = (token: string | undefined, body: string, headers = {}) =>
    ask("/note-book/notes", {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: token }),
        ...headers,
      },
    });

  it("read every part of a request by its schema", async () => {
    expect(await ask("/note-book/ha/plain?times=2")).toMatchObject({ status: 200, body: { said: "haha" } });
    expect(await ask("/note-book/h%C3%A4/plain")).toMatchObject({ body: { said: "hä" } });
    expect(await ask("/note-book/toolong/plain")).toMatchObject({
      status: 400,
      body: { success: false, error: "Invalid field word: it must have 5 characters or fewer" },
    });
  });

  it("answer as promised when nobody, or nobody known, is signed in", async () => {
    const { token } = await served().join();
    const name = JSON.stringify({ name: "a" });
    const missing = { error: "Missing or invalid authorization header" };
    expect(await post(undefined, name)).toMatchObject({ status: 401, body: missing });
    expect(await post("Basic YTpi", name)).toMatchObject({ status: 401, body: missing });
    expect(await post("Bearer abc", name)).toMatchObject({ status: 401, body: { error: "Invalid token" } });
    expect(await post(`Bearer ${token}`, name)).toMatchObject({ status: 200, body: { success: true } });
  });

  it("answer for a body that is wrong, and store nothing", async () => {
    const { token, user } = await served().join();
    const authorization = `Bearer ${token}`;
    expect(await post(authorization, "{}")).toMatchObject({
      status: 400,
      body: { success: false, error: "Missing required field: name" },
    });
    expect(await post(authorization, "")).toMatchObject({ status: 400 });
    expect(await post(authorization, '{"name": 1}')).toMatchObject({
      status: 400,
      body: { success: false, error: "Invalid field name: it must be text" },
    });
    expect(await post(authorization, "[]")).toMatchObject({
      status: 400,
      body: { success: false, error: "Invalid request: it must be an object" },
    });
    // What is refused before the route sees it has the form of the route's own answers.
    const unread = { success: false, error: expect.any(String) };
    expect(await post(authorization, "{")).toMatchObject({ status: 400, body: unread });
    expect(await post(authorization, JSON.stringify({ name: "a".repeat(2_000_000) }))).toMatchObject({
      status: 413,
      body: unread,
    });
    expect(await post(authorization, "name=a", { "content-type": "text/csv" })).toMatchObject({
      status: 415,
      body: unread,
    });
    expect(await lending.given().store.find(notes, { where: { user_id: user.id } })).toEqual([]);
  });

  it("tell nothing of a fault but a reference", async () => {
    const { status, body } = await ask("/note-book/broken");
    expect(status).toBe(500);
    expect(body).toMatchObject({ success: false, reference: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain("secret of the inside");
  });

  it("leave other paths as they were", async () => {
    expect(await ask("/note-book/none")).toMatchObject({ status: 404, body: { code: "not_found" } });
    const wrong = await ask("/note-book/notes", { method: "DELETE" });
    expect(wrong).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(wrong.headers.get("allow")).toBe("POST");
    expect(await ask("/health", { method: "POST" })).toMatchObject({ status: 405 });
  });

  it("count under their declared path, and against the limit of requests", async () => {
    expect(await served().hall.metrics.text()).toContain('route="/note-book/:word/plain"');
    const statuses = await Promise.all(
      Array.from({ length: 80 }, async () => (await ask("/note-book/a/plain")).status),
    );
    expect(statuses).toContain(429);
  });
});
