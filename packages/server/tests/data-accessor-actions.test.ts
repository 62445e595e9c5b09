import { file, plainText } from "@guildhall/sdk";
import { beforeEach, describe, expect, it } from "vitest";
import type { DataAccessor } from "../src/data/data-accessor.ts";
import type { User } from "../src/data/models.ts";
import { newId } from "../src/data/uuid.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, TestClock } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const NOT_FOUND = { code: "not_found" };
const PAGE = { limit: 50 };

describe.each(stores())("users, actions and settings on the $name store", (store) => {
  const clock = new TestClock();
  const { test } = useTestHall(store, { clock });
  let data: DataAccessor;
  let owner: User;
  let stranger: User;

  beforeEach(async () => {
    data = test().hall.data;
    owner = await data.createUser({ email: freshEmail(), password_hash: null });
    stranger = await data.createUser({ email: freshEmail(), password_hash: null });
  });

  const makeAction = (userId = owner.id) =>
    data.createAction(userId, {
      handler_name: "echo",
      request: { words: ["a", 1, null, { deep: true }] },
      title: "a title",
      raw_text: "echo hello",
    });

  /** A thread of the owner that holds the action, with `stranger` as a member. */
  const share = async (actionId: string, role: "reader" | "writer") => {
    const thread = await data.createThread(owner.id, { title: "shared", description: "" });
    await data.appendActionToThread(owner.id, thread.id, actionId);
    await test()
      .hall.database.queries.insertInto("threads.thread_members")
      .values({ thread_id: thread.id, user_id: stranger.id, role, created_at: new Date() })
      .execute();
    return thread.id;
  };

  describe("create_user, get_user, get_user_by_email", () => {
    it("keeps a user without secrets, under a lower-case address", async () => {
      const email = freshEmail("Ada.Lovelace");
      const made = await data.createUser({ email, password_hash: "a hash" });
      expect(made).toEqual({
        id: made.id,
        kind: "person",
        is_active: true,
        is_administrator: false,
        email: email.toLowerCase(),
        display_name: email.toLowerCase().split("@")[0],
        created_at: clock.now(),
      });
      expect(await data.getUser(made.id)).toEqual(made);
      expect(await data.getUserByEmail(email.toUpperCase())).toEqual(made);
    });

    it("refuses the same address in other letter case", async () => {
      const email = freshEmail("twice");
      await data.createUser({ email, password_hash: null });
      await expect(
        data.createUser({ email: email.toUpperCase(), password_hash: null }),
      ).rejects.toMatchObject({ code: "email_taken" });
    });

    it("makes one of many at once", async () => {
      const email = freshEmail("race");
      const tries = await Promise.allSettled(
        Array.from({ length: 10 }, () => data.createUser({ email, password_hash: null })),
      );
      expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
      const refused = tries.filter((one) => one.status === "rejected");
      for (const { reason } of refused) expect(reason).toMatchObject({ code: "email_taken" });
    });

    it("does not find whom there is not", async () => {
      await expect(data.getUser(newId())).rejects.toMatchObject(NOT_FOUND);
      expect(await data.getUserByEmail("nobody@example.org")).toBeUndefined();
    });
  });

  describe("create_action, get_action, patch_action", () => {
    it("keeps what was asked, not ended yet", async () => {
      const action = await makeAction();
      expect(action).toMatchObject({
        user_id: owner.id,
        handler_name: "echo",
        request: { words: ["a", 1, null, { deep: true }] },
        title: "a title",
        raw_text: "echo hello",
        state: "accepted",
        is_completed: false,
        completed_at: null,
        error: null,
        response_chunks: [],
      });
      expect(await data.getAction(owner.id, action.id)).toEqual(action);
      expect(await data.getThreadIdsForAction(action.id)).toEqual([]);
    });

    it("takes any text that a person can send", async () => {
      const odd = "a\0b\uD800c";
      const mended = "a\uFFFDb\uFFFDc";
      const action = await data.createAction(owner.id, {
        handler_name: "echo",
        request: { [odd]: [odd] },
        title: odd,
        raw_text: odd,
      });
      expect(action).toMatchObject({ request: { [mended]: [mended] }, title: mended, raw_text: mended });
      expect((await data.patchAction(owner.id, action.id, { title: `${odd}!` })).title).toBe(`${mended}!`);
    });

    it("shows it to its owner and to whoever may read a thread that holds it", async () => {
      const action = await makeAction();
      await expect(data.getAction(stranger.id, action.id)).rejects.toMatchObject(NOT_FOUND);
      await share(action.id, "reader");
      expect((await data.getAction(stranger.id, action.id)).id).toBe(action.id);
    });

    it("renames for its owner alone; an empty title is a title", async () => {
      const action = await makeAction();
      await share(action.id, "writer");
      expect((await data.patchAction(owner.id, action.id, { title: "new" })).title).toBe("new");
      expect((await data.patchAction(owner.id, action.id, { title: "" })).title).toBe("");
      await expect(data.patchAction(stranger.id, action.id, { title: "x" })).rejects.toMatchObject(NOT_FOUND);
      await expect(data.patchAction(owner.id, newId(), { title: "x" })).rejects.toMatchObject(NOT_FOUND);
    });
  });

  describe("complete_action", () => {
    it("sets flag and time, once", async () => {
      const action = await makeAction();
      const done = await data.completeAction(owner.id, action.id);
      expect(done).toMatchObject({ is_completed: true, state: "completed", completed_at: clock.now() });
      clock.advance(60_000);
      const again = await data.completeAction(owner.id, action.id, {
        state: "failed",
        error: { code: "x", message: "x", reference: null },
      });
      expect(again).toEqual(done);
    });

    it("tells its threads once", async () => {
      const action = await makeAction();
      const threadId = await share(action.id, "reader");
      await data.completeAction(owner.id, action.id);
      const { last_seq } = await data.getThread(owner.id, threadId, PAGE);
      await data.completeAction(owner.id, action.id);
      expect((await data.getThread(owner.id, threadId, PAGE)).last_seq).toBe(last_seq);
    });

    it("keeps why an action failed", async () => {
      const action = await makeAction();
      const error = { code: "no_goblin", message: "There is none.", reference: null };
      await data.completeAction(owner.id, action.id, { state: "failed", error });
      expect(await data.getAction(owner.id, action.id)).toMatchObject({ state: "failed", error });
    });

    it("is for its owner alone", async () => {
      const action = await makeAction();
      await share(action.id, "writer");
      await expect(data.completeAction(stranger.id, action.id)).rejects.toMatchObject(NOT_FOUND);
      expect((await data.getAction(owner.id, action.id)).is_completed).toBe(false);
    });
  });

  describe("append_response_to_action", () => {
    it("counts chunks from 1 without a gap, 20 at once", async () => {
      const action = await makeAction();
      const appended = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          data.appendResponseToAction(owner.id, action.id, plainText(`text ${index}`)),
        ),
      );
      const { response_chunks } = await data.getAction(owner.id, action.id);
      expect(response_chunks.map((chunk) => chunk.order)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
      expect(response_chunks).toEqual(appended.toSorted((a, b) => a.order - b.order));
    });

    it("keeps bytes apart from JSON", async () => {
      const action = await makeAction();
      const bytes = Uint8Array.from([0, 1, 2, 250, 255]);
      await data.appendResponseToAction(owner.id, action.id, plainText("before"));
      const chunk = await data.appendResponseToAction(
        owner.id,
        action.id,
        file({ mime: "application/x-dragon", bytes, name: "dragon.bin" }),
      );
      expect(chunk).toMatchObject({ order: 2, is_binary: true, text_content: null, name: "dragon.bin" });
      const threadId = await share(action.id, "reader");
      const shown = JSON.stringify([
        chunk,
        await data.getAction(owner.id, action.id),
        await data.getThread(owner.id, threadId, PAGE),
      ]);
      expect(shown).not.toContain(Buffer.from(bytes).toString("base64"));
      expect(shown).not.toMatch(/binary_content|"Buffer"/);
      expect(await data.getChunkBytes(owner.id, action.id, 2)).toEqual({
        mime: "application/x-dragon",
        name: "dragon.bin",
        bytes: Buffer.from(bytes),
        isText: false,
      });
      expect((await data.getChunkBytes(stranger.id, action.id, 2)).bytes).toHaveLength(5);
      expect(await data.getChunkBytes(owner.id, action.id, 1)).toMatchObject({
        bytes: Buffer.from("before"),
        isText: true,
      });
      await expect(data.getChunkBytes(owner.id, action.id, 3)).rejects.toMatchObject(NOT_FOUND);
      const other = await data.createUser({ email: freshEmail(), password_hash: null });
      await expect(data.getChunkBytes(other.id, action.id, 2)).rejects.toMatchObject(NOT_FOUND);
    });

    it("keeps an empty text and empty bytes", async () => {
      const action = await makeAction();
      await data.appendResponseToAction(owner.id, action.id, plainText(""));
      const bytes = new Uint8Array();
      await data.appendResponseToAction(owner.id, action.id, file({ mime: "x/y", bytes, name: "" }));
      const { response_chunks } = await data.getAction(owner.id, action.id);
      expect(response_chunks).toMatchObject([
        { text_content: "", is_binary: false },
        { text_content: null, is_binary: true },
      ]);
      expect((await data.getChunkBytes(owner.id, action.id, 2)).bytes).toHaveLength(0);
    });

    it("refuses after the end", async () => {
      const action = await makeAction();
      await data.completeAction(owner.id, action.id);
      await expect(data.appendResponseToAction(owner.id, action.id, plainText("late"))).rejects.toMatchObject(
        { code: "action_ended" },
      );
      expect((await data.getAction(owner.id, action.id)).response_chunks).toEqual([]);
    });

    it("is for its owner alone", async () => {
      const action = await makeAction();
      await share(action.id, "writer");
      await expect(data.appendResponseToAction(stranger.id, action.id, plainText("x"))).rejects.toMatchObject(
        NOT_FOUND,
      );
    });
  });

  describe("get_thread_ids_for_action", () => {
    it("names every thread, whoever owns it", async () => {
      const action = await makeAction();
      const shared = await share(action.id, "reader");
      const theirs = await data.createThread(stranger.id, { title: "theirs", description: "" });
      await data.appendActionToThread(stranger.id, theirs.id, action.id);
      expect(await data.getThreadIdsForAction(action.id)).toEqual([shared, theirs.id].toSorted());
    });
  });

  describe("get and set_action_handler_user_config", () => {
    it("is {} until set, then replaced whole with its time", async () => {
      const get = () => data.getActionHandlerUserConfig(owner.id, "roll");
      expect(await get()).toEqual({ action_handler_name: "roll", configuration: {}, updated_at: null });
      const first = await data.setActionHandlerUserConfig(owner.id, "roll", { a: 1, b: [2] });
      expect(first).toEqual({
        action_handler_name: "roll",
        configuration: { a: 1, b: [2] },
        updated_at: clock.now(),
      });
      clock.advance(1000);
      await data.setActionHandlerUserConfig(owner.id, "roll", { c: "three\0" });
      expect(await get()).toEqual({
        action_handler_name: "roll",
        configuration: { c: "three\uFFFD" },
        updated_at: clock.now(),
      });
    });

    it("is each user's and each command's own", async () => {
      await data.setActionHandlerUserConfig(owner.id, "roll", { mine: true });
      expect((await data.getActionHandlerUserConfig(stranger.id, "roll")).configuration).toEqual({});
      expect((await data.getActionHandlerUserConfig(owner.id, "odds")).configuration).toEqual({});
    });

    it("keeps one of many set at once", async () => {
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => data.setActionHandlerUserConfig(owner.id, "roll", { n })),
      );
      const { configuration } = await data.getActionHandlerUserConfig(owner.id, "roll");
      expect(configuration).toEqual({ n: expect.any(Number) });
    });
  });

  it("create_all_tables changes nothing on a store that has them", async () => {
    await data.createAllTables();
    expect((await data.getUser(owner.id)).id).toBe(owner.id);
  });
});
