import { plainText } from "@guildhall/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { readEvents, type ThreadEvent } from "../src/data/thread-events.ts";
import { eventDocument } from "../src/hall/documents.ts";
import type { Principal } from "../src/hall/people.ts";
import { followed } from "./support/followed-events.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each(stores())("the events of a thread on the $name store", (store) => {
  const { test } = useTestHall(store);
  let person: Principal;
  let threadId = "";

  beforeEach(async () => {
    person = await test().createPerson(freshEmail());
    threadId = await makeThread();
  });

  const makeThread = async () =>
    (await test().hall.data.createThread(person.user.id, { title: "t", description: "" })).id;

  const events = (of = threadId, after = 0, limit = 10_000) =>
    readEvents(test().hall.database.queries, { threadId: of, after, limit });

  it("are gapless and in order while several actions stream", async () => {
    const started = await Promise.all(
      upTo(8).map((number) => test().run(person, `stream ${number * 10}`, { threadId })),
    );
    await Promise.all(started.map((action) => test().ended(person, action.id)));
    const all = await events();
    expect(all.map((event) => event.seq)).toEqual(upTo(all.length));
    started.forEach((action, index) => {
      const told = followed(all, action.id);
      expect(told).toEqual({ orders: upTo((index + 1) * 10), ended: 1 });
    });
    const thread = await test().hall.data.getThread(person.user.id, threadId, { limit: 50 });
    expect(thread.last_seq).toBe(all.length);
  });

  it("tell an action's output in each of two threads", async () => {
    const other = await makeThread();
    const action = await test().run(person, "stream 40 --ms 2", { threadId });
    await test().hall.data.appendActionToThread(person.user.id, other, action.id);
    const noise = await test().run(person, "stream 40", { threadId: other });
    await test().ended(person, action.id);
    await test().ended(person, noise.id);
    for (const id of [threadId, other]) {
      const all = await events(id);
      expect(all.map((event) => event.seq)).toEqual(upTo(all.length));
      expect(followed(all, action.id)).toEqual({ orders: upTo(40), ended: 1 });
    }
  });

  it("miss no chunk in a thread that gets the action while it streams", async () => {
    const others = await Promise.all(upTo(12).map(() => makeThread()));
    const action = await test().run(person, "stream 300 --ms 1", { threadId });
    for (const other of others) {
      await test().hall.service.appendActionToThread(person.user.id, other, action.id);
    }
    await test().ended(person, action.id);
    for (const id of [threadId, ...others]) {
      expect(followed(await events(id), action.id)).toEqual({ orders: upTo(300), ended: 1 });
    }
  });

  it("can be read from any point, each once", async () => {
    await test().finish(person, "stream 15", { threadId });
    await test().finish(person, "echo hello", { threadId });
    const all = await events();
    for (let after = 0; after <= all.length; after += 1) {
      expect(await events(threadId, after)).toEqual(all.slice(after));
    }
    const paged: ThreadEvent[] = [];
    for (;;) {
      const page = await events(threadId, paged.at(-1)?.seq ?? 0, 4);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(all);
  });

  it("bring an action that was recorded complete with its chunks in one event", async () => {
    const action = await test().finish(person, "echo hello", { threadId });
    const all = await events();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ seq: 1, type: "action-added", action_id: action.id });
    expect(all[0]?.action).toEqual(await test().hall.data.getAction(person.user.id, action.id));
    expect(all[0]?.action?.response_chunks).toMatchObject([{ order: 1, text_content: "hello" }]);
  });

  it("bring an action as it was when it was added, whatever came later", async () => {
    const action = await test().finish(person, "stream 3", { threadId });
    const all = await events();
    expect(all[0]?.action).toMatchObject({ id: action.id, state: "accepted", response_chunks: [] });
    expect(all.map((event) => event.type)).toEqual([
      "action-added",
      ...upTo(3).map(() => "action-response-chunk"),
      "action-completed",
    ]);
    expect(all.at(-1)?.payload).toEqual({
      state: "completed",
      error: null,
      completed_at: action.completed_at?.toISOString(),
    });
  });

  it("hide what an action said once it has left the thread, and keep their numbers", async () => {
    const action = await test().finish(person, "stream 3", { threadId });
    const before = await events();
    await test().hall.data.removeActionFromThread(person.user.id, threadId, action.id);
    const after = await events();
    expect(after.slice(0, -1).map((event) => event.seq)).toEqual(before.map((event) => event.seq));
    expect(after.at(-1)).toMatchObject({ type: "action-removed", action_id: action.id });
    expect(after.some((event) => event.chunk ?? event.action)).toBe(false);
    expect(JSON.stringify(after.map(eventDocument))).not.toContain("chunk 1");
  });

  it("tell every change of the thread and of its actions", async () => {
    const { service } = test().hall;
    const action = await test().finish(person, "echo hello", { threadId });
    await service.patchThread(person.user.id, threadId, { title: "" });
    await service.patchAction(person.user.id, action.id, { title: "renamed" });
    await service.patchThreadAction(person.user.id, threadId, action.id, { show_answer: false });
    const made = await test().hall.data.createAction(person.user.id, {
      handler_name: "echo",
      request: {},
      title: "t",
      raw_text: "echo",
    });
    await service.appendActionToThread(person.user.id, threadId, made.id);
    await service.appendResponseToAction(person.user.id, made.id, plainText("by hand"));
    await service.completeAction(person.user.id, made.id);
    const documents = (await events()).map(eventDocument);
    expect(documents).toMatchObject([
      { seq: 1, type: "action-added", action_id: action.id },
      { seq: 2, type: "thread-changed", title: "", description: "" },
      { seq: 3, type: "action-changed", action_id: action.id, title: "renamed" },
      { seq: 4, type: "thread-action-changed", show_question: true, show_answer: false },
      { seq: 5, type: "action-added", action_id: made.id, action: { is_completed: false } },
      { seq: 6, type: "action-response-chunk", action_id: made.id, order: 1, text_content: "by hand" },
      { seq: 7, type: "action-completed", action_id: made.id, state: "completed" },
    ]);
  });

  it("carry no bytes", async () => {
    const action = await test().finish(person, "big 1000", { threadId });
    const documents = (await events()).map(eventDocument);
    expect(documents[1]).toMatchObject({
      type: "action-response-chunk",
      order: 1,
      name: "big.bin",
      binary_url: `/api/v1/actions/${action.id}/chunks/1`,
    });
    expect(JSON.stringify(documents).length).toBeLessThan(2000);
  });
});
