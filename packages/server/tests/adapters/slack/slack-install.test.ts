import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reactingModule, sampleModule } from "../../support/sample-module.ts";
import { stores, type TestDatabase } from "../../support/stores.ts";
import { DEAD_TOKEN, install, openSlackHall, type SlackHall } from "./slack-hall.ts";

describe.each(stores().slice(0, 1))("installing in Slack on the $name store", (store) => {
  let hall: SlackHall;
  let database: TestDatabase;
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "guildhall-tokens-"));
    database = await store.createDatabase();
    hall = await openSlackHall({ databaseUrl: database.url, modules: [sampleModule, reactingModule] });
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const rows = async () => await hall.hall.installations.list("slack");
  const answerOf = async (text: string) => {
    const responseUrl = hall.world.gate.newResponseUrl();
    await hall.sender.slashCommand(hall.actor("ann"), { command: "/hall", text, responseUrl });
    await expect.poll(() => hall.world.gate.postsTo(responseUrl).length).toBeGreaterThan(0);
    return hall.world.gate.postsTo(responseUrl);
  };
  const typed = async (line: string, { adapter = "terminal", at = hall } = {}) => {
    const principal = { user: await at.hall.people.terminalUser(undefined) };
    const submission = await at.hall.actions.submitLine({ principal, line, adapter });
    if (submission.kind !== "action") throw new Error(`it led to ${submission.kind}`);
    const ended = await at.hall.actions.waitFor(principal.user.id, submission.action.id, 10);
    return {
      state: ended.state,
      text: ended.response_chunks.map(({ text_content }) => text_content).join("\n"),
    };
  };

  it("takes a state that it gave to this very browser, and no other", async () => {
    for (const change of [
      { state: "made.up.state" },
      { cookie: "slack-app-oauth-state=another" },
      { cookie: "" },
    ]) {
      const refused = await install(hall, change);
      expect(refused.status).toBe(400);
      expect(await refused.text()).toContain("begin again at /slack/install");
    }
    const noCode = await fetch(`${hall.origin}/slack/oauth`);
    expect(noCode.status).toBe(400);
    expect(await rows()).toEqual([]);
  });

  it("shows the page of success, at the promised address too, and keeps the token sealed", async () => {
    for (const where of ["/slack/oauth", "/oauth"]) {
      const done = await install(hall, { path: where });
      expect(done.status).toBe(200);
      expect(await done.text()).toContain("Success!");
    }
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(row?.external_id).toBe(hall.world.teamId);
    const { rows: dump } = await hall.hall.database.pool.query("select * from chat.installations");
    expect(JSON.stringify(dump)).not.toContain("xox");
    expect(hall.world.botToken()).toMatch(/^xoxb-/);
  });

  it("answers as the bot of that workspace", async () => {
    await answerOf("stream 3 --ms 400");
    const used = () => hall.world.gate.calls.findLast(({ method }) => method.startsWith("chat."));
    await expect.poll(used, { timeout: 5000 }).toMatchObject({ token: hall.world.botToken() });
  });

  it("exchanges a token that is about to expire once, however many servers want it", async () => {
    const other = await openSlackHall({
      databaseUrl: database.url,
      settings: { apiUrl: hall.world.gate.apiUrl },
    });
    const file = path.join(folder, "rotating.json");
    const received = {
      access_token: "xoxe.xoxb-old",
      refresh_token: "xoxe-1-refresh",
      expires_in: 60,
      scope: "chat:write",
      bot_user_id: "U0",
      team: { id: "T-ROTATING", name: "Rotating" },
    };
    await writeFile(file, JSON.stringify(received));
    expect(await typed(`slack import-tokens ${file}`)).toMatchObject({ state: "completed" });
    const { promise: slow, resolve: answer } = Promise.withResolvers<void>();
    hall.world.gate.play({
      path: "/api/oauth.v2.access",
      until: slow,
      body: JSON.stringify({
        ok: true,
        access_token: "xoxe.xoxb-new",
        refresh_token: "xoxe-1-next",
        expires_in: 43_200,
        token_type: "bot",
        scope: "chat:write",
        team: { id: "T-ROTATING" },
        bot_user_id: "U0",
      }),
    });
    const before = hall.world.gate.calls.length;
    const checks = [hall, other].map((at) => typed("slack check", { at }));
    const waiting = async () => {
      const { rows: locks } = await hall.hall.database.pool.query(
        "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
      );
      return locks.length;
    };
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    answer();
    for (const { text } of await Promise.all(checks)) expect(text).toContain("T-ROTATING");
    const calls = hall.world.gate.calls.slice(before);
    expect(calls.filter(({ method }) => method === "oauth.v2.access")).toMatchObject([
      { body: { grant_type: "refresh_token", refresh_token: "xoxe-1-refresh" } },
    ]);
    const tokens = calls.filter(({ method }) => method === "auth.test").map(({ token }) => token);
    expect(tokens.filter((token) => token === "xoxe.xoxb-new")).toHaveLength(2);
    expect(tokens).not.toContain("xoxe.xoxb-old");
    await hall.hall.installations.remove("slack", "T-ROTATING");
    await other.stop();
  });

  it("exports its tokens for the owner alone, and imports them again", async () => {
    const file = path.join(folder, "received-tokens.json");
    expect(await typed(`slack export-tokens ${file}`)).toMatchObject({ state: "completed" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const [entry] = JSON.parse(await readFile(file, "utf8"));
    expect(entry).toMatchObject({ access_token: hall.world.botToken(), team: { id: hall.world.teamId } });
    expect((await typed(`slack export-tokens ${file}`)).text).toContain("exists already");

    await hall.hall.installations.remove("slack", hall.world.teamId);
    // The promised file holds one answer of Slack (requirements M-52).
    await writeFile(file, JSON.stringify(entry));
    expect((await typed(`slack import-tokens ${file}`)).text).toContain(hall.world.teamId);
    expect((await rows()).map(({ external_id }) => external_id)).toEqual([hall.world.teamId]);
    for (const [line, reason] of [
      ["slack import-tokens received-tokens.json", "whole path"],
      [`slack import-tokens ${folder}/none.json`, "cannot be read"],
      [`slack import-tokens "${path.join(import.meta.dirname, "slack-hall.ts")}"`, "does not hold"],
    ] as const) {
      expect((await typed(line)).text).toContain(reason);
    }
    expect((await typed(`slack export-tokens ${folder}/x.json`, { adapter: "rest" })).text).toContain(
      "in a terminal",
    );
  });

  it("writes a test message, as the last step of setting up", async () => {
    const { state, text } = await typed("slack check --channel general");
    expect(state).toBe("completed");
    expect(text).toContain("answers");
    const { messages } = await hall.world.call("conversations.history", {
      channel: hall.actor("ann").channelId,
      limit: 1,
    });
    expect(JSON.stringify(messages)).toContain("is here");
    expect((await typed("slack check --channel nowhere")).text).toContain("no public channel");
  });

  it("refuses a whole organisation in a sentence, and keeps nothing of it", async () => {
    const answer = {
      ok: true,
      access_token: "xoxb-organisation",
      token_type: "bot",
      scope: "commands",
      bot_user_id: "U0",
      team: null,
      enterprise: { id: "E1", name: "Guilds" },
      is_enterprise_install: true,
      authed_user: { id: "U1" },
    };
    const before = await rows();
    hall.world.gate.play({ path: "/api/oauth.v2.access", body: JSON.stringify(answer) });
    hall.world.gate.play({
      path: "/api/auth.test",
      body: '{"ok":true,"bot_id":"B1","url":"https://x.test"}',
    });
    const refused = await install(hall);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("one workspace at a time");
    const file = path.join(folder, "organisation.json");
    await writeFile(file, JSON.stringify(answer));
    expect(await typed(`slack import-tokens ${file}`)).toEqual({
      state: "failed",
      text: expect.stringContaining("one workspace at a time"),
    });
    expect(await rows()).toEqual(before);
  });

  it("prints a manifest from the registry", async () => {
    const { text } = await typed("slack manifest --url https://hall.example.org");
    expect(JSON.parse(text)).toMatchObject({ features: { slash_commands: expect.any(Array) } });
    // What a module declares is asked for by the manifest and by the installation alike.
    expect(JSON.parse(text).oauth_config.scopes.bot).toContain("reactions:read");
    const begun = await fetch(`${hall.origin}/slack/install`, { redirect: "manual" });
    expect(new URL(begun.headers.get("location") ?? "").searchParams.get("scope")).toMatch(
      /channels:read,.*reactions:read/,
    );
    expect((await typed("slack manifest --url http://hall.example.org")).text).toContain(
      "https addresses only",
    );
  });

  it("forgets the tokens when they are revoked, or the app is removed", async () => {
    await hall.sender.event(hall.world.teamId, { type: "tokens_revoked", tokens: { oauth: ["U1"] } });
    expect(await rows()).toHaveLength(1);
    await hall.sender.event(hall.world.teamId, { type: "tokens_revoked", tokens: { bot: ["U1"] } });
    expect(await rows()).toEqual([]);
    await install(hall);
    expect(await rows()).toHaveLength(1);
    await hall.sender.event(hall.world.teamId, { type: "app_uninstalled" });
    expect(await rows()).toEqual([]);
    // Without a token the response URL still answers.
    expect(await answerOf("echo still here")).toMatchObject([{ text: "still here" }]);
  });
});

describe.each(stores().slice(0, 1))("bot tokens of the configuration on the $name store", (store) => {
  it("are those of the workspace before them, or of the one that Slack names; a wrong one stops nothing", async () => {
    const database = await store.createDatabase();
    const hall = await openSlackHall({
      databaseUrl: database.url,
      settings: { botTokens: ["T0NAMED=xoxb-named", "xoxp-setup", DEAD_TOKEN] },
    });
    const asked = () =>
      hall.world.gate.calls.filter(({ method }) => method === "auth.test").map(({ token }) => token);
    await expect.poll(asked).toEqual(["xoxp-setup", DEAD_TOKEN]);
    hall.world.gate.play({ path: "/api/conversations.list", body: '{"ok":true,"channels":[]}' });
    const all = await hall.hall.chat.channels.match({
      adapter: "slack",
      workspaceId: hall.world.teamId,
      pattern: /^ic_/,
    });
    expect(all).toEqual([]);
    expect(hall.world.gate.calls.at(-1)?.token).toBe("xoxp-setup");
    await hall.stop();
    await database.drop();
  });
});
