import { MIME } from "@guildhall/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/data/uuid.ts";
import type { Principal } from "../src/hall/people.ts";
import { bigBytes, SECRET_MESSAGE } from "./support/sample-module.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

describe.each(stores())("the life of an action on the $name store", (store) => {
  const logged: unknown[] = [];
  const write = (facts: object, message: string): void => void logged.push({ ...facts, message });
  const { test, url } = useTestHall(store, {
    log: { debug: write, info: write, warn: write, error: write },
  });
  let person: Principal;
  let administrator: Principal;

  beforeEach(async () => {
    person = await test().createPerson(freshEmail());
    administrator = await test().createPerson(freshEmail(), { admin: true });
  });

  const get = (id: string) => test().hall.data.getAction(person.user.id, id);
  const actionsOf = async (userId = person.user.id) => {
    const { queries } = test().hall.database;
    return await queries.selectFrom("actions.actions").selectAll().where("user_id", "=", userId).execute();
  };
  const texts = (action: { response_chunks: readonly { text_content: string | null }[] }) =>
    action.response_chunks.map((chunk) => chunk.text_content);

  describe("running", () => {
    it("records a pure command complete, with its output", async () => {
      const action = await test().run(person, "echo hello there");
      expect(action).toMatchObject({
        handler_name: "echo",
        raw_text: "echo hello there",
        title: "echo hello there",
        request: { words: "hello there" },
        state: "completed",
        is_completed: true,
        adapter: "test",
        response_chunks: [{ order: 1, mime: MIME.text, text_content: "hello there" }],
      });
    });

    it("answers with what the store holds", async () => {
      const pure = await test().run(person, "echo hello");
      expect(await get(pure.id)).toEqual(pure);
      const odd = await test().run(person, "pure-odd");
      expect(await get(odd.id)).toEqual(odd);
    });

    it("records any other as accepted, then runs it to its end", async () => {
      const action = await test().run(person, "stream 5");
      expect(action).toMatchObject({ state: "accepted", is_completed: false, response_chunks: [] });
      const ended = await test().ended(person, action.id);
      expect(ended).toMatchObject({ state: "completed", is_completed: true, error: null });
      expect(texts(ended)).toEqual(["chunk 1", "chunk 2", "chunk 3", "chunk 4", "chunk 5"]);
      expect(ended.started_at).not.toBeNull();
    });

    it("is running while it runs", async () => {
      const { id } = await test().run(person, "wait");
      await expect.poll(async () => (await get(id)).state, { timeout: 10_000 }).toBe("running");
      expect((await test().hall.actions.waitFor(person.user.id, id, 0.01)).is_completed).toBe(false);
      await test().hall.actions.cancel(person.user.id, id);
      await test().ended(person, id);
    });

    it("keeps thousands of chunks and large files in order and whole", async () => {
      const many = await test().finish(person, "stream 3000");
      expect(many.response_chunks.map((chunk) => chunk.order)).toEqual(
        Array.from({ length: 3000 }, (_, index) => index + 1),
      );
      const big = await test().finish(person, "big 5000000");
      const { bytes } = await test().hall.data.getChunkBytes(person.user.id, big.id, 1);
      expect(bytes.equals(bigBytes(5_000_000))).toBe(true);
    });

    it("keeps a NUL and half of a surrogate pair out of the store", async () => {
      const mended = "a\uFFFDb\uFFFDc";
      expect(texts(await test().finish(person, "odd"))).toEqual([mended]);
      expect(texts(await test().finish(person, "pure-odd"))).toEqual([mended]);
      const typed = await test().finish(person, "echo a\0b\uD800c");
      expect(typed).toMatchObject({ raw_text: `echo ${mended}`, title: `echo ${mended}` });
      expect(texts(typed)).toEqual([mended]);
    });

    it("takes such text as JSON arguments, too", async () => {
      const submission = await test().hall.actions.submitArguments({
        principal: person,
        adapter: "test",
        path: ["echo"],
        input: { words: "a\0b\uD800c" },
      });
      if (submission.kind !== "action") throw new Error(`it led to "${submission.kind}"`);
      expect(await get(submission.action.id)).toEqual(submission.action);
      expect(submission.action.request).toEqual({ words: "a\uFFFDb\uFFFDc" });
    });

    it("cuts the title between characters", async () => {
      const action = await test().finish(person, `echo ${"x".repeat(74)}\u{1F409}`);
      expect(action.title.isWellFormed()).toBe(true);
      expect(action.title.length).toBeLessThanOrEqual(80);
    });
  });

  describe("failing", () => {
    it.each(["fail", "pure-fail"])("turns a fault of %s into one notice with a reference", async (line) => {
      const ended = await test().finish(person, line);
      expect(ended).toMatchObject({ state: "failed", is_completed: true, error: { code: "internal_error" } });
      const reference = ended.error?.reference ?? "";
      expect(reference).not.toBe("");
      const notices = ended.response_chunks.filter((chunk) => chunk.mime === MIME.notice);
      expect(notices).toHaveLength(1);
      expect(ended.response_chunks.at(-1)).toEqual(notices[0]);
      expect(JSON.parse(notices[0]?.text_content ?? "")).toMatchObject({ level: "error", reference });
      expect(JSON.stringify(ended)).not.toMatch(/hunter2|connect failed|\/srv\/secret/);
      const entry = logged.find((one) => JSON.stringify(one).includes(reference));
      expect(entry).toMatchObject({ err: { message: SECRET_MESSAGE } });
    });

    it("keeps what was put out before the fault", async () => {
      expect(texts(await test().finish(person, "fail"))[0]).toBe("before the fault");
    });

    it("shows a refusal as it is, without a reference, and does not log it", async () => {
      const before = logged.length;
      const ended = await test().finish(person, "refuse");
      const message = "There is no goblin here. Try a dragon.";
      expect(ended).toMatchObject({
        state: "failed",
        error: { code: "no_goblin", message, reference: null },
        response_chunks: [{ order: 1, mime: MIME.notice }],
      });
      expect(JSON.parse(texts(ended)[0] ?? "")).toMatchObject({ level: "error", message });
      expect(logged.slice(before)).toEqual([]);
    });

    it.each(["odd-refuse", "pure-odd-refuse"])("keeps the refusal of %s, mended", async (line) => {
      const ended = await test().finish(person, line);
      const error = { code: "a\uFFFDb\uFFFDc", message: "a\uFFFDb\uFFFDc", reference: null };
      expect(ended).toMatchObject({ state: "failed", error });
      expect(await get(ended.id)).toEqual(ended);
    });

    it("mends the name of a kind of chunk, and disturbs nobody who streams beside it", async () => {
      const streams = Array.from({ length: 5 }, () => test().finish(person, "stream 50 --ms 2"));
      const odd = Array.from({ length: 10 }, () => test().finish(person, "odd-mime"));
      for (const ended of await Promise.all([...streams, ...odd])) {
        expect(ended).toMatchObject({ state: "completed", error: null });
      }
    });

    it.each(["wait-limited", "hang-limited"])("ends %s at its time limit", async (line) => {
      const ended = await test().finish(person, line);
      expect(ended).toMatchObject({ state: "failed", error: { code: "time_limit", reference: null } });
      expect(ended.response_chunks.at(-1)?.mime).toBe(MIME.notice);
    });
  });

  describe("cancelling", () => {
    it.each(["wait", "hang", "stream 100000 --ms 5"])("stops %s", async (line) => {
      const { id } = await test().run(person, line);
      await test().hall.actions.cancel(person.user.id, id);
      const ended = await test().ended(person, id);
      expect(ended).toMatchObject({ state: "cancelled", is_completed: true, error: { code: "cancelled" } });
      expect(test().hall.runner.runsHere(id)).toBe(false);
    });

    it("does not find another user's action, which goes on", async () => {
      const { id } = await test().run(person, "wait");
      for (const other of [administrator.user.id, newId()]) {
        await expect(test().hall.actions.cancel(other, id)).rejects.toMatchObject({ code: "not_found" });
      }
      expect(test().hall.runner.runsHere(id)).toBe(true);
      expect((await get(id)).is_completed).toBe(false);
      await test().hall.actions.cancel(person.user.id, id);
      await test().ended(person, id);
    });

    it("leaves what has ended as it is", async () => {
      const ended = await test().finish(person, "stream 1");
      expect(await test().hall.actions.cancel(person.user.id, ended.id)).toEqual(ended);
    });

    it("reaches an action that runs in another hall", async () => {
      const elsewhere = await openTestHall({ url: url() });
      const { id } = await elsewhere.run(person, "wait");
      await test().hall.actions.cancel(person.user.id, id);
      expect((await test().ended(person, id)).state).toBe("cancelled");
      await elsewhere.stop();
    });

    it("gives way to its owner's own completion", async () => {
      const { id } = await test().run(person, "wait");
      await test().hall.service.completeAction(person.user.id, id);
      expect((await test().ended(person, id)).state).toBe("completed");
      await test().hall.actions.cancel(person.user.id, id);
      await test().hall.runner.settled(id);
      expect(await get(id)).toMatchObject({ state: "completed", error: null });
    });
  });

  describe("refusing", () => {
    it("answers help and bad lines without recording", async () => {
      expect((await test().submit(person, "stream -h")).kind).toBe("help");
      for (const line of ["nonsense", "stream", "stream many", 'echo "open', "stream 1 --nope"]) {
        expect((await test().submit(person, line)).kind).toBe("line_invalid");
      }
      await expect(
        test().hall.actions.submitArguments({ principal: person, adapter: "x", path: ["nope"], input: {} }),
      ).rejects.toMatchObject({ code: "command_not_found" });
      expect(await actionsOf()).toEqual([]);
    });

    it("lets only administrators run what is theirs", async () => {
      await expect(test().submit(person, "admin-only")).rejects.toMatchObject({ code: "permission_denied" });
      expect(await actionsOf()).toEqual([]);
      expect(texts(await test().finish(administrator, "admin-only"))).toEqual(["you may"]);
    });

    it("does not find a thread that the user may not write to", async () => {
      const { data, database } = test().hall;
      const { id } = await data.createThread(administrator.user.id, { title: "t", description: "" });
      const submit = (line: string) => test().submit(person, line, { threadId: id });
      await expect(submit("echo x")).rejects.toMatchObject({ code: "not_found" });
      const member = { thread_id: id, user_id: person.user.id, created_at: new Date() };
      await database.queries
        .insertInto("threads.thread_members")
        .values({ ...member, role: "reader" })
        .execute();
      await expect(submit("stream 1")).rejects.toMatchObject({ code: "not_found" });
      expect(await actionsOf()).toEqual([]);
      await database.queries
        .updateTable("threads.thread_members")
        .set({ role: "writer" })
        .where("user_id", "=", person.user.id)
        .execute();
      expect((await submit("echo x")).kind).toBe("action");
    });

    it("spares the others when one of many at once cannot be recorded", async () => {
      const thread = await test().hall.data.createThread(person.user.id, { title: "t", description: "" });
      const submit = (line: string, threadId = thread.id) => test().submit(person, line, { threadId });
      const tries = await Promise.allSettled([
        ...Array.from({ length: 10 }, (_, index) => submit(`stream ${index}`)),
        submit("stream 1", "not an id"),
        ...Array.from({ length: 10 }, (_, index) => submit(`stream ${index}`)),
      ]);
      expect(tries.map((one) => one.status)).toEqual([
        ...Array.from({ length: 10 }, () => "fulfilled"),
        "rejected",
        ...Array.from({ length: 10 }, () => "fulfilled"),
      ]);
    });
  });
});
