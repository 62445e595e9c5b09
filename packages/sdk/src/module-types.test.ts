import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { integer, text } from "./argument.ts";
import { plainText } from "./chunk.ts";
import { defineCommand } from "./command.ts";
import { eventRef, on } from "./event.ts";
import type { Metrics } from "./metrics.ts";
import { defineModule, moduleRef } from "./module.ts";
import { answer, defineRoute } from "./route.ts";
import { defineService } from "./service.ts";
import { sql, type Store } from "./store.ts";
import { bool, defineTable, instant, int8, uuid, varchar, type NewTableRow, type TableRow } from "./table.ts";

const notes = defineTable("notes", {
  id: uuid().primaryKey(),
  title: varchar(),
  active: bool().default("true"),
  amount: int8().nullable(),
  created_at: instant(),
});

const nothing = async () => undefined;
/** Never runs: what it says is for the compiler. */
const compiles = (_work: () => unknown) => undefined;

describe("wrong use of what a module is given does not compile", () => {
  it("rows of a table", () => {
    expectTypeOf<TableRow<typeof notes>>().toEqualTypeOf<{
      readonly id: string;
      readonly title: string;
      readonly active: boolean;
      readonly amount: bigint | null;
      readonly created_at: Date;
    }>();
    expectTypeOf<NewTableRow<typeof notes>["active"]>().toEqualTypeOf<boolean | undefined>();
    compiles(async () => {
      const store: Store = await Promise.reject(new Error("never"));
      await store.insert(notes, { id: "1", title: "a", created_at: new Date() });
      // @ts-expect-error a column that needs a value is missing
      await store.insert(notes, { id: "1", created_at: new Date() });
      // @ts-expect-error there is no such column
      await store.insert(notes, { id: "1", title: "a", created_at: new Date(), colour: "red" });
      // @ts-expect-error a text is no boolean
      await store.find(notes, { where: { active: "yes" } });
      // @ts-expect-error there is no such column to sort by
      await store.find(notes, { orderBy: [["colour", "asc"]] });
      // @ts-expect-error an object is no value of a statement
      await store.execute(sql`delete from ${notes} where id = ${{ id: 1 }}`);
      // @ts-expect-error rows are read by a schema
      await store.rows(sql`select 1`);
      const rows = await store.rows(sql`select title from ${notes}`, z.object({ title: z.string() }));
      expectTypeOf(rows).toEqualTypeOf<{ title: string }[]>();
    });
    // @ts-expect-error an index over a column that is not there
    compiles(() => defineTable("x", { id: uuid() }, { indexes: [{ columns: ["colour"] }] }));
  });

  it("routes", () => {
    compiles(() =>
      defineRoute({
        method: "POST",
        path: "/notes/:id",
        summary: "x",
        requireAuth: true,
        parameters: z.object({ id: z.uuid() }),
        body: z.object({ title: z.string() }),
        handle: ({ parameters, body, user, query }) => {
          expectTypeOf(parameters.id).toEqualTypeOf<string>();
          expectTypeOf(body.title).toEqualTypeOf<string>();
          expectTypeOf(user.id).toEqualTypeOf<string>();
          // @ts-expect-error no such parameter was declared
          return answer(200, { title: body.title, page: query.page });
        },
      }),
    );
    compiles(() =>
      defineRoute({
        method: "GET",
        path: "/open",
        summary: "x",
        handle: ({ user, body }) => {
          expectTypeOf(user).toEqualTypeOf<undefined>();
          expectTypeOf(body).toEqualTypeOf<undefined>();
          return answer(200, {});
        },
      }),
    );
    // @ts-expect-error a handler answers with answer()
    compiles(() => defineRoute({ method: "GET", path: "/a", summary: "x", handle: () => "text" }));
    // @ts-expect-error a Date is no JSON
    compiles(() => answer(200, { at: new Date() }));
    // @ts-expect-error no such method
    compiles(() => defineRoute({ method: "TRACE", path: "/a", summary: "x", handle: () => answer(200, {}) }));
  });

  it("events", () => {
    const created = eventRef<{ readonly id: string }>("notes.created");
    compiles(() =>
      on(created, ({ id }) => {
        expectTypeOf(id).toEqualTypeOf<string>();
      }),
    );
    // @ts-expect-error the payload has no such field
    compiles(() => on(created, ({ title }) => void title));
    // @ts-expect-error a priority is a number
    compiles(() => on(created, () => undefined, { priority: "high" }));
    compiles(() =>
      defineModule({
        name: "a",
        summary: "x",
        emits: [created],
        initialize({ events }) {
          void events.emit(created, { id: "1" });
          // @ts-expect-error the payload is of another form
          void events.emit(created, { id: 1 });
          return {};
        },
      }),
    );
  });

  it("metrics, settings, configuration and dependencies", () => {
    compiles((metrics?: Metrics) => {
      const counter = metrics?.counter({ name: "a", help: "b", labels: { kind: ["read", "write"] } });
      counter?.add({ kind: "read" });
      // @ts-expect-error no declared value of the label
      counter?.add({ kind: "delete" });
      // @ts-expect-error a label is missing
      counter?.add();
      // @ts-expect-error a counter without labels takes none
      metrics?.counter({ name: "a", help: "b" }).add({ kind: "read" });
    });
    const other = moduleRef<{ greet(name: string): string }>("other");
    defineModule({
      name: "a",
      summary: "x",
      dependencies: { other },
      config: z.object({ limit: z.int().default(3) }),
      settings: { user: z.object({ colour: z.enum(["red", "blue"]).default("red") }) },
      initialize({ config, dependencies, settings, cache }) {
        expectTypeOf(config.limit).toEqualTypeOf<number>();
        expectTypeOf(dependencies.other.greet("a")).toEqualTypeOf<string>();
        // @ts-expect-error no such dependency
        void dependencies.another;
        // @ts-expect-error no such setting
        void config.size;
        compiles(() => settings.changeForUser("1", { colour: "blue" }));
        // @ts-expect-error no such colour
        compiles(() => settings.changeForUser("1", { colour: "green" }));
        // @ts-expect-error a function is not JSON and cannot be cached
        compiles(() => cache.read({ key: "a", schema: z.function(), load: async () => () => undefined }));
        compiles(async () => {
          const value = await cache.read({ key: "a", schema: z.int(), load: async () => 1 });
          expectTypeOf(value).toEqualTypeOf<number>();
        });
        return {};
      },
    });
  });

  it("commands", () => {
    compiles(() =>
      defineCommand({
        name: "count",
        summary: "x",
        arguments: { times: integer("how often", { default: 1 }), word: text("what") },
        async *run({ times, word }, { user }) {
          expectTypeOf(times).toEqualTypeOf<number>();
          expectTypeOf(word).toEqualTypeOf<string>();
          expectTypeOf(user.id).toEqualTypeOf<string>();
          yield plainText(word.repeat(times));
        },
      }),
    );
    compiles(() =>
      defineCommand({
        name: "count",
        summary: "x",
        arguments: { times: integer("how often") },
        // @ts-expect-error no such argument was declared
        *run({ word }) {
          yield plainText(String(word));
        },
      }),
    );
    // @ts-expect-error a command puts out chunks
    compiles(() => defineCommand({ name: "count", summary: "x", run: () => ["text"] }));
  });

  it("services, health, state, settings of workspaces and permissions", () => {
    // @ts-expect-error a time limit is a must
    compiles(() => defineService({ name: "a", summary: "x", schedule: { everySeconds: 60 }, run: nothing }));
    const schedule = { everySeconds: "60" };
    // @ts-expect-error an interval is a number
    compiles(() => defineService({ name: "a", summary: "x", schedule, timeLimitSeconds: 1, run: nothing }));
    compiles(() =>
      defineModule({
        name: "a",
        summary: "x",
        settings: { workspace: z.object({ colour: z.enum(["red", "blue"]).default("red") }) },
        // @ts-expect-error permissions are lists of words
        permissions: { slack: "channels:history" },
        initialize: ({ state, settings }) => {
          // @ts-expect-error a function is no document
          void state.set("a", () => undefined);
          // @ts-expect-error a counter counts numbers
          void state.increment(new Map([["a", "1"]]));
          // @ts-expect-error no such colour
          void settings.changeForWorkspace({ adapter: "slack", workspaceId: "T1" }, { colour: "green" });
          return {};
        },
      }),
    );
    compiles(() =>
      defineModule({
        name: "a",
        summary: "x",
        // @ts-expect-error no such status
        initialize: () => ({ healthCheck: async () => ({ status: "fine" }) }),
      }),
    );
    compiles(() =>
      defineModule<{ size: number }>({
        name: "a",
        summary: "x",
        // @ts-expect-error the api is not of the type that was promised
        initialize: () => ({ api: { size: "large" } }),
      }),
    );
  });
});

describe("a declaration that cannot work is refused at once", () => {
  const initialize = () => ({});

  it.each(["Dice", "my module", "-a", "a--b", "", "x".repeat(51)])("the name %j", (name) => {
    expect(() => defineModule({ name, summary: "x", initialize })).toThrow(/cannot name a module/);
  });

  it.each(["my_new_module", "connection_api", "a-b", "d20"])("not the name %j", (name) => {
    expect(defineModule({ name, summary: "x", initialize }).name).toBe(name);
  });

  it("a setting of a person without a default", () => {
    const settings = { user: z.object({ colour: z.string() }) };
    expect(() => defineModule({ name: "a", summary: "x", settings, initialize })).toThrow(/needs a default/);
  });

  it.each(["notes", "/a b", "/a//b", "/:Id", "/*"])("the path %j", (path) => {
    expect(() => defineRoute({ method: "GET", path, summary: "x", handle: () => answer(200, {}) })).toThrow(
      /cannot be the path/,
    );
  });

  it.each(["Notes", "a b", "a;drop", "1a"])("the table %j", (name) => {
    expect(() => defineTable(name, { id: uuid() })).toThrow(/cannot name a table/);
  });
});
