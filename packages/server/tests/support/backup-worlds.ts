import { DiscordTestServer, SlackHistory, SlackTestServer, testUser } from "@guildhall/chat-test-servers";
import type { PlatformChannels } from "@guildhall/sdk";
import { DiscordChannels } from "../../src/adapters/discord/discord-channels.ts";
import { DiscordRestApi } from "../../src/adapters/discord/discord-rest-api.ts";
import { SlackChannels } from "../../src/adapters/slack/slack-channels.ts";
import { SlackInstallations } from "../../src/adapters/slack/slack-installations.ts";
import { SlackSettings } from "../../src/adapters/slack/slack-settings.ts";
import { SlackWorkspaces } from "../../src/adapters/slack/slack-workspaces.ts";
import type { Hall } from "../../src/hall/open-hall.ts";
import { SealedBox } from "../../src/hall/sealed-box.ts";
import { PLANTED } from "./planted-secrets.ts";
import { silentLog } from "./silent-log.ts";
import { testSecretKey } from "./test-hall.ts";

/** A chat platform of this machine with a history that tests write. */
export interface BackupWorld {
  readonly adapter: string;
  readonly workspaceId: string;
  readonly apiUrl: string;
  addChannel(name: string, options?: { readonly isPrivate?: boolean }): string;
  /** The id of the message. */
  write(channel: string, text: string, more?: { readonly thread?: string; readonly file?: string }): string;
  edit(channel: string, id: string, text: string): void;
  remove(channel: string, id: string): void;
  /** Takes a thread away with all that is in it. */
  removeThread(channel: string, thread: string, answers: readonly string[]): void;
  /** Lets the next readings of histories go wrong, after so many that go well. */
  breakDown(options: { readonly after: number; readonly status: number; readonly times: number }): void;
  heal(): void;
  /** How often a history or a thread was asked for. */
  readings(): number;
  /** How long the platform made the hall wait, in milliseconds. */
  readonly waits: readonly number[];
  /** The platform's channels, as its adapter gives them to a hall. */
  channels(hall: Hall): PlatformChannels;
  stop(): Promise<void>;
}

/** A Slack of this machine. */
export async function openSlackBackupWorld(now: () => Date): Promise<BackupWorld> {
  const history = new SlackHistory({ largestPage: 15, now });
  const gate = await SlackTestServer.start({ history, now });
  const waits: number[] = [];
  return {
    adapter: "slack",
    workspaceId: history.teamId,
    apiUrl: gate.apiUrl,
    addChannel: (name) => history.addChannel(name),
    write: (channel, text, { thread, file } = {}) =>
      history.write(channel, text, {
        ...(thread === undefined ? {} : { thread }),
        ...(file === undefined ? {} : { files: [{ id: "F1", name: file, mimetype: "image/png", size: 12 }] }),
      }),
    edit: (channel, id, text) => history.edit(channel, id, text),
    remove: (channel, id) => history.remove(channel, id),
    removeThread: (channel, thread, answers) => {
      for (const id of [thread, ...answers]) history.remove(channel, id);
    },
    breakDown: ({ after, status, times }) => {
      const answer = { status, headers: { "retry-after": "30" }, body: "{}" };
      gate.play({ path: "/api/conversations.history", after, times, ...answer });
    },
    heal: () => gate.heal(),
    readings: () =>
      gate.calls.filter(({ method }) => /^conversations\.(history|replies)$/.test(method)).length,
    waits,
    channels: (hall) => openSlackChannels(hall, { teamId: history.teamId, apiUrl: gate.apiUrl, waits }),
    stop: () => gate.stop(),
  };
}

/** A Discord of this machine. */
export async function openDiscordBackupWorld(now: () => Date): Promise<BackupWorld> {
  const server = await DiscordTestServer.start({ limit: { requests: 10_000, milliseconds: 1000 }, now });
  const { world } = server;
  const workspaceId = "900000000000000001";
  const author = testUser({ id: "700000000000000001", username: "ann" });
  const threads = new Set<string>();
  return {
    adapter: "discord",
    workspaceId,
    apiUrl: server.apiUrl,
    addChannel: (name, options = {}) => world.addChannel({ guildId: workspaceId, name, ...options }),
    write: (channel, text, { thread, file } = {}) => {
      if (thread !== undefined && !threads.has(thread)) {
        world.beginThread(channel, thread, "a thread");
        threads.add(thread);
      }
      const files = file === undefined ? [] : [{ name: file, mime: "image/png", bytes: new Uint8Array(12) }];
      return world.post({ channelId: thread ?? channel, body: { content: text }, author, files }).message.id;
    },
    edit: (channelId, id, content) => void world.edit({ channelId, id, body: { content } }),
    remove: (channel, id) => world.remove(channel, id),
    removeThread: (_channel, thread) => world.deleteChannel(thread),
    breakDown: ({ after, status, times }) => {
      server.fail({ path: /^\/channels\/\d+\/messages/, how: { status, retryAfter: 0.01 }, times, after });
    },
    heal: () => server.heal(),
    readings: () =>
      server.requests.filter(
        ({ method, path }) => method === "GET" && /^\/channels\/\d+\/messages/.test(path),
      ).length,
    waits: [],
    channels: () =>
      new DiscordChannels(
        new DiscordRestApi({
          apiUrl: server.apiUrl,
          applicationId: world.applicationId,
          token: server.token,
        }),
      ),
    stop: () => server.stop(),
  };
}

/** The channels of one workspace of Slack, whose waiting times are noted and not waited for. */
export function openSlackChannels(
  hall: Pick<Hall, "installations" | "clock">,
  given: { readonly teamId: string; readonly apiUrl: string; readonly waits: number[] },
): SlackChannels {
  const { installations, clock } = hall;
  const workspaces = new SlackWorkspaces({
    settings: SlackSettings.parse({
      botTokens: [`${given.teamId}=${PLANTED.slackBotToken}`],
      apiUrl: given.apiUrl,
    }),
    installations: new SlackInstallations({
      store: installations,
      box: new SealedBox({ secretKey: testSecretKey, purpose: "slack tokens" }),
    }),
    provider: async () => undefined,
    clock,
    log: silentLog,
    fetch: globalThis.fetch,
  });
  return new SlackChannels({
    workspaces,
    delay: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      given.waits.push(milliseconds);
    },
  });
}
