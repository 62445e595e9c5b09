import { beforeEach, describe, expect, it } from "vitest";
import { newId } from "../src/data/uuid.ts";
import type { Principal } from "../src/hall/people.ts";
import { stores } from "./support/stores.ts";
import { freshEmail } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const PASSWORD = "correct horse battery staple";

describe.each(stores())("requests for actions on the $name store", (store) => {
  const { test } = useTestHall(store);
  let person: Principal;

  beforeEach(async () => {
    person = await test().createPerson(freshEmail());
  });

  const actionsOf = async (userId = person.user.id) => {
    const { queries } = test().hall.database;
    return await queries.selectFrom("actions.actions").selectAll().where("user_id", "=", userId).execute();
  };

  describe("an idempotency key", () => {
    const key = { idempotencyKey: "the same" };

    it.each(["echo hello", "stream 3"])("leads to the first action of %s again", async (line) => {
      const first = await test().run(person, line, key);
      const again = await test().submit(person, line, key);
      expect(again).toMatchObject({ kind: "repeated", action: { id: first.id } });
      await test().ended(person, first.id);
      expect(await test().submit(person, line, key)).toMatchObject({
        kind: "repeated",
        action: { id: first.id, is_completed: true },
      });
      expect(await actionsOf()).toHaveLength(1);
    });

    it.each(["echo hello", "stream 3"])("makes one action of 20 at once of %s", async (line) => {
      const all = await Promise.all(Array.from({ length: 20 }, () => test().submit(person, line, key)));
      expect(all.filter(({ kind }) => kind === "action")).toHaveLength(1);
      expect(all.filter(({ kind }) => kind === "repeated")).toHaveLength(19);
      const ids = all.map((one) => ("action" in one ? one.action.id : one.kind));
      expect(new Set(ids).size).toBe(1);
      expect(await actionsOf()).toHaveLength(1);
      await test().ended(person, ids[0] ?? "");
    });

    it("is refused with another request", async () => {
      const { id } = await test().hall.data.createThread(person.user.id, { title: "t", description: "" });
      await test().run(person, "echo hello", key);
      const mismatch = { code: "idempotency_mismatch" };
      await expect(test().submit(person, "echo goodbye", key)).rejects.toMatchObject(mismatch);
      await expect(test().submit(person, "stream 3", key)).rejects.toMatchObject(mismatch);
      await expect(test().submit(person, "echo hello", { ...key, threadId: id })).rejects.toMatchObject(
        mismatch,
      );
      expect(await actionsOf()).toHaveLength(1);
    });

    it("is each user's own", async () => {
      const other = await test().createPerson(freshEmail());
      const mine = await test().run(person, "echo hello", key);
      const theirs = await test().run(other, "echo hello", key);
      expect(theirs.id).not.toBe(mine.id);
    });

    it("is not used up by a request that was refused", async () => {
      await expect(test().submit(person, "echo hello", { ...key, threadId: newId() })).rejects.toMatchObject({
        code: "not_found",
      });
      expect((await test().submit(person, "echo hello", key)).kind).toBe("action");
    });
  });

  describe("usage", () => {
    const count = (command: string) => test().hall.state.getCount(`c_${command}`);
    const isKnown = async () => (await test().hall.state.getSet("user_set")).includes(person.user.id);

    it("is counted for every valid request, with its user", async () => {
      const [echoed, streamed] = [await count("echo"), await count("stream")];
      await Promise.all(Array.from({ length: 5 }, () => test().run(person, "echo x")));
      await test().finish(person, "stream 1");
      expect([await count("echo"), await count("stream")]).toEqual([echoed + 5n, streamed + 1n]);
      expect(await isKnown()).toBe(true);
      expect(await test().hall.state.updatedTime("c_echo")).toEqual(
        await test().hall.state.updatedTime("c_"),
      );
    });

    it("is not counted for what was refused", async () => {
      const before = [await count("echo"), await count("admin-only"), await count("stream")];
      await test().submit(person, "stream many");
      await test().submit(person, "echo -h");
      await expect(test().submit(person, "echo x", { threadId: newId() })).rejects.toThrow();
      await expect(test().submit(person, "admin-only")).rejects.toThrow();
      await expect(
        test().submit({ user: person.user, claim: { password_version: 9, session_id: null } }, "echo x"),
      ).rejects.toThrow();
      expect([await count("echo"), await count("admin-only"), await count("stream")]).toEqual(before);
      expect(await isKnown()).toBe(false);
    });

    it("is counted once for a repeated request", async () => {
      const before = await count("echo");
      for (let round = 0; round < 3; round += 1) {
        await test().submit(person, "echo x", { idempotencyKey: "k" });
      }
      expect(await count("echo")).toBe(before + 1n);
    });
  });

  describe("the home thread", () => {
    const homes = async () =>
      (await test().hall.data.listThreads(person.user.id, { limit: 50 })).threads.map(({ id }) => id);

    it("is made once, by 20 lines at once", async () => {
      const actions = await Promise.all(
        Array.from({ length: 20 }, (_, index) => test().run(person, `echo ${index}`)),
      );
      const [home = "", ...others] = await homes();
      expect(others).toEqual([]);
      const thread = await test().hall.data.getThread(person.user.id, home, { limit: 50 });
      expect(thread.thread_actions.map((link) => link.action.id).toSorted()).toEqual(
        actions.map(({ id }) => id).toSorted(),
      );
      expect(thread.thread_actions[0]).toMatchObject({ show_question: true, show_answer: true });
    });

    it("is made again after it was deleted, also by 10 lines at once", async () => {
      await test().run(person, "echo first");
      const [old = ""] = await homes();
      await test().hall.service.deleteThread(person.user.id, old);
      await Promise.all(Array.from({ length: 10 }, (_, index) => test().run(person, `echo ${index}`)));
      const [fresh = "", ...others] = await homes();
      expect(others).toEqual([]);
      expect(fresh).not.toBe(old);
      const thread = await test().hall.data.getThread(person.user.id, fresh, { limit: 50 });
      expect(thread.thread_actions).toHaveLength(10);
    });
  });

  describe("a sign-in that no longer holds", () => {
    let signedIn: Principal;
    let sessionId = "";

    beforeEach(async () => {
      const { user } = await test().createPerson(freshEmail(), { password: PASSWORD });
      const session = await test().hall.service.loginUser({
        email: user.email,
        password: PASSWORD,
        user_agent: "",
      });
      sessionId = session.session_id;
      signedIn = { user, claim: { password_version: 1, session_id: sessionId } };
      await test().run(signedIn, "echo it holds");
    });

    const isSignedOut = async () => {
      const before = await actionsOf(signedIn.user.id);
      for (const line of ["echo x", "stream 1"]) {
        await expect(test().submit(signedIn, line)).rejects.toMatchObject({ code: "signed_out" });
      }
      expect(await actionsOf(signedIn.user.id)).toEqual(before);
      const { threads } = await test().hall.data.listThreads(signedIn.user.id, { limit: 10 });
      expect(threads.map((thread) => thread.last_seq)).toEqual([1]);
    };

    it("records nothing once the user is inactive", async () => {
      const administrator = await test().createPerson(freshEmail(), { admin: true });
      await test().hall.people.patchUser(administrator.user, signedIn.user.id, { is_active: false });
      await isSignedOut();
      const withoutClaim = { user: signedIn.user };
      await expect(test().submit(withoutClaim, "echo x")).rejects.toMatchObject({ code: "signed_out" });
    });

    it("records nothing once the password was changed", async () => {
      await test().hall.people.changePassword({
        user_id: signedIn.user.id,
        current_password: PASSWORD,
        new_password: "another password",
        user_agent: "",
      });
      await isSignedOut();
    });

    it("records nothing once the session was revoked", async () => {
      await test().hall.people.logout(sessionId, signedIn.user.id);
      await isSignedOut();
    });
  });

  describe("many lines at once, of several people in several threads", () => {
    it("are all recorded and run", async () => {
      const people = await Promise.all(Array.from({ length: 4 }, () => test().createPerson(freshEmail())));
      const runs = people.flatMap((one) =>
        Array.from({ length: 25 }, (_, index) =>
          test().finish(one, index % 2 === 0 ? `echo ${index}` : `stream ${index}`),
        ),
      );
      const ended = await Promise.all(runs);
      expect(new Set(ended.map(({ state }) => state))).toEqual(new Set(["completed"]));
      for (const { user } of people) {
        const [home] = (await test().hall.data.listThreads(user.id, { limit: 5 })).threads;
        const thread = await test().hall.data.getThread(user.id, home?.id ?? "", { limit: 50 });
        expect(thread.thread_actions.map((link) => link.display_order)).toEqual(
          Array.from({ length: 25 }, (_, index) => index + 1),
        );
      }
    });
  });
});
