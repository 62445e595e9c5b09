import { plainText } from "@guildhall/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import type { DataAccessor } from "../src/data/data-accessor.ts";
import type { User } from "../src/data/models.ts";
import { newId } from "../src/data/uuid.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const NOT_FOUND = { code: "not_found" };
const PAGE = { limit: 50 };

describe.each(stores())("threads and their actions on the $name store", (store) => {
  const { test } = useTestHall(store);
  let data: DataAccessor;
  let owner: User;
  let writer: User;
  let reader: User;
  let stranger: User;
  let threadId = "";

  beforeEach(async () => {
    data = test().hall.data;
    const make = () => data.createUser({ email: freshEmail(), password_hash: null });
    [owner, writer, reader, stranger] = [await make(), await make(), await make(), await make()];
    threadId = (await data.createThread(owner.id, { title: "Dragons", description: "and how to feed them" }))
      .id;
    const created_at = new Date();
    await test()
      .hall.database.queries.insertInto("threads.thread_members")
      .values([
        { thread_id: threadId, user_id: writer.id, role: "writer", created_at },
        { thread_id: threadId, user_id: reader.id, role: "reader", created_at },
      ])
      .execute();
  });

  const makeAction = (userId: string, title = "a title") =>
    data.createAction(userId, {
      handler_name: "echo",
      request: { words: "hello" },
      title,
      raw_text: "echo hello",
    });

  describe("create_thread, get_thread, list_thread", () => {
    it("gives the owner what was made", async () => {
      expect(await data.getThread(owner.id, threadId, PAGE)).toMatchObject({
        id: threadId,
        user_id: owner.id,
        title: "Dragons",
        description: "and how to feed them",
        role: "owner",
        last_seq: 0,
        thread_actions: [],
        has_earlier: false,
      });
    });

    it("shows it to members under their role, and to nobody else", async () => {
      expect((await data.getThread(writer.id, threadId, PAGE)).role).toBe("writer");
      expect((await data.getThread(reader.id, threadId, PAGE)).role).toBe("reader");
      await expect(data.getThread(stranger.id, threadId, PAGE)).rejects.toMatchObject(NOT_FOUND);
      await expect(data.getThread(owner.id, newId(), PAGE)).rejects.toMatchObject(NOT_FOUND);
    });

    it("answers for another's thread as for none", async () => {
      const [foreign, none] = await Promise.all(
        [threadId, newId()].map((id) =>
          data.getThread(stranger.id, id, PAGE).catch((error: unknown) => error),
        ),
      );
      expect(foreign).toEqual(none);
    });

    it("lists own and shared threads, newest first, by pages", async () => {
      const ids = [threadId];
      for (const title of ["b", "c", "d", "e"]) {
        ids.push((await data.createThread(owner.id, { title, description: "" })).id);
      }
      const first = await data.listThreads(owner.id, { limit: 2 });
      expect(first.threads.map((thread) => thread.id)).toEqual([ids[4], ids[3]]);
      expect(first.hasMore).toBe(true);
      const second = await data.listThreads(owner.id, { limit: 2, before: ids[3] ?? "" });
      expect(second.threads.map((thread) => thread.id)).toEqual([ids[2], ids[1]]);
      const last = await data.listThreads(owner.id, { limit: 2, before: ids[1] ?? "" });
      expect(last.threads.map((thread) => thread.id)).toEqual([threadId]);
      expect(last.hasMore).toBe(false);

      const roles = async (user: User) =>
        (await data.listThreads(user.id, PAGE)).threads.map((thread) => [thread.id, thread.role]);
      expect(await roles(writer)).toEqual([[threadId, "writer"]]);
      expect(await roles(reader)).toEqual([[threadId, "reader"]]);
      expect(await roles(stranger)).toEqual([]);
    });

    it("says that there is no more when a page is exactly full", async () => {
      await data.createThread(owner.id, { title: "b", description: "" });
      expect((await data.listThreads(owner.id, { limit: 2 })).hasMore).toBe(false);
    });
  });

  describe("patch_thread", () => {
    it("changes only what is given; an empty string is a value", async () => {
      expect(await data.patchThread(owner.id, threadId, { title: "Wyrms" })).toMatchObject({
        title: "Wyrms",
        description: "and how to feed them",
      });
      expect(await data.patchThread(owner.id, threadId, { description: "" })).toMatchObject({
        title: "Wyrms",
        description: "",
      });
      expect(await data.patchThread(owner.id, threadId, { title: "" })).toMatchObject({ title: "" });
      const stored = await data.getThread(owner.id, threadId, PAGE);
      expect(stored).toMatchObject({ title: "", description: "" });
    });

    it("tells the same last_seq as a later look", async () => {
      const patched = await data.patchThread(owner.id, threadId, { title: "Wyrms" });
      expect((await data.getThread(owner.id, threadId, PAGE)).last_seq).toBe(patched.last_seq);
    });

    it("is for owner and writers", async () => {
      await data.patchThread(writer.id, threadId, { title: "by a writer" });
      for (const user of [reader, stranger]) {
        await expect(data.patchThread(user.id, threadId, { title: "x" })).rejects.toMatchObject(NOT_FOUND);
      }
      expect((await data.getThread(owner.id, threadId, PAGE)).title).toBe("by a writer");
    });

    it("takes any text that a person can send", async () => {
      const odd = "a\0b\uD800c";
      const made = await data.createThread(owner.id, { title: odd, description: odd });
      expect(made).toMatchObject({ title: "a\uFFFDb\uFFFDc", description: "a\uFFFDb\uFFFDc" });
      expect(await data.patchThread(owner.id, made.id, { title: `${odd}!` })).toMatchObject({
        title: "a\uFFFDb\uFFFDc!",
      });
      expect((await data.getThread(owner.id, made.id, PAGE)).title).toBe("a\uFFFDb\uFFFDc!");
    });
  });

  describe("delete_thread", () => {
    it("is for the owner alone", async () => {
      for (const user of [writer, reader, stranger]) {
        await expect(data.deleteThread(user.id, threadId)).rejects.toMatchObject(NOT_FOUND);
      }
      await data.deleteThread(owner.id, threadId);
      await expect(data.getThread(owner.id, threadId, PAGE)).rejects.toMatchObject(NOT_FOUND);
      await expect(data.deleteThread(owner.id, threadId)).rejects.toMatchObject(NOT_FOUND);
    });

    it("removes the links and keeps the actions", async () => {
      const action = await makeAction(owner.id);
      await data.appendActionToThread(owner.id, threadId, action.id);
      await data.deleteThread(owner.id, threadId);
      expect(await data.getThreadIdsForAction(action.id)).toEqual([]);
      expect((await data.getAction(owner.id, action.id)).id).toBe(action.id);
    });
  });

  describe("append_action_to_thread", () => {
    it("puts the action last, question hidden and answer shown", async () => {
      const links = [];
      for (const title of ["one", "two", "three"]) {
        const action = await makeAction(owner.id, title);
        links.push(await data.appendActionToThread(owner.id, threadId, action.id));
      }
      expect(links.map((link) => link.display_order)).toEqual([1, 2, 3]);
      expect(links[0]).toMatchObject({ thread_id: threadId, show_question: false, show_answer: true });
      const thread = await data.getThread(owner.id, threadId, PAGE);
      expect(thread.thread_actions.map((link) => link.action.title)).toEqual(["one", "two", "three"]);
    });

    it("gives 20 actions appended at once 20 places", async () => {
      const actions = await Promise.all(Array.from({ length: 20 }, () => makeAction(owner.id)));
      const links = await Promise.all(
        actions.map((action) => data.appendActionToThread(owner.id, threadId, action.id)),
      );
      const places = links.map((link) => link.display_order).toSorted((a, b) => a - b);
      expect(places).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    });

    it("takes an action into several threads, and once into each", async () => {
      const action = await makeAction(owner.id);
      const other = await data.createThread(owner.id, { title: "other", description: "" });
      await data.appendActionToThread(owner.id, threadId, action.id);
      await data.appendActionToThread(owner.id, other.id, action.id);
      await expect(data.appendActionToThread(owner.id, threadId, action.id)).rejects.toMatchObject({
        code: "action_already_in_thread",
      });
      expect(await data.getThreadIdsForAction(action.id)).toEqual([threadId, other.id].toSorted());
      expect((await data.getThread(owner.id, threadId, PAGE)).thread_actions).toHaveLength(1);
      const next = await makeAction(owner.id);
      const link = await data.appendActionToThread(owner.id, threadId, next.id);
      expect(link.display_order).toBe(2);
    });

    it("needs write access to the thread and sight of the action", async () => {
      const mine = await makeAction(owner.id);
      const theirs = await makeAction(stranger.id);
      const append = (user: User, action: { id: string }) =>
        data.appendActionToThread(user.id, threadId, action.id);
      await expect(append(owner, theirs)).rejects.toMatchObject(NOT_FOUND);
      await expect(append(stranger, theirs)).rejects.toMatchObject(NOT_FOUND);
      await expect(append(writer, mine)).rejects.toMatchObject(NOT_FOUND);
      const readers = await makeAction(reader.id);
      await expect(append(reader, readers)).rejects.toMatchObject(NOT_FOUND);
      const writers = await makeAction(writer.id);
      expect((await append(writer, writers)).display_order).toBe(1);
    });
  });

  describe("remove_action_from_thread", () => {
    it("keeps the action, and its place is not given again", async () => {
      const [first, second] = [await makeAction(owner.id), await makeAction(owner.id)];
      await data.appendActionToThread(owner.id, threadId, first.id);
      await data.removeActionFromThread(owner.id, threadId, first.id);
      expect((await data.getAction(owner.id, first.id)).id).toBe(first.id);
      expect((await data.getThread(owner.id, threadId, PAGE)).thread_actions).toEqual([]);
      await expect(data.removeActionFromThread(owner.id, threadId, first.id)).rejects.toMatchObject(
        NOT_FOUND,
      );
      await data.appendActionToThread(owner.id, threadId, second.id);
      const again = await data.appendActionToThread(owner.id, threadId, first.id);
      const thread = await data.getThread(owner.id, threadId, PAGE);
      expect(thread.thread_actions.map((link) => link.action.id)).toEqual([second.id, first.id]);
      expect(again.display_order).toBeGreaterThan(thread.thread_actions[0]?.display_order ?? Infinity);
    });

    it("is for owner and writers", async () => {
      const action = await makeAction(owner.id);
      await data.appendActionToThread(owner.id, threadId, action.id);
      for (const user of [reader, stranger]) {
        await expect(data.removeActionFromThread(user.id, threadId, action.id)).rejects.toMatchObject(
          NOT_FOUND,
        );
      }
      await data.removeActionFromThread(writer.id, threadId, action.id);
    });
  });

  describe("patch_thread_action", () => {
    it("changes only what is given, in this thread alone", async () => {
      const action = await makeAction(owner.id);
      const other = await data.createThread(owner.id, { title: "other", description: "" });
      await data.appendActionToThread(owner.id, threadId, action.id);
      await data.appendActionToThread(owner.id, other.id, action.id);
      const patch = (change: { show_question?: boolean; show_answer?: boolean }) =>
        data.patchThreadAction(owner.id, threadId, action.id, change);
      expect(await patch({ show_question: true })).toMatchObject({ show_question: true, show_answer: true });
      expect(await patch({ show_answer: false })).toMatchObject({ show_question: true, show_answer: false });
      expect(await patch({})).toMatchObject({ show_question: true, show_answer: false });
      const untouched = await data.getThread(owner.id, other.id, PAGE);
      expect(untouched.thread_actions[0]).toMatchObject({ show_question: false, show_answer: true });
    });

    it("is for owner and writers, and for actions of the thread", async () => {
      const action = await makeAction(owner.id);
      await data.appendActionToThread(owner.id, threadId, action.id);
      const patch = (user: User, id = action.id) =>
        data.patchThreadAction(user.id, threadId, id, { show_answer: false });
      await expect(patch(reader)).rejects.toMatchObject(NOT_FOUND);
      await expect(patch(stranger)).rejects.toMatchObject(NOT_FOUND);
      await expect(patch(owner, (await makeAction(owner.id)).id)).rejects.toMatchObject(NOT_FOUND);
      expect((await patch(writer)).show_answer).toBe(false);
    });
  });

  describe("pages of a thread", () => {
    it("counts from the end, and backwards from a place", async () => {
      for (let number = 1; number <= 7; number += 1) {
        const action = await makeAction(owner.id, String(number));
        await data.appendActionToThread(owner.id, threadId, action.id);
      }
      const titles = async (page: { limit: number; before?: number }) => {
        const thread = await data.getThread(owner.id, threadId, page);
        return [thread.thread_actions.map((link) => link.action.title).join(""), thread.has_earlier];
      };
      expect(await titles({ limit: 3 })).toEqual(["567", true]);
      expect(await titles({ limit: 3, before: 5 })).toEqual(["234", true]);
      expect(await titles({ limit: 3, before: 2 })).toEqual(["1", false]);
      expect(await titles({ limit: 3, before: 1 })).toEqual(["", false]);
      expect(await titles({ limit: 7 })).toEqual(["1234567", false]);
    });

    it("reads last_seq at the same instant as the actions", async () => {
      const writing = (async () => {
        for (let number = 0; number < 25; number += 1) {
          const action = await makeAction(owner.id);
          await data.appendActionToThread(owner.id, threadId, action.id);
          await data.appendResponseToAction(owner.id, action.id, plainText("x"));
        }
      })();
      let done = false;
      const finished = writing.finally(() => {
        done = true;
      });
      while (!done) {
        const thread = await data.getThread(owner.id, threadId, { limit: 100 });
        const chunks = thread.thread_actions.flatMap((link) => link.action.response_chunks);
        expect(thread.last_seq).toBe(thread.thread_actions.length + chunks.length);
      }
      await finished;
      expect((await data.getThread(owner.id, threadId, PAGE)).last_seq).toBe(50);
    });
  });
});
