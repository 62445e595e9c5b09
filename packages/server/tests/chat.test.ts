import { z } from "zod";
import { beforeAll, describe, expect, it } from "vitest";
import { syncMemberships } from "../src/data/chat-entries.ts";
import { begun, chatInput, RecordingConnection } from "./support/recording-connection.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall, TestClock, type TestHall } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const MINUTE = 60_000;

describe.each(stores())("chat on the $name store", (store) => {
  const clock = new TestClock();
  const { test, url } = useTestHall(store, { clock });
  const paper = new RecordingConnection();
  beforeAll(() => void test().hall.chat.connect(paper));

  const hall = () => test().hall;
  const say = async (who: string, line: string, where: Parameters<typeof chatInput>[1] = {}) =>
    await hall().chat.submitLine({ ...chatInput(who, where), line });
  const finish = async (who: string, line: string, where: Parameters<typeof chatInput>[1] = {}) => {
    const id = begun(await say(who, line, where));
    await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
    return id;
  };
  const userOf = async (who: string, workspace = "T1") =>
    await hall()
      .database.queries.selectFrom("people.identities")
      .select(["user_id", "own_user_id"])
      .where("external_id", "=", who)
      .where("workspace", "=", workspace)
      .executeTakeFirstOrThrow();
  const threadsOf = async (userId: string) =>
    (await hall().service.listThreads(userId, { limit: 50 })).threads.map(({ title }) => title);

  it("gives an account a person on first use, one for each workspace's account, who cannot sign in", async () => {
    const ids = await Promise.all([finish("U1", "whoami"), finish("U1", "whoami"), finish("U1", "whoami")]);
    expect(new Set(ids).size).toBe(3);
    const { user_id } = await userOf("U1");
    const user = await hall().data.getUser(user_id);
    expect(user).toMatchObject({ kind: "person", display_name: "U1 by name", email: "u1@t1.paper.invalid" });
    await finish("U1", "ping", { workspaceId: "T2" });
    expect((await userOf("U1", "T2")).user_id).not.toBe(user_id);
    await expect(
      hall().people.loginUser({ email: user.email, password: "correct horse battery", user_agent: "" }),
    ).rejects.toMatchObject({ code: "wrong_password" });
  });

  it("counts the person and the command as everywhere (user_set, c_<command>)", async () => {
    const before = await hall().state.getCount("c_echo");
    await finish("U-counted", "echo hello");
    await say("U-counted", "echo --nonsense");
    expect(await hall().state.getCount("c_echo")).toBe(before + 1n);
    expect(await hall().state.getSet("user_set")).toContain((await userOf("U-counted")).user_id);
  });

  it("keeps a channel's commands in one thread that its members see live, and nobody else", async () => {
    await finish("U-ann", "echo from ann", { channelId: "C-see" });
    await finish("U-bob", "stream 3", { channelId: "C-see" });
    await finish("U-eve", "echo elsewhere", { channelId: "C-other" });
    const [ann, bob, eve] = await Promise.all(["U-ann", "U-bob", "U-eve"].map((who) => userOf(who)));
    const { threads } = await hall().service.listThreads(ann?.user_id ?? "", { limit: 50 });
    expect(threads.map(({ title, role }) => [title, role])).toEqual([["#general", "writer"]]);
    const threadId = threads[0]?.id ?? "";
    const seen: string[] = [];
    const stop = await hall().service.websocketEndpoint(bob?.user_id ?? "", {
      threadId,
      after: 0,
      reader: {
        deliver: (events) => seen.push(...events.map(({ event }) => event.type)),
        end: () => undefined,
      },
    });
    await finish("U-ann", "echo again", { channelId: "C-see" });
    await expect.poll(() => seen.filter((type) => type === "action-added").length).toBe(3);
    stop();
    await expect(hall().service.getThread(eve?.user_id ?? "", threadId, { limit: 5 })).rejects.toMatchObject({
      code: "not_found",
    });

    await hall().chat.leave(
      { adapter: "paper", workspaceId: "T1", accountId: "U-bob" },
      { workspaceId: "T1", channelId: "C-see" },
    );
    expect(await threadsOf(bob?.user_id ?? "")).toEqual([]);
    await finish("U-bob", "ping", { channelId: "C-see" });
    expect(await threadsOf(bob?.user_id ?? "")).toEqual(["#general"]);
  });

  it("tells a command its place", async () => {
    const id = await finish("U-place", "where", { channelId: "D9", isPrivate: true });
    expect(JSON.parse(paper.texts(id)[0] ?? "")).toEqual({
      adapter: "paper",
      platform: "paper",
      workspaceId: "T1",
      channelId: "D9",
      isPrivate: true,
    });
  });

  it("tells the platform everything in order, with what is for the asker alone marked", async () => {
    const id = await finish("U-order", "stream 40 --ms 1");
    expect(paper.texts(id)).toEqual(Array.from({ length: 40 }, (_, index) => `chunk ${index + 1}`));
    const whisper = await finish("U-order", "whisper");
    const audiences = paper.outputs
      .get(whisper)
      ?.flatMap((output) => (output.kind === "chunk" ? [output.chunk.audience] : []));
    expect(audiences).toEqual(["thread", "asker", "asker", "thread"]);
    const file = await paper.requests.find(({ actionId }) => actionId === whisper)?.bytes(3);
    expect(file?.bytes.toString()).toBe("secret");
  });

  it("answers help and mistakes at once, and refuses what is not allowed", async () => {
    expect(await say("U2", "echo -h")).toMatchObject({ kind: "help", help: { path: ["echo"] } });
    expect(await say("U2", "stream x")).toMatchObject({ kind: "line_invalid", error: { code: "bad_value" } });
    expect(await say("U2", "admin-only")).toMatchObject({ kind: "refused", code: "permission_denied" });
    const { user_id } = await userOf("U2");
    await hall()
      .database.queries.updateTable("people.users")
      .set({ is_active: false })
      .where("id", "=", user_id)
      .execute();
    expect(await say("U2", "ping")).toMatchObject({ kind: "refused", message: /closed/ });
  });

  it("lets the platform's roles make an administrator, and asks for them only when it matters", async () => {
    let asked = 0;
    const isAdministrator = async () => {
      asked += 1;
      return true;
    };
    begun(await hall().chat.submitLine({ ...chatInput("U-boss"), isAdministrator, line: "echo hi" }));
    expect(asked).toBe(0);
    begun(await hall().chat.submitLine({ ...chatInput("U-boss"), isAdministrator, line: "admin-only" }));
    expect(asked).toBe(1);
    const { user_id } = await userOf("U-boss");
    expect((await hall().data.getUser(user_id)).is_administrator).toBe(false);
  });

  it("goes by what the store says now, whatever another server changed since the last line", async () => {
    const where = { channelId: "C-lately" };
    await finish("U-lately", "echo first", where);
    // The clock stands still, so everything is remembered from here on.
    const person = await test().createPerson(freshEmail("eve"));
    const { queries } = hall().database;
    const change = async (set: { is_administrator?: boolean; is_active?: boolean }) =>
      await queries.updateTable("people.users").set(set).where("id", "=", person.user.id).execute();

    await queries.transaction().execute(async (transaction) => {
      await transaction
        .updateTable("people.identities")
        .set({ user_id: person.user.id })
        .where("external_id", "=", "U-lately")
        .execute();
      await syncMemberships(transaction, person.user.id, clock.now());
    });
    const id = await finish("U-lately", "whoami", where);
    expect(paper.texts(id)[0]).toContain("eve");
    expect((await hall().data.getAction(person.user.id, id)).user_id).toBe(person.user.id);

    const { adapter } = chatInput("U-lately").account;
    const place = { workspaceId: "T1", channelId: "C-lately" };
    await hall().chat.leave({ adapter, workspaceId: "T1", accountId: "U-lately" }, place);
    expect(await threadsOf(person.user.id)).not.toContain("#general");
    await finish("U-lately", "echo back again", where);
    expect(await threadsOf(person.user.id)).toContain("#general");

    expect(await say("U-lately", "admin-only", where)).toMatchObject({ code: "permission_denied" });
    await change({ is_administrator: true });
    begun(await say("U-lately", "admin-only", where));
    await change({ is_active: false });
    expect(await say("U-lately", "echo after all", where)).toMatchObject({
      kind: "refused",
      message: /closed/,
    });
  });

  it("starts nothing for a delivery that comes again", async () => {
    const first = await say("U3", "stream 2", { key: "same" });
    const again = await say("U3", "stream 2", { key: "same" });
    const id = begun(first);
    expect(again).toEqual({ kind: "repeated", actionId: id });
    expect(await say("U3", "stream 3", { key: "same" })).toMatchObject({
      kind: "refused",
      code: "idempotency_mismatch",
    });
  });

  it("runs a button's line as the person who pressed, and refuses another person's", async () => {
    const id = await finish("U-asker", "choose", { channelId: "C-buttons" });
    const press = async (who: string, order: number, index: number) =>
      await hall().chat.press({
        ...chatInput(who, { channelId: "C-buttons" }),
        button: { actionId: id, order, index },
      });
    const pressed = begun(await press("U-other", 1, 0));
    await expect.poll(() => paper.texts(pressed)).toEqual(["pressed"]);
    const action = await hall().data.getAction((await userOf("U-other")).user_id, pressed);
    expect(action.user_id).toBe((await userOf("U-other")).user_id);
    expect(await press("U-other", 2, 0)).toMatchObject({ kind: "refused", code: "permission_denied" });
    begun(await press("U-asker", 2, 0));
    expect(await press("U-asker", 1, 9)).toMatchObject({ kind: "refused" });
    const outside = await hall().chat.press({
      ...chatInput("U-other", { channelId: "C-far" }),
      account: { adapter: "paper", workspaceId: "T1", accountId: "U-stranger", displayName: "stranger" },
      button: { actionId: id, order: 1, index: 0 },
    });
    expect(outside).toMatchObject({ kind: "refused", code: "not_found" });
  });

  it("lets the asker cancel, and nobody else", async () => {
    const id = begun(await say("U-wait", "wait", { channelId: "C-cancel" }));
    const cancel = (who: string) =>
      hall().chat.cancel({ ...chatInput(who, { channelId: "C-cancel" }), actionId: id });
    expect(await cancel("U-meddler")).toMatchObject({ kind: "refused", code: "permission_denied" });
    expect(await cancel("U-wait")).toBeUndefined();
    await expect.poll(() => paper.outputs.get(id)?.at(-1)).toMatchObject({ kind: "end", state: "cancelled" });
  });

  describe("link", () => {
    const Code = z.string().regex(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const codeFor = async (person: Awaited<ReturnType<TestHall["createPerson"]>>) => {
      const action = await test().finish(person, "link");
      expect(action.response_chunks[0]?.audience).toBe("asker");
      return Code.parse(action.response_chunks[0]?.text_content?.split("\n")[0]);
    };

    it("joins a chat account to an existing account, and unlink undoes it", async () => {
      const person = await test().createPerson(freshEmail("ada"));
      await finish("U-ada", "echo before", { channelId: "C-ada" });
      const code = await codeFor(person);
      const linked = await finish(
        "U-ada",
        `link ${code.toLowerCase().replaceAll("-", " ").replaceAll(" ", "")}`,
        { channelId: "C-ada" },
      );
      expect(paper.texts(linked)[0]).toContain(person.user.email);
      expect((await userOf("U-ada")).user_id).toBe(person.user.id);
      expect(await threadsOf(person.user.id)).toContain("#general");
      const id = await finish("U-ada", "whoami", { channelId: "C-ada" });
      expect(paper.texts(id)[0]).toContain("ada");

      await finish("U-ada", "unlink", { channelId: "C-ada" });
      const { user_id, own_user_id } = await userOf("U-ada");
      expect(user_id).toBe(own_user_id);
      expect(await threadsOf(person.user.id)).not.toContain("#general");
      expect(await threadsOf(user_id)).toContain("#general");
      const again = await finish("U-ada", "unlink", { channelId: "C-ada" });
      expect(paper.outputs.get(again)?.at(-1)).toMatchObject({
        state: "failed",
        error: { code: "not_linked" },
      });
    });

    it("takes a code once, within ten minutes, and the newest only", async () => {
      const person = await test().createPerson(freshEmail("cy"));
      const failed = async (who: string, code: string) => {
        const id = await finish(who, `link ${code}`);
        return paper.outputs.get(id)?.at(-1);
      };
      const invalid = { state: "failed", error: { code: "link_code_invalid" } };
      const old = await codeFor(person);
      const used = await codeFor(person);
      expect(await failed("U-cy", old)).toMatchObject(invalid);
      expect(await failed("U-cy", used)).toMatchObject({ state: "completed" });
      expect(await failed("U-dee", used)).toMatchObject(invalid);
      const late = await codeFor(person);
      clock.advance(10 * MINUTE);
      expect(await failed("U-dee", late)).toMatchObject(invalid);
      expect(await failed("U-dee", "0000-0000-0000")).toMatchObject(invalid);
    });
  });

  it("answers after a crash what the lost server had not, and tells a re-run command its place", async () => {
    const silent = new RecordingConnection("silent");
    const first = await openTestHall({ url: url() });
    first.hall.chat.connect(silent);
    const input = chatInput("U-crash", { channelId: "C-crash" });
    const account = { ...input.account, adapter: "silent" };
    const submission = await first.hall.chat.submitLine({ ...input, account, line: "where-again" });
    const id = begun(submission);
    await expect.poll(() => silent.texts(id).length).toBe(2);
    const never = await first.hall.chat.submitLine({ ...chatInput("U-crash"), account, line: "echo unsaid" });
    await first.hall.stop({ graceMilliseconds: 0 });

    const next = new RecordingConnection("silent");
    const second = await openTestHall({ url: url() });
    second.hall.chat.connect(next);
    try {
      const unsaid = never.kind === "action" ? never.actionId : "";
      await expect.poll(() => next.hasEnded(id) && next.hasEnded(unsaid), { timeout: 15_000 }).toBe(true);
      expect(next.texts(unsaid)).toEqual(["unsaid"]);
      expect(next.requests.map(({ isResumed, reply }) => [isResumed, reply])).toEqual([
        [true, "reply-to-U-crash"],
        [true, "reply-to-U-crash"],
      ]);
      const places = next.texts(id).filter((text) => text?.startsWith('{"adapter"'));
      expect(places.map((text) => JSON.parse(text ?? ""))).toEqual([
        { adapter: "silent", platform: "silent", workspaceId: "T1", channelId: "C-crash", isPrivate: false },
      ]);
    } finally {
      await second.stop();
    }
  });
});
