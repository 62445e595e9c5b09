import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SlackSender, type SlackActor } from "./slack-sender.ts";
import { SlackSigner } from "./slack-signer.ts";
import { RESPONSE_URL_MILLISECONDS, RESPONSE_URL_POSTS, SlackTestServer } from "./slack-test-server.ts";

const ada: SlackActor = {
  teamId: "T1",
  userId: "U1",
  userName: "ada",
  channelId: "C1",
  channelName: "table",
};

let slack: SlackTestServer;
let time: number;

beforeEach(async () => {
  time = Date.now();
  slack = await SlackTestServer.start({ now: () => new Date(time) });
});
afterEach(() => slack.stop());

const post = (url: string, text: string) =>
  fetch(url, { method: "POST", body: JSON.stringify({ text, response_type: "ephemeral" }) });

describe("a response URL", () => {
  it("takes five posts, keeps them apart from those of others, and no sixth", async () => {
    const [mine, other] = [slack.newResponseUrl(), slack.newResponseUrl()];
    for (let n = 1; n <= RESPONSE_URL_POSTS; n += 1) expect((await post(mine, `post ${n}`)).ok).toBe(true);
    const sixth = await post(mine, "one too many");
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: "used_url" }]);
    expect((await post(other, "another's")).ok).toBe(true);
    expect(slack.postsTo(mine).map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((n) => `post ${n}`));
    expect(slack.postsTo(other)).toEqual([{ text: "another's", response_type: "ephemeral" }]);
  });

  it("ends after half an hour, and one that was never given is none", async () => {
    const url = slack.newResponseUrl();
    time += RESPONSE_URL_MILLISECONDS - 1;
    expect((await post(url, "just in time")).ok).toBe(true);
    time += 1;
    for (const gone of [url, url.replace(/\d+$/, "999")]) {
      const late = await post(gone, "late");
      expect([late.status, await late.json()]).toEqual([404, { ok: false, error: "expired_url" }]);
    }
  });
});

describe("with Slack's own client of the Web API", () => {
  const client = (token = "xoxb-1", retries = 0) =>
    new WebClient(token, { slackApiUrl: slack.apiUrl, logLevel: LogLevel.ERROR, retryConfig: { retries } });

  it("writes each call down, whose it was and what was answered", async () => {
    await client("xoxb-ada").apiCall("chat.postMessage", {
      channel: "C1",
      text: "hello & welcome",
      blocks: [{ type: "divider" }],
    });
    expect(slack.calls).toEqual([
      {
        method: "chat.postMessage",
        token: "xoxb-ada",
        body: { channel: "C1", text: "hello & welcome", blocks: '[{"type":"divider"}]' },
        status: 200,
        answer: { ok: true },
      },
    ]);
  });

  it("plays faults of one path, so often as it was told, until it is healed", async () => {
    slack.play({ path: "/api/chat.", body: '{"ok":false,"error":"token_revoked"}', times: 2 });
    for (let n = 0; n < 2; n += 1) {
      await expect(client().apiCall("chat.update", { ts: "1.2", text: "x" })).rejects.toThrow(
        "token_revoked",
      );
      await client().auth.test();
    }
    await client().apiCall("chat.update", { ts: "1.2", text: "x" });

    slack.play({ path: "/api/", cut: true, times: 100 });
    await expect(client().auth.test()).rejects.toThrow();
    slack.heal();
    await client().auth.test();
  });

  it("makes the client wait as a 429 says", async () => {
    slack.play({ path: "/api/auth.test", status: 429, headers: { "retry-after": "1" } });
    const begun = performance.now();
    await client("xoxb-1", 1).auth.test();
    // A timer may fire a little before its time.
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(slack.calls.map(({ status }) => status)).toEqual([429, 200]);
  });

  it("passes calls on to the emulator behind it, and tells what came back", async () => {
    const behind = await SlackTestServer.start();
    const gate = await SlackTestServer.start({ upstream: new URL(behind.apiUrl).origin });
    behind.play({ path: "/api/auth.test", body: '{"ok":true,"team_id":"T9"}' });
    const found = await new WebClient("xoxb-2", { slackApiUrl: gate.apiUrl }).auth.test();
    expect(found.team_id).toBe("T9");
    expect(behind.calls).toMatchObject([{ method: "auth.test", token: "xoxb-2" }]);
    expect(gate.calls).toMatchObject([{ method: "auth.test", answer: { ok: true, team_id: "T9" } }]);
    await Promise.all([gate.stop(), behind.stop()]);
  });
});

describe("with Bolt on the other side", () => {
  let receiver: HTTPReceiver;
  let app: App;
  let origin: string;
  const signer = new SlackSigner("8f742231b10e8888abcd99yyyzzz85a5");
  const sender = (by = signer, now = () => new Date()) => new SlackSender({ signer: by, origin, now });

  beforeEach(async () => {
    receiver = new HTTPReceiver({
      signingSecret: signer.signingSecret,
      endpoints: ["/slack/commands", "/slack/interactions", "/slack/events"],
      logLevel: LogLevel.ERROR,
    });
    app = new App({
      receiver,
      logLevel: LogLevel.ERROR,
      authorize: async () => ({ botToken: "xoxb-none", botId: "B1", botUserId: "UBOT" }),
      clientOptions: { slackApiUrl: slack.apiUrl },
    });
    const server = await receiver.start({ host: "127.0.0.1", port: 0 });
    const address = server.address();
    origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  });
  afterEach(async () => {
    await receiver.stop();
  });

  it("sends a slash command that Bolt takes for Slack's, and takes what it posts back", async () => {
    app.command("/hall", async ({ command, ack, respond }) => {
      await ack({ response_type: "in_channel" });
      await respond(`${command.user_name} in ${command.channel_name}: ${command.text}`);
    });
    const responseUrl = slack.newResponseUrl();
    const acknowledged = await sender().slashCommand(ada, {
      command: "/hall",
      text: "roll 1d20+5 'a & b'",
      responseUrl,
    });
    expect(acknowledged).toMatchObject({ status: 200, body: { response_type: "in_channel" } });
    await expect
      .poll(() => slack.postsTo(responseUrl))
      .toEqual([{ text: "ada in table: roll 1d20+5 'a & b'" }]);
  });

  it("sends a pressed button and an event", async () => {
    const heard: string[] = [];
    app.action("again", async ({ action, ack, body }) => {
      await ack();
      heard.push(`${body.user.id} pressed ${"value" in action ? action.value : ""}`);
    });
    app.event("app_mention", async ({ event, body }) => {
      heard.push(`${event.user} said ${event.text} in ${body.team_id}`);
    });
    const pressed = await sender().press(ada, {
      actionId: "again",
      value: "17",
      responseUrl: slack.newResponseUrl(),
    });
    const told = await sender().event("T1", {
      type: "app_mention",
      user: "U1",
      text: "hello",
      channel: "C1",
      ts: "1548261231.000200",
    });
    expect([pressed.status, told.status]).toEqual([200, 200]);
    await expect.poll(() => heard).toEqual(["U1 pressed 17", "U1 said hello in T1"]);
  });

  it.each([
    ["another secret", () => sender(new SlackSigner("another secret"))],
    ["an old time", () => sender(signer, () => new Date(Date.now() - 400_000))],
  ])("is refused by Bolt with %s", async (_what, from) => {
    const { status } = await from().slashCommand(ada, {
      command: "/hall",
      text: "",
      responseUrl: slack.newResponseUrl(),
    });
    expect(status).toBe(401);
  });
});
