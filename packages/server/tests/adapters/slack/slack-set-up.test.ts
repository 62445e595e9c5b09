import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { stores, type TestDatabase } from "../../support/stores.ts";
import { install, openSlackHall, type SlackHall } from "./slack-hall.ts";

const SetUp = z.object({
  why_off: z.string().nullable(),
  public_url: z.string().nullable(),
  install_path: z.string().nullable(),
  manifest: z.string(),
  settings: z.array(z.object({ variable: z.string(), is_set: z.boolean(), is_needed: z.boolean() })),
  workspaces: z.array(z.object({ id: z.string(), state: z.string() })),
});
const PASSWORD = "a password of this test";

describe.each(stores().slice(0, 1))("how far Slack is set up, on the $name store", (store) => {
  let database: TestDatabase;
  let hall: SlackHall;
  const tokens: Record<string, string> = {};

  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await openSlackHall({ databaseUrl: database.url });
    for (const name of ["admin", "member"]) {
      const email = `${name}@example.org`;
      await hall.createPerson(email, { admin: name === "admin", password: PASSWORD });
      const answer = await ask("POST", "/auth/login", { body: { email, password: PASSWORD } });
      tokens[name] = z.object({ access_token: z.string() }).parse(answer.body).access_token;
    }
  });
  afterAll(async () => {
    await hall.stop();
    await database.drop();
  });

  async function ask(method: string, path: string, { as, body }: { as?: string; body?: object } = {}) {
    const answer = await fetch(`${hall.origin}/api/v1${path}`, {
      method,
      headers: {
        ...(body ? { "content-type": "application/json" } : {}),
        ...(as === undefined ? {} : { authorization: `Bearer ${tokens[as]}` }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const parsed: unknown = JSON.parse(await answer.text());
    return { status: answer.status, body: parsed };
  }
  const setUp = async () => SetUp.parse((await ask("GET", "/chat/slack/set-up", { as: "admin" })).body);

  it("is for administrators", async () => {
    const test = { body: { channel: "general" } };
    expect((await ask("GET", "/chat/slack/set-up")).status).toBe(401);
    expect((await ask("GET", "/chat/slack/set-up", { as: "member" })).status).toBe(403);
    expect((await ask("POST", "/chat/slack/test-message", { as: "member", ...test })).status).toBe(403);
    expect((await ask("GET", "/chat/nowhere/set-up", { as: "admin" })).body).toMatchObject({
      status: 404,
      code: "adapter_not_found",
    });
  });

  it("tells which settings are there, and makes the manifest for a socket without a public address", async () => {
    const { settings, manifest, ...rest } = await setUp();
    expect(rest).toEqual({
      why_off: null,
      // The test's own address is no https.
      public_url: null,
      install_path: "/slack/install",
      workspaces: [],
    });
    expect(Object.fromEntries(settings.map(({ variable, is_set }) => [variable, is_set]))).toEqual({
      GUILDHALL_SLACK__SIGNING_SECRET: true,
      GUILDHALL_SLACK__CLIENT_ID: true,
      GUILDHALL_SLACK__CLIENT_SECRET: true,
      GUILDHALL_SLACK__APP_TOKEN: false,
      GUILDHALL_SLACK__BOT_TOKENS: false,
    });
    expect(JSON.parse(manifest)).toMatchObject({ settings: { socket_mode_enabled: true } });
  });

  it("tells how each workspace is, and writes the test message", async () => {
    const test = async (channel: string) =>
      await ask("POST", "/chat/slack/test-message", { as: "admin", body: { channel } });
    await install(hall);
    expect((await setUp()).workspaces).toEqual([{ id: hall.world.teamId, state: "answers" }]);
    expect(await test("nowhere")).toMatchObject({
      status: 409,
      body: { code: "test_refused", detail: 'There is no public channel "nowhere".' },
    });
    expect(await test("general")).toEqual({ status: 200, body: { workspaces: [hall.world.teamId] } });
    expect(hall.world.gate.calls.filter(({ method }) => method === "chat.postMessage")).toHaveLength(1);
  });

  it("says what is missing where Slack is off", async () => {
    const off = await openSlackHall({
      databaseUrl: database.url,
      settings: { signingSecret: undefined, clientSecret: undefined },
    });
    try {
      const answer = await fetch(`${off.origin}/api/v1/chat/slack/set-up`, {
        headers: { authorization: `Bearer ${tokens["admin"]}` },
      });
      expect(SetUp.parse(JSON.parse(await answer.text()))).toMatchObject({
        why_off: expect.stringContaining("GUILDHALL_SLACK__SIGNING_SECRET"),
        install_path: null,
      });
    } finally {
      await off.stop();
    }
  });
});
