import {
  bool,
  bytes,
  CommandError,
  defineCommand,
  defineModule,
  defineTable,
  instant,
  int4,
  int8,
  integer,
  jsonb,
  LineRefusedError,
  plainText,
  sql,
  text,
  uuid,
  varchar,
  type Chunk,
  type Command,
  type CommandContext,
  type Store,
} from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const lines = defineTable("lines", {
  id: uuid().primaryKey(),
  action_id: varchar(),
  word: varchar().nullable(),
  number: int4().default("7"),
});
const samples = defineTable("samples", {
  n: int8().primaryKey(),
  text: varchar(),
  at: instant(),
  flag: bool(),
  content: bytes(),
  document: jsonb<unknown>(),
  left_out: varchar().nullable(),
  given: varchar().default("'by the table'"),
});
const ODD = "a\0b\uD800c";
const AT = new Date("2026-03-01T12:00:00.123Z");

/** A module whose commands keep a log of their own; `seen` is what was in it when work came after the record. */
function logbook() {
  const seen: number[] = [];
  const parts: { store?: Store } = {};
  const add = (context: CommandContext, word: string, id = parts.store?.newId() ?? "") =>
    context.withRecord(lines, { id, action_id: context.action.id, word });
  const command = (
    name: string,
    run: (context: CommandContext, words: { word: string; count: number }) => AsyncIterable<Chunk>,
    more: Partial<Pick<Command, "pure">> = {},
  ) =>
    defineCommand({
      name,
      summary: name,
      arguments: {
        word: text("what", { default: "word" }),
        count: integer("how often", { min: 1, default: 1 }),
      },
      run: (words, context) => run(context, words),
      ...more,
    });
  const commands = [
    command(
      "log",
      async function* (context, { word, count }) {
        for (let line = 0; line < count; line += 1) add(context, word);
        if (word === "refused") throw new LineRefusedError("No.", { code: "bad_value" });
        if (word === "failed") throw new CommandError("No.", { code: "no" });
        yield plainText(word);
      },
      { pure: true },
    ),
    command(
      "same",
      async function* (context, { word }) {
        add(context, word, "00000000-0000-7000-8000-000000000001");
        yield plainText(word);
      },
      { pure: true },
    ),
    command(
      "everything",
      async function* (context) {
        context.withRecord(samples, {
          n: 2n ** 60n,
          text: ODD,
          at: AT,
          flag: true,
          content: new Uint8Array([0, 255, 7]),
          document: JSON.stringify({ [ODD]: [ODD, 1, null, { "#": "n" }] }),
        });
        yield plainText("done");
      },
      { pure: true },
    ),
    command(
      "wrong",
      async function* (context, { word }) {
        const row: { id: string; action_id: string; [name: string]: string } =
          word === "column"
            ? { id: context.action.id, action_id: "", nonsense: "" }
            : JSON.parse(JSON.stringify({ id: context.action.id }));
        context.withRecord(lines, row);
        yield plainText(word);
      },
      { pure: true },
    ),
    command("talk", async function* (context, { word, count }) {
      for (let line = 0; line < count; line += 1) {
        add(context, `${word} ${line}`);
        context.afterRecord(async () => {
          const where = { action_id: context.action.id };
          seen.push((await parts.store?.find(lines, { where }))?.length ?? 0);
        });
        yield plainText(word);
      }
      add(context, "end");
    }),
    command("pass-on", async function* (context, { word }) {
      add(context, word);
      if (word !== "early") yield plainText(word);
      await context.handOver({ withinSeconds: 60 });
      if (word === "late") add(context, word);
    }),
  ];
  const module = defineModule({
    name: "log-book",
    summary: "x",
    tables: [lines, samples],
    initialize: ({ store }) => {
      parts.store = store;
      return { commands };
    },
  });
  return { module, seen, parts };
}

