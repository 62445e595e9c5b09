import { afterEach, describe, expect, it } from "vitest";
import { stores } from "../../support/stores.ts";
import { useSlackHall } from "./slack-hall.ts";

describe.each(stores().slice(0, 1))("faults of Slack on the $name store", (store) => {
  const hall = useSlackHall(store);
  afterEach(() => hall().world.gate.heal());

  const gate = () => hall().world.gate;
  const say = async (
    text: string,
    { channel = "general", name = "ann", responseUrl = gate().newResponseUrl() } = {},
  ) => {
    const ack = await hall().sender.slashCommand(hall().actor(name, channel), {
      command: "/hall",
      text,
      responseUrl,
    });
    expect(ack.status).toBe(200);
    return responseUrl;
  };
  const channelText = async (channel = "general") => {
    const { messages } = await hall().world.call("conversations.history", {
      channel: hall().actor("ann", channel).channelId,
      limit: 100,
    });
    return JSON.stringify(messages);
  };
  const openRequests = async () =>
    await hall()
      .hall.database.queries.selectFrom("chat.requests")
      .select("action_id")
      .where("answered_at", "is", null)
      .execute();
  const allAnswered = async () => {
    await expect.poll(async () => (await openRequests()).length, { timeout: 25_000 }).toBe(0);
  };
  const chunksOf = (text: string) => new Set(text.match(/chunk \d+/g)).size;

  it("waits as long as a 429 asks, then answers once", async () => {
    gate().play({ path: "/response/", status: 429, headers: { "retry-after": "1" }, body: "{}" });
    const url = await say("echo patience");
    await expect.poll(() => gate().postsTo(url), { timeout: 8000 }).toMatchObject([{ text: "patience" }]);
    await allAnswered();
    expect(gate().postsTo(url)).toHaveLength(1);
  });

  it.each([
    ["500", { status: 500, body: "oops" }],
    ["503 without a body", { status: 503 }],
    ["a connection that closes half way", { cut: true }],
  ])("tries again after %s", async (_what, fault) => {
    gate().play({ path: "/response/", ...fault });
    const url = await say("echo again");
    await expect.poll(() => gate().postsTo(url), { timeout: 8000 }).toMatchObject([{ text: "again" }]);
    await allAnswered();
  });

  it("waits for a slow Slack with that one answer only", async () => {
    const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
    const url = gate().newResponseUrl();
    const path = new URL(url).pathname;
    gate().play({ path, until: slow, status: 503 });
    await say("echo held up", { responseUrl: url });
    const other = await say("echo swift");
    await expect.poll(() => gate().postsTo(other), { timeout: 8000 }).toMatchObject([{ text: "swift" }]);
    expect(gate().postsTo(url)).toEqual([]);
    answer();
    await expect.poll(() => gate().postsTo(url), { timeout: 8000 }).toMatchObject([{ text: "held up" }]);
    await allAnswered();
    expect(gate().postsTo(url)).toHaveLength(1);
  });

  it.each([
    ["has expired", { status: 404, body: '{"ok":false,"error":"expired_url"}' }],
    ["was used up", { status: 200, body: '{"ok":false,"error":"used_url"}' }],
  ])("answers as the bot when the response URL %s", async (_what, fault) => {
    gate().play({ path: "/response/", ...fault, times: 10 });
    const word = `fallback-${fault.status}`;
    await say(`echo ${word}`);
    await expect.poll(() => channelText()).toContain(word);
    await allAnswered();
  });

  it("goes on by message edits while an action runs, at most about one a second, and takes the cancel button away", async () => {
    const before = gate().calls.length;
    const url = await say("stream 40 --ms 100");
    await allAnswered();
    const calls = gate().calls.slice(before);
    const edits = calls.filter(({ method }) => method === "chat.update");
    expect(gate().postsTo(url)).toHaveLength(1);
    expect(calls.filter(({ method }) => method === "chat.postMessage")).toHaveLength(1);
    expect(edits.length).toBeGreaterThanOrEqual(2);
    expect(edits.length).toBeLessThanOrEqual(6);
    expect(edits[0]?.body["blocks"]).toContain("guildhall_cancel");
    expect(edits.at(-1)?.body["blocks"]).not.toContain("guildhall_cancel");
    expect(chunksOf(JSON.stringify(gate().postsTo(url)) + edits.at(-1)?.body["text"])).toBe(40);
  });

  it("takes away a message that showed progress only, when its action is cancelled", async () => {
    const before = gate().calls.length;
    const url = await say("count 500 --ms 50");
    const calls = (method: string) =>
      gate()
        .calls.slice(before)
        .filter((call) => call.method === method);
    await expect.poll(() => calls("chat.postMessage").length, { timeout: 5000 }).toBe(1);
    const [cancel] = /"value":"[^"]+"/.exec(calls("chat.postMessage")[0]?.body["blocks"] ?? "") ?? [];
    await hall().sender.press(hall().actor("ann"), {
      actionId: "guildhall_cancel",
      value: cancel?.slice('"value":"'.length, -1) ?? "",
      responseUrl: gate().newResponseUrl(),
    });
    await allAnswered();
    expect(gate().postsTo(url)).toMatchObject([{ response_type: "ephemeral", text: "Cancelled." }]);
    expect(calls("chat.delete")).toMatchObject([{ answer: { ok: true } }]);
  });

  it("begins another message when one can be edited no more", async () => {
    gate().play({ path: "/api/chat.update", body: '{"ok":false,"error":"edit_window_closed"}' });
    const before = gate().calls.length;
    const url = await say("stream 30 --ms 100");
    await allAnswered();
    const calls = gate().calls.slice(before);
    const texts = calls.filter(({ method }) => method.startsWith("chat.")).map(({ body }) => body["text"]);
    expect(calls.filter(({ method }) => method === "chat.postMessage").length).toBe(2);
    expect(chunksOf(JSON.stringify([gate().postsTo(url), texts]))).toBe(30);
  });

  it.each(["token_revoked", "account_inactive", "channel_not_found", "is_archived"])(
    "uses what is left of the response URL after %s, and leaves the rest in the hall",
    async (error) => {
      gate().play({ path: "/api/chat.postMessage", body: JSON.stringify({ ok: false, error }), times: 100 });
      const url = await say("stream 30 --ms 100");
      await allAnswered();
      const posts = gate().postsTo(url);
      expect(posts.length).toBeGreaterThanOrEqual(2);
      expect(posts.length).toBeLessThanOrEqual(5);
      expect(chunksOf(JSON.stringify(posts))).toBe(30);
    },
  );

  it("joins a public channel that it is not in", async () => {
    gate().play({ path: "/api/chat.postMessage", body: '{"ok":false,"error":"not_in_channel"}' });
    const before = gate().calls.length;
    await say("stream 20 --ms 100", { channel: "ic_tavern" });
    await allAnswered();
    const methods = gate()
      .calls.slice(before)
      .map(({ method }) => method);
    expect(methods).toContain("conversations.join");
    expect(await channelText("ic_tavern")).toContain("chunk 20");
  });

  it("closes an answer that no way is left for, and keeps it in the hall", async () => {
    gate().play({ path: "/response/", status: 404, body: '{"ok":false,"error":"expired_url"}', times: 100 });
    gate().play({ path: "/api/chat", body: '{"ok":false,"error":"channel_not_found"}', times: 100 });
    await say("echo nowhere to go");
    await allAnswered();
    const row = await hall()
      .hall.database.queries.selectFrom("actions.action_response_chunks")
      .select("text_content")
      .where("text_content", "=", "nowhere to go")
      .execute();
    expect(row).toHaveLength(1);
  });

  it("says that a file is in the hall when Slack takes none", async () => {
    gate().play({
      path: "/api/files.getUploadURLExternal",
      body: '{"ok":false,"error":"missing_scope"}',
      times: 5,
    });
    const url = await say("big 100");
    await expect
      .poll(() => JSON.stringify(gate().postsTo(url)))
      .toContain("it is with the action in the hall");
  });

  it("answers 500 commands of one second, each once, and other workspaces as if nothing were", async () => {
    const urls: string[] = [];
    const storm = Array.from({ length: 500 }, async (_, index) => {
      const responseUrl = gate().newResponseUrl();
      urls.push(responseUrl);
      const actor = { ...hall().actor("ann"), userId: `U-STORM-${index % 20}` };
      return await hall().sender.slashCommand(actor, {
        command: "/hall",
        text: `echo storm ${index}`,
        responseUrl,
      });
    });
    const calmUrl = gate().newResponseUrl();
    const calm = await hall().sender.slashCommand(
      { ...hall().actor("bob"), teamId: "T-CALM" },
      { command: "/hall", text: "echo calm", responseUrl: calmUrl },
    );
    expect(calm.status).toBe(200);
    await expect.poll(() => gate().postsTo(calmUrl), { timeout: 20_000 }).toMatchObject([{ text: "calm" }]);
    const acks = await Promise.all(storm);
    expect(new Set(acks.map(({ status }) => status))).toEqual(new Set([200]));
    await allAnswered();
    // An acknowledgement that said that the hall is slow has its answer too.
    await expect
      .poll(() => urls.filter((url) => gate().postsTo(url).length !== 1).length, { timeout: 20_000 })
      .toBe(0);
    const words = urls.map((url) => String(gate().postsTo(url)[0]?.["text"]));
    expect(new Set(words).size).toBe(500);
  });
});
