import { SlackSender, SlackSigner } from "@guildhall/chat-test-servers";
import { describe, expect, it } from "vitest";
import { stores } from "../../support/stores.ts";
import { openSlackHall, SIGNING_SECRET, useSlackHall } from "./slack-hall.ts";

const embedded = stores().slice(0, 1);

describe.each(embedded)("requests of Slack on the $name store", (store) => {
  const hall = useSlackHall(store);

  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(new URL(path, hall().origin), { method: "POST", headers, body });
  const actions = async () =>
    Number(
      (
        await hall()
          .hall.database.queries.selectFrom("chat.requests")
          .select(({ fn }) => fn.countAll().as("count"))
          .executeTakeFirstOrThrow()
      ).count,
    );
  const say = async (text: string, more: { command?: string; path?: string; triggerId?: string } = {}) => {
    const responseUrl = hall().world.gate.newResponseUrl();
    const ack = await hall().sender.slashCommand(hall().actor("ann"), {
      command: "/hall",
      text,
      responseUrl,
      ...more,
    });
    return { ack, responseUrl };
  };
  const directMessages = async (who: string) => {
    const { channel } = await hall().world.call("conversations.open", { users: hall().actor(who).userId });
    const id = JSON.parse(JSON.stringify(channel)).id;
    const { messages } = await hall().world.call("conversations.history", { channel: id, limit: 50 });
    const list: { text: string; user: string }[] = JSON.parse(JSON.stringify(messages));
    return { id: String(id), list };
  };

  describe("are refused with 401 and change nothing", () => {
    const body = "command=%2Fhall&text=echo+hi";
    const signer = new SlackSigner(SIGNING_SECRET);
    const contentType = "application/x-www-form-urlencoded";
    const at = (offset: number) => new Date(Date.now() + offset * 1000);
    it.each([
      ["without a signature", () => ({ "content-type": contentType })],
      [
        "with another's signature",
        () => ({ ...new SlackSigner("another secret").headers(body, { at: at(0), contentType }) }),
      ],
      [
        "with the signature of another body",
        () => ({ ...signer.headers(`${body}!`, { at: at(0), contentType }) }),
      ],
      ["more than five minutes old", () => ({ ...signer.headers(body, { at: at(-310), contentType }) })],
      ["more than five minutes early", () => ({ ...signer.headers(body, { at: at(310), contentType }) })],
    ])("%s", async (_what, headers) => {
      const before = await actions();
      for (const path of ["/slack/commands", "/modron", "/slack/interactions", "/slack/events"]) {
        const response = await post(path, body, headers());
        expect(response.status, path).toBe(401);
        expect(JSON.parse(await response.text())).toMatchObject({ code: "signature_invalid" });
      }
      expect(await actions()).toBe(before);
    });
  });

  it("that are signed and make no sense are refused, whatever they hold", async () => {
    const signer = new SlackSigner(SIGNING_SECRET);
    for (const [path, body, status] of [
      ["/slack/commands", "", 400],
      ["/slack/commands", "command=%2Fhall", 400],
      ["/slack/commands", "%%%", 400],
      ["/slack/interactions", "payload=", 400],
      ["/slack/interactions", "payload=%7B", 400],
      ["/slack/interactions", `payload=${encodeURIComponent('{"type":"shortcut"}')}`, 200],
      ["/slack/events", "{", 400],
      ["/slack/events", "[]", 200],
      [
        "/slack/events",
        '{"type":"event_callback","team_id":"T1","event_id":"Ev","event":{"type":"unknown"}}',
        200,
      ],
    ] as const) {
      const headers = { ...signer.headers(body, { at: new Date(), contentType: "text/plain" }) };
      expect((await post(path, body, headers)).status, `${path} ${body}`).toBe(status);
    }
    const large = "x".repeat(1_100_000);
    const headers = { ...signer.headers(large, { at: new Date(), contentType: "text/plain" }) };
    expect((await post("/slack/commands", large, headers)).status).toBe(413);
  });

  it("get the promised acknowledgement at once, and the answer by the response URL (M-9, M-10)", async () => {
    for (const path of ["/slack/commands", "/modron"]) {
      const { ack, responseUrl } = await say("echo here you are", { path, command: "/modron" });
      expect(ack).toMatchObject({ status: 200, body: { response_type: "in_channel" } });
      await expect
        .poll(() => hall().world.gate.postsTo(responseUrl))
        .toMatchObject([{ response_type: "in_channel", text: "here you are", mrkdwn: true }]);
    }
  });

  it("get help and mistakes in the acknowledgement, which only the asker sees (M-9, M-13, M-14)", async () => {
    const before = await actions();
    expect((await say("")).ack.body).toMatchObject({
      response_type: "ephemeral",
      mrkdwn: true,
      text: expect.stringContaining("*available commands*\n\n"),
    });
    expect((await say('echo "open')).ack).toMatchObject({
      status: 200,
      body: { response_type: "ephemeral", text: expect.stringMatching(/^\*.*quote.*\*\n/) },
    });
    expect((await say("anything", { command: "/dance" })).ack.body).toMatchObject({
      text: "ERROR: your command is not supported by Modron yet :(",
    });
    expect(await actions()).toBe(before);
  });

  it("run shortcuts (M-12)", async () => {
    const { ack, responseUrl } = await say("by name", { command: "/echo" });
    expect(ack.body).toEqual({ response_type: "in_channel" });
    await expect.poll(() => hall().world.gate.postsTo(responseUrl)).toMatchObject([{ text: "by name" }]);
  });

  it("tell mistakes of a command to the asker alone (M-11)", async () => {
    const { responseUrl } = await say("refuse");
    await expect
      .poll(() => hall().world.gate.postsTo(responseUrl))
      .toMatchObject([
        {
          response_type: "ephemeral",
          text: "Caught an error in your command:\n\nThere is no goblin here. Try a dragon.",
        },
      ]);
  });

  it("that are replayed start nothing, and answer once", async () => {
    const before = await actions();
    const { responseUrl } = await say("echo once", { triggerId: "replayed" });
    const again = await hall().sender.slashCommand(hall().actor("ann"), {
      command: "/hall",
      text: "echo once",
      responseUrl,
      triggerId: "replayed",
    });
    expect(again.body).toEqual({ response_type: "in_channel" });
    await expect.poll(() => hall().world.gate.postsTo(responseUrl).length).toBe(1);
    expect(await actions()).toBe(before + 1);
  });

  it("open a form where arguments are missing, and run what was filled in", async () => {
    hall().world.gate.play({ path: "/api/views.open", body: '{"ok":true}' });
    const { ack } = await say("stream");
    expect(ack.body).toMatchObject({ text: expect.stringContaining("*usage*") });
    const opened = () => hall().world.gate.calls.findLast(({ method }) => method === "views.open");
    await expect.poll(opened).toBeDefined();
    const view = JSON.parse(opened()?.body["view"] ?? "{}");
    expect(view.blocks.map((block: { block_id: string }) => block.block_id)).toEqual(["count", "ms"]);

    const submit = (count: string, id: string) =>
      hall().sender.interaction({
        type: "view_submission",
        team: { id: hall().world.teamId },
        user: { id: hall().actor("ann").userId, username: "ann" },
        view: {
          ...view,
          id,
          state: { values: { count: { value: { type: "number_input", value: count } } } },
        },
      });
    expect((await submit("-4", "V1")).body).toMatchObject({
      response_action: "errors",
      errors: { count: expect.stringContaining("0") },
    });
    const before = await actions();
    expect(await submit("3", "V2")).toMatchObject({ status: 200, text: "" });
    expect(await actions()).toBe(before + 1);
    // Without a response URL the answer is a message of the bot's own.
    const { channelId } = hall().actor("ann");
    const newest = async () => {
      const { messages } = await hall().world.call("conversations.history", { channel: channelId, limit: 1 });
      return JSON.stringify(messages);
    };
    await expect.poll(newest).toContain("chunk 3");
  });

  it("ask what a line asks by a form, and run the line with the answers", async () => {
    hall().world.gate.play({ path: "/api/views.open", body: '{"ok":true}' });
    const { ack } = await say('toast "well met"');
    expect(ack.body).toMatchObject({ text: expect.stringContaining("To whom, and with what") });
    const opened = () =>
      hall().world.gate.calls.findLast(
        ({ method, body }) => method === "views.open" && body["view"]?.includes("With what"),
      );
    await expect.poll(opened).toBeDefined();
    const view = JSON.parse(opened()?.body["view"] ?? "{}");
    expect(view.blocks).toMatchObject([
      { block_id: "question_0", optional: true, element: { initial_value: "all" } },
      { block_id: "question_1", optional: false, element: { type: "static_select" } },
    ]);
    const sent = await hall().sender.interaction({
      type: "view_submission",
      team: { id: hall().world.teamId },
      user: { id: hall().actor("ann").userId, username: "ann" },
      view: {
        ...view,
        id: "V9",
        state: {
          values: {
            question_0: { value: { type: "plain_text_input", value: "Grace" } },
            question_1: { value: { type: "static_select", selected_option: { value: "mead" } } },
          },
        },
      },
    });
    expect(sent).toMatchObject({ status: 200, text: "" });
    const { channelId } = hall().actor("ann");
    const newest = async () =>
      JSON.stringify(await hall().world.call("conversations.history", { channel: channelId, limit: 1 }));
    await expect.poll(newest).toContain("Grace, mead: well met");
  });

  it("ask Slack for a person's role only for a workspace that may make administrators", async () => {
    const roleCalls = () => hall().world.gate.calls.filter(({ method }) => method === "users.info").length;
    const { ack } = await say("admin-only");
    expect(ack.body).toMatchObject({ text: expect.stringContaining("Only administrators") });
    expect(roleCalls()).toBe(0);
    const other = await store.createDatabase();
    const trusting = await openSlackHall({
      databaseUrl: other.url,
      settings: {
        administratorWorkspaces: [hall().world.teamId],
        botTokens: [`${hall().world.teamId}=xoxp-setup`],
      },
    });
    const run = async (name: string) => {
      const responseUrl = trusting.world.gate.newResponseUrl();
      return await trusting.sender.slashCommand(trusting.actor(name), {
        command: "/hall",
        text: "admin-only",
        responseUrl,
      });
    };
    expect((await run("bob")).body).toMatchObject({ text: expect.stringContaining("Only administrators") });
    expect((await run("admin")).body).toEqual({ response_type: "in_channel" });
    await trusting.stop();
    await other.drop();
  });

  describe("events", () => {
    it("answer the check of their address", async () => {
      const { body } = await hall().sender.raw(
        "/slack/events",
        '{"type":"url_verification","challenge":"c0ffee"}',
      );
      expect(body).toEqual({ challenge: "c0ffee" });
    });

    it("answer a direct message with how long the hall has been awake, once however often they come (M-53)", async () => {
      const { id } = await directMessages("bob");
      const message = {
        type: "message",
        channel_type: "im",
        channel: id,
        user: hall().actor("bob").userId,
        text: "hi",
        ts: "1.1",
      };
      const before = (await directMessages("bob")).list.length;
      for (let time = 0; time < 3; time += 1) {
        expect((await hall().sender.event(hall().world.teamId, message, "Ev-same")).status).toBe(200);
      }
      await expect.poll(async () => (await directMessages("bob")).list.length).toBe(before + 1);
      expect((await directMessages("bob")).list[0]?.text).toMatch(/^Hello! I've been awake \d+ .+ on \S+$/);
    });

    it("pass over the bot's own messages, other bots', and what has no sender", async () => {
      const { id } = await directMessages("ann");
      const before = await actions();
      const base = { type: "message", channel_type: "im", channel: id, text: "x", ts: "1.2" };
      for (const event of [
        base,
        { ...base, user: "U1", bot_id: "B1" },
        { ...base, user: "U1", subtype: "message_changed" },
        { ...base, user: "U1", channel_type: "channel" },
      ]) {
        expect((await hall().sender.event(hall().world.teamId, event)).status).toBe(200);
      }
      expect(await actions()).toBe(before);
    });

    it("answer a mention with help, below the message that has it", async () => {
      const { channelId, userId } = hall().actor("ann");
      const { ts } = await hall().world.call("chat.postMessage", { channel: channelId, text: "a mention" });
      await hall().sender.event(hall().world.teamId, {
        type: "app_mention",
        channel: channelId,
        user: userId,
        text: "<@U0> help echo",
        ts,
      });
      const replies = async () => {
        const { messages } = await hall().world.call("conversations.replies", { channel: channelId, ts });
        return JSON.stringify(messages);
      };
      await expect.poll(replies).toContain("Say it again (pure)");
    });

    it("take a person who left out of the channel's thread", async () => {
      await say("echo seen");
      const threads = async () =>
        await hall()
          .hall.database.queries.selectFrom("threads.thread_members as m")
          .innerJoin("people.identities as i", "i.user_id", "m.user_id")
          .innerJoin("chat.channels as c", "c.thread_id", "m.thread_id")
          .select("m.role")
          .where("i.external_id", "=", hall().actor("ann").userId)
          .where("c.external_id", "=", hall().actor("ann").channelId)
          .execute();
      expect(await threads()).toEqual([{ role: "writer" }]);
      const { userId, channelId } = hall().actor("ann");
      await hall().sender.event(hall().world.teamId, {
        type: "member_left_channel",
        user: userId,
        channel: channelId,
      });
      expect(await threads()).toEqual([]);
    });
  });
});

describe.each(embedded)("a hall without Slack's settings on the $name store", (store) => {
  it("says what is missing, and answers 503 with a code on every route", async () => {
    const database = await store.createDatabase();
    const hall = await openSlackHall({
      databaseUrl: database.url,
      settings: { signingSecret: undefined, clientId: undefined, clientSecret: undefined },
    });
    expect(hall.adapter.whyOff).toContain("GUILDHALL_SLACK__SIGNING_SECRET");
    const sender = new SlackSender({ signer: new SlackSigner("a guessed secret"), origin: hall.origin });
    const answers = [
      await sender.slashCommand(hall.actor("ann"), {
        command: "/hall",
        text: "ping",
        responseUrl: "http://x.example",
      }),
      await sender.interaction({}),
      await sender.raw("/slack/events", '{"type":"url_verification","challenge":"x"}'),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 503, body: { code: "adapter_off" } });
    for (const path of ["/slack/install", "/slack/oauth", "/oauth"]) {
      const response = await fetch(new URL(path, hall.origin));
      expect([response.status, JSON.parse(await response.text()).code]).toEqual([503, "adapter_off"]);
    }
    await hall.stop();
    await database.drop();
  });
});