describe.each(stores())("rows that go with an action's record, on the $name store", (store) => {
  const { module, seen, parts } = logbook();
  const { test } = useTestHall(store, { modules: [module] });

  const own = () => {
    if (!parts.store) throw new Error("the module has not started");
    return parts.store;
  };
  const person = () => test().createPerson(freshEmail());
  const wordsOf = async (action: { id: string }) =>
    (await own().find(lines, { where: { action_id: action.id }, orderBy: [["id", "asc"]] })).map(
      ({ word }) => word,
    );
  const countAll = async () =>
    (await own().rows(sql`select count(*)::int as count from ${lines}`, z.object({ count: z.number() })))[0]
      ?.count;

  it("are there with it, as many as were given", async () => {
    const ada = await person();
    const actions = await Promise.all(
      Array.from({ length: 60 }, (_, index) => test().run(ada, `log w${index} ${1 + (index % 3)}`)),
    );
    for (const [index, action] of actions.entries()) {
      expect(await wordsOf(action)).toEqual(Array.from({ length: 1 + (index % 3) }, () => `w${index}`));
    }
  });

  it("hold values of every kind, and the table's defaults for what is left out", async () => {
    await test().run(await person(), "everything");
    expect(await own().find(samples)).toEqual([
      {
        n: 2n ** 60n,
        text: "a\uFFFDb\uFFFDc",
        at: AT,
        flag: true,
        content: Buffer.from([0, 255, 7]),
        document: { "a\uFFFDb\uFFFDc": ["a\uFFFDb\uFFFDc", 1, null, { "#": "n" }] },
        left_out: null,
        given: "by the table",
      },
    ]);
  });

  it("are not there when the line is refused, the request repeats another, or the thread is not one's own", async () => {
    const [ada, bert] = [await person(), await person()];
    const before = (await countAll()) ?? 0;
    expect((await test().submit(ada, "log refused")).kind).toBe("line_invalid");
    const first = await test().submit(ada, "log once", { idempotencyKey: "k" });
    const again = await test().submit(ada, "log once", { idempotencyKey: "k" });
    expect([first.kind, again.kind]).toEqual(["action", "repeated"]);
    const { id: threadId } = await test().hall.service.createThread(ada.user.id, {
      title: "t",
      description: "",
    });
    await expect(test().run(bert, "log elsewhere", { threadId })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(await countAll()).toBe(before + 1);
  });

  it("are there when the command fails", async () => {
    const action = await test().finish(await person(), "log failed");
    expect(action).toMatchObject({ state: "failed", error: { code: "no" } });
    expect(await wordsOf(action)).toEqual(["failed"]);
  });

  it("that the table refuses take their own record with them, and nobody else's", async () => {
    const ada = await person();
    await test().run(ada, "same first");
    const settled = await Promise.allSettled(
      ["log a", "same second", "log b", "same third", "log c"].map((line) => test().run(ada, line)),
    );
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    const { rows } = await test().hall.database.pool.query(
      "select count(*)::int as count from actions.actions where raw_text in ('same second', 'same third')",
    );
    expect(rows).toEqual([{ count: 0 }]);
    expect(await own().find(lines, { where: { word: "first" } })).toHaveLength(1);
  });

  it("that cannot be one of the table are the command's own fault", async () => {
    for (const word of ["column", "missing"]) {
      expect(await test().finish(await person(), `wrong ${word}`)).toMatchObject({
        state: "failed",
        error: { code: "internal_error" },
      });
    }
  });

  it("go with each piece of output, and with the end; what is left to do comes after them", async () => {
    const ada = await person();
    seen.length = 0;
    const action = await test().finish(ada, "talk x 3");
    expect(action.response_chunks).toHaveLength(3);
    expect(await wordsOf(action)).toEqual(["x 0", "x 1", "x 2", "end"]);
    await expect.poll(() => seen.length).toBe(3);
    for (const [index, found] of seen.toSorted((one, other) => one - other).entries()) {
      expect(found).toBeGreaterThan(index);
    }
    const many = await Promise.all(Array.from({ length: 20 }, () => test().finish(ada, "talk y 5")));
    for (const one of many) expect(await wordsOf(one)).toHaveLength(6);
  });

  it("cannot wait for output when their action is handed over", async () => {
    const ada = await person();
    const handedOver = await test().run(ada, "pass-on in-time");
    await test().hall.runner.settled(handedOver.id);
    expect(await wordsOf(handedOver)).toEqual(["in-time"]);
    expect(await test().hall.data.getAction(ada.user.id, handedOver.id)).toMatchObject({ state: "running" });
    for (const word of ["early", "late"]) {
      expect(await test().finish(ada, `pass-on ${word}`)).toMatchObject({
        error: { code: "internal_error" },
      });
    }
  });

  it("have the columns of the table's latest version, also where an earlier one was in the same process", async () => {
    const before = defineTable("notes", { id: uuid().primaryKey(), word: varchar() });
    const later = defineTable("notes", { ...before.columns, length: int4().nullable() });
    const notes = (table: typeof before | typeof later, more: { readonly length?: number }) =>
      defineModule({
        name: "notes",
        summary: "x",
        tables: [table],
        initialize: () => ({
          commands: [
            defineCommand({
              name: "note",
              summary: "x",
              pure: true,
              async *run(_values, context) {
                context.withRecord(table, { id: context.action.id, word: "x", ...more });
                yield plainText("noted");
              },
            }),
          ],
        }),
      });
    const database = await store.createDatabase();
    const lengths: unknown[] = [];
    for (const version of [notes(before, {}), notes(later, { length: 1 })]) {
      const hall = await openTestHall({ url: database.url, modules: [version] });
      await hall.run(await hall.createPerson(freshEmail()), "note");
      const { rows } = await hall.hall.database.pool.query("select * from module_notes.notes order by id");
      lengths.push(rows.map((row) => z.object({ length: z.number().nullish() }).parse(row).length));
      await hall.stop();
    }
    expect(lengths).toEqual([[undefined], [null, 1]]);
    await database.drop();
  });
});
