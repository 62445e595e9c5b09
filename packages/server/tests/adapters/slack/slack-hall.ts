import { SlackSender, SlackSigner, SlackTestServer, type SlackActor } from "@guildhall/chat-test-servers";
import type { Clock, Module } from "@guildhall/sdk";
import { createEmulator, type Emulator } from "emulate";
import { afterAll, beforeAll } from "vitest";
import { SlackAdapter } from "../../../src/adapters/slack/slack-adapter.ts";
import { SlackSettings } from "../../../src/adapters/slack/slack-settings.ts";
import { createServer } from "../../../src/http/create-server.ts";
import { freePort } from "../../support/free-port.ts";
import { PLANTED } from "../../support/planted-secrets.ts";
import { sampleModule } from "../../support/sample-module.ts";
import { silentLog } from "../../support/silent-log.ts";
import type { TestDatabase, TestStore } from "../../support/stores.ts";
import { openTestHall, type TestHall } from "../../support/test-hall.ts";

/** Slack's published example secret. */
export const SIGNING_SECRET = PLANTED.slackSigningSecret;
const CLIENT = { id: "12345.67890", secret: PLANTED.slackClientSecret };
/** Looks the seed up before the app is installed. */
const SETUP_TOKEN = "xoxp-setup";
/** Belongs to nobody any more. */
export const DEAD_TOKEN = "xoxb-test";
const BOT_SCOPES =
  "app_mentions:read,channels:history,channels:join,channels:read,chat:write,commands,files:write,im:history,im:read,im:write,mpim:write,users:read,reactions:read";

/** A Slack of this machine: an emulator that nobody here wrote, behind a gate that plays faults. */
export interface SlackWorld {
  readonly emulator: Emulator;
  readonly gate: SlackTestServer;
  readonly teamId: string;
  /** Users by name. */
  readonly users: ReadonlyMap<string, string>;
  /** Channels by name. */
  readonly channels: ReadonlyMap<string, string>;
  /** The token that the last installation gave. */
  botToken(): string | undefined;
  /** Asks the Web API as the bot that was installed last, before as anybody. */
  call(method: string, body: object): Promise<Record<string, unknown>>;
  /** A file, as ann reads it. */
  download(url: string): Promise<Buffer>;
  stop(): Promise<void>;
}

