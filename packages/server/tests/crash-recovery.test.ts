import { MIME } from "@guildhall/sdk";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { recordActions } from "../src/data/action-log.ts";
import type { Action } from "../src/data/models.ts";
import { readEvents } from "../src/data/thread-events.ts";
import { newId } from "../src/data/uuid.ts";
import type { Principal } from "../src/hall/people.ts";
import { eventually, runFixture, type RunningFixture } from "./fixtures/run-fixture.ts";
import { followed } from "./support/followed-events.ts";
import { withClient } from "./support/databases.ts";
import { stores, type TestDatabase } from "./support/stores.ts";
import { openTestHall, type TestHall } from "./support/test-hall.ts";

const Acknowledged = z.object({ acknowledged: z.string(), line: z.string() });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const notices = (action: Action) => action.response_chunks.filter((chunk) => chunk.mime === MIME.notice);

describe.each(stores())("a hall that goes away, on the $name store", (store) => {
  let database: TestDatabase;
  let halls: TestHall[] = [];
  let fixture: RunningFixture | undefined;
  let person: Principal;
  let threadId = "";

  const open = async () => {
    const hall = await openTestHall({ url: database.url });
    halls.push(hall);
    return hall;
  };
  const close = async (test: TestHall) => {
    halls = halls.filter((hall) => hall !== test);
    await test.stop();
  };

  beforeEach(async () => {
    database = await store.createDatabase();
    const test = await open();
    person = await test.createPerson("ada@example.org");
    const thread = await test.hall.data.createThread(person.user.id, { title: "t", description: "" });
    threadId = thread.id;
  });
  afterEach(async () => {
    fixture?.kill("SIGKILL");
    await fixture?.ended;
    fixture = undefined;
    await Promise.all(halls.splice(0).map((test) => test.stop()));
    await database.drop();
  });

  it("leaves no acknowledged action without an end when it is killed", async () => {
    const [first] = halls;
    if (first) await close(first);
    const running = runFixture({
      script: "hall-runner.ts",
      args: [database.url, person.user.id, threadId],
    });
    fixture = running;
    await eventually(() => running.said.length === 100, `100 actions are acknowledged ${running.errors()}`);
    const isStreaming = () =>
      withClient(database.url, (client) =>
        client.query("select from actions.actions where raw_text like 'stream 400%' and last_order > 20"),
      );
    await eventually(async () => (await isStreaming()).rowCount !== 0, "some have put out a part");
    running.kill("SIGKILL");
    await running.ended;

    const test = await open();
    const { queries } = test.hall.database;
    const unfinished = () =>
      queries.selectFrom("actions.actions").select("id").where("is_completed", "=", false).execute();
    await eventually(async () => (await unfinished()).length === 0, "every action has ended");

    const events = await readEvents(queries, { threadId, after: 0, limit: 100_000 });
    expect(events.map((event) => event.seq)).toEqual(upTo(events.length));
    const outcomes = new Map<string, number>();
    for (const { acknowledged, line } of z.array(Acknowledged).parse(running.said)) {
      const action = await test.hall.data.getAction(person.user.id, acknowledged);
      const orders = action.response_chunks.map((chunk) => chunk.order);
      expect(orders).toEqual(upTo(orders.length));
      expect(followed(events, acknowledged)).toEqual({ orders, ended: 1 });
      const outcome = action.error?.code ?? action.state;
      outcomes.set(`${line}: ${outcome}`, (outcomes.get(`${line}: ${outcome}`) ?? 0) + 1);
      if (outcome === "outcome_unknown") {
        expect(notices(action)).toEqual([action.response_chunks.at(-1)]);
      }
      if (line.startsWith("again")) {
        const texts = action.response_chunks.map((chunk) => chunk.text_content);
        const start = action.response_chunks.findIndex((chunk) => chunk.mime === MIME.notice) + 1;
        expect(texts.slice(start)).toEqual(upTo(60).map((number) => `chunk ${number}`));
        expect(notices(action).length).toBeLessThanOrEqual(1);
      }
    }
    expect(outcomes.get("again 60 --ms 5: completed")).toBe(20);
    expect(outcomes.get("stream 400 --ms 5: outcome_unknown")).toBeGreaterThan(0);
    const known = /: (completed|outcome_unknown|time_limit)$/;
    for (const outcome of outcomes.keys()) expect(outcome).toMatch(known);
    expect(await queries.selectFrom("actions.runners").select("id").execute()).toEqual([
      { id: test.hall.runner.id },
    ]);
  });

  it("leaves what it accepted and never began to the next one, which runs it", async () => {
    const [first] = halls;
    if (!first) throw new Error("no hall is open");
    const { pool, queries } = first.hall.database;
    const dead = newId();
    await queries
      .insertInto("actions.runners")
      .values({ id: dead, host: "gone", pid: 1, started_at: new Date() })
      .execute();
    const make = (handler_name: string, request: { count: number }) => ({
      id: newId(),
      user_id: person.user.id,
      thread_id: threadId,
      handler_name,
      title: "t",
      raw_text: "t",
      request,
      adapter: "test",
      created_at: new Date(),
      runner_id: dead,
    });
    const waiting = [
      make("stream", { count: 5 }),
      make("again", { count: 7 }),
      make("no such", { count: 1 }),
    ];
    expect(await recordActions(pool, waiting)).toEqual(["recorded", "recorded", "recorded"]);
    const test = await open();
    const [once, again, unknown] = await Promise.all(waiting.map(({ id }) => test.ended(person, id)));
    expect(once).toMatchObject({ state: "completed", response_chunks: { length: 5 } });
    expect(again).toMatchObject({ state: "completed", response_chunks: { length: 7 } });
    expect(unknown).toMatchObject({ state: "failed", error: { code: "outcome_unknown" } });
  });

  it("loses nothing that runs to a second hall while it lives", async () => {
    const [first] = halls;
    if (!first) throw new Error("no hall is open");
    const running = await Promise.all([
      first.run(person, "wait"),
      first.run(person, "wait-again"),
      first.run(person, "stream 200 --ms 5"),
    ]);
    await Promise.all([open(), open()]);
    const finished = await first.ended(person, running[2].id);
    expect(finished).toMatchObject({ state: "completed", response_chunks: { length: 200 } });
    const rows = await first.hall.database.queries
      .selectFrom("actions.actions")
      .select(["attempt", "runner_id"])
      .execute();
    expect(rows).toEqual(running.map(() => ({ attempt: 1, runner_id: first.hall.runner.id })));
    for (const { id } of running.slice(0, 2)) {
      expect(first.hall.runner.runsHere(id)).toBe(true);
      await first.hall.actions.cancel(person.user.id, id);
    }
  });

  it("ends what runs when it stops, and leaves to the next what may be run again", async () => {
    const [first] = halls;
    if (!first) throw new Error("no hall is open");
    const once = await first.run(person, "wait");
    const again = await first.run(person, "again 100 --ms 20");
    await eventually(
      async () => (await first.hall.data.getAction(person.user.id, again.id)).response_chunks.length > 0,
      "it has begun",
    );
    await close(first);
    const test = await open();
    const stopped = await test.hall.data.getAction(person.user.id, once.id);
    expect(stopped).toMatchObject({ state: "failed", error: { code: "hall_stopped" } });
    expect(notices(stopped)).toHaveLength(1);
    const ended = await test.ended(person, again.id);
    expect(ended).toMatchObject({ state: "completed", error: null });
    expect(notices(ended)).toHaveLength(1);
    expect(ended.response_chunks.at(-1)?.text_content).toBe("chunk 100");
  });

  it("takes no new work while it stops, and lets what runs end within the grace", async () => {
    const [first] = halls;
    if (!first) throw new Error("no hall is open");
    const { id } = await first.run(person, "stream 20 --ms 10");
    halls = [];
    const stopped = first.hall.stop({ graceMilliseconds: 10_000 });
    await expect(first.submit(person, "echo x")).rejects.toMatchObject({ code: "hall_stopping" });
    await stopped;
    const test = await open();
    expect(await test.hall.data.getAction(person.user.id, id)).toMatchObject({
      state: "completed",
      response_chunks: { length: 20 },
    });
  });
});