/** Starts a Slack whose app may send people back to `redirectUri`. */
export async function openSlackWorld(redirectUri: string, now?: () => Date): Promise<SlackWorld> {
  const emulator = await createEmulator({
    service: "slack",
    port: await freePort(),
    seed: {
      slack: {
        strict_scopes: true,
        team: { name: "Acme", domain: "acme" },
        users: [
          { name: "ann", real_name: "Ann" },
          { name: "bob", real_name: "Bob" },
        ],
        channels: [{ name: "general" }, { name: "ic_tavern" }, { name: "ic_forest" }],
        tokens: [
          { token: SETUP_TOKEN, user: "ann", scopes: [...BOT_SCOPES.split(","), "files:read"] },
          { token: DEAD_TOKEN, user: "hall", scopes: [] },
        ],
        oauth_apps: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            app_id: "A000000001",
            name: "Guildhall",
            redirect_uris: [redirectUri],
            scopes: BOT_SCOPES.split(","),
          },
        ],
      },
    },
  });
  const gate = await SlackTestServer.start({ upstream: emulator.url, ...(now ? { now } : {}) });
  const botToken = () => {
    const token = gate.calls.findLast(
      ({ method, body }) => method === "oauth.v2.access" && body["grant_type"] !== "refresh_token",
    )?.answer["access_token"];
    return typeof token === "string" ? token : undefined;
  };
  const call: SlackWorld["call"] = async (method, body) => {
    const response = await fetch(new URL(`/api/${method}`, emulator.url), {
      method: "POST",
      headers: { authorization: `Bearer ${botToken() ?? SETUP_TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return JSON.parse(await response.text());
  };
  const { team_id } = await call("auth.test", {});
  const { members } = await call("users.list", {});
  const { channels } = await call("conversations.list", {});
  return {
    emulator,
    gate,
    call,
    botToken,
    download: async (url) => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${SETUP_TOKEN}` } });
      if (!response.ok) throw new Error(`the file ${url} cannot be read: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
    teamId: String(team_id),
    users: byName(members),
    channels: byName(channels),
    stop: async () => {
      await gate.stop();
      await emulator.close();
    },
  };
}

/** A hall that is served with Slack as a way in. */
export interface SlackHall extends TestHall {
  readonly origin: string;
  readonly adapter: SlackAdapter;
  readonly world: SlackWorld;
  readonly sender: SlackSender;
  actor(name: string, channel?: string): SlackActor;
}

/** Serves a hall with Slack, before anything is installed. */
export async function openSlackHall(options: {
  readonly databaseUrl: string;
  readonly settings?: Record<string, unknown>;
  readonly modules?: readonly Module[];
  readonly clock?: Clock;
  /** What Slack is to do from the first call on. */
  readonly beforeConnect?: (world: SlackWorld) => void;
}): Promise<SlackHall> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const world = await openSlackWorld(
    `${origin}/slack/oauth`,
    options.clock && (() => options.clock?.now() ?? new Date()),
  );
  const test = await openTestHall({
    url: options.databaseUrl,
    modules: options.modules ?? [sampleModule],
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const settings = SlackSettings.parse({
    signingSecret: SIGNING_SECRET,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    apiUrl: world.gate.apiUrl,
    ...options.settings,
  });
  const adapter = new SlackAdapter({ hall: test.hall, settings, publicUrl: origin, log: silentLog });
  for (const command of adapter.commands) test.hall.registry.add(command, { module: "slack" });
  const app = await createServer({
    hall: test.hall,
    log: silentLog,
    mounts: [(scope) => adapter.mount(scope)],
    chatSetUps: [adapter.setUp],
    options: { publicUrl: origin, allowedHosts: [], requestsPerMinute: 1_000_000 },
  });
  await app.listen({ host: "127.0.0.1", port });
  options.beforeConnect?.(world);
  const disconnect = adapter.whyOff === undefined ? await adapter.connect() : async () => undefined;
  const signer = new SlackSigner(SIGNING_SECRET);
  const now = () => test.hall.clock.now();
  return {
    ...test,
    origin,
    adapter,
    world,
    sender: new SlackSender({ signer, origin, now }),
    actor: (name, channel = "general") => ({
      teamId: world.teamId,
      userId: world.users.get(name) ?? name,
      userName: name,
      channelId: world.channels.get(channel) ?? channel,
      channelName: channel,
    }),
    stop: async () => {
      await disconnect();
      await app.close();
      await test.stop();
      await world.stop();
    },
  };
}

/** Goes through the installation as a browser does; the last answer. */
export async function install(
  hall: SlackHall,
  change: { state?: string; cookie?: string; path?: string } = {},
): Promise<Response> {
  const begun = await fetch(`${hall.origin}/slack/install`, { redirect: "manual" });
  const consent = new URL(begun.headers.get("location") ?? "");
  const cookie = (begun.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const page = await (await fetch(onEmulator(hall, consent))).text();
  const form = new URLSearchParams();
  for (const [, name = "", value = ""] of /<form[\s\S]*?<\/form>/
    .exec(page)?.[0]
    .matchAll(/name="([^"]*)" value="([^"]*)"/g) ?? []) {
    form.append(name, value.replaceAll("&amp;", "&"));
  }
  const allowed = await fetch(onEmulator(hall, new URL("/oauth/v2/authorize/callback", consent)), {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  const back = new URL(allowed.headers.get("location") ?? "");
  if (change.path !== undefined) back.pathname = change.path;
  if (change.state !== undefined) back.searchParams.set("state", change.state);
  return await fetch(back, { redirect: "manual", headers: { cookie: change.cookie ?? cookie } });
}

function onEmulator({ world }: SlackHall, address: URL): URL {
  return new URL(address.pathname + address.search, world.emulator.url);
}

function byName(list: unknown): Map<string, string> {
  const entries: { id: string; name: string }[] = JSON.parse(JSON.stringify(list ?? []));
  return new Map(entries.map(({ id, name }) => [name, id]));
}

/** A hall whose app is installed in its workspace, for all tests of a describe block. */
export function useSlackHall(store: TestStore): () => SlackHall {
  let hall: SlackHall | undefined;
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await store.createDatabase();
    hall = await openSlackHall({ databaseUrl: database.url });
    await install(hall);
  });
  afterAll(async () => {
    await hall?.stop();
    await database?.drop();
  });
  return () => {
    if (!hall) throw new Error("the hall is open only while tests run");
    return hall;
  };
}
