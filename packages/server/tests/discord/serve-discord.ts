import {
  DiscordTestServer,
  testUser,
  type Actor,
  type DiscordTestOptions,
} from "@guildhall/chat-test-servers";
import type { Logger, Module } from "@guildhall/sdk";
import { DiscordAdapter } from "../../src/adapters/discord/discord-adapter.ts";
import { DiscordSettings } from "../../src/adapters/discord/discord-settings.ts";
import type { AnswerTime } from "../../src/adapters/discord/answer-time.ts";
import { createServer } from "../../src/http/create-server.ts";
import { sampleModule } from "../support/sample-module.ts";
import { silentLog } from "../support/silent-log.ts";
import { openTestHall, type TestHall } from "../support/test-hall.ts";

/** The guild of these tests. */
export const GUILD = "900000000000000001";

/** A hall that a Discord of this machine can reach. */
export interface DiscordHall extends TestHall {
  readonly discord: DiscordTestServer;
  readonly channelId: string;
  readonly endpoint: string;
  /** Somebody in the channel, or in a direct message with the bot. */
  actor(name: string, options?: { readonly direct?: boolean }): Actor;
  /** What stands in the channel: texts and the descriptions of embeds, oldest first. */
  texts(): string[];
}

/** How to serve a hall to Discord. */
export interface DiscordHallOptions {
  readonly url: string;
  readonly modules?: readonly Module[];
  /** The clock and timers of hall and Discord alike; the machine's when left out. */
  readonly time?: AnswerTime;
  readonly limit?: DiscordTestOptions["limit"];
  readonly answerMilliseconds?: number;
  readonly settings?: Partial<Record<keyof DiscordSettings, unknown>>;
  readonly log?: Logger;
  /** Whether to connect: without it only the endpoint stands. */
  readonly connect?: boolean;
  /** Joins a Discord that is there already. */
  readonly discord?: DiscordTestServer;
}

let people = 0;
const ids = new Map<string, string>();

function idOf(name: string): string {
  const known = ids.get(name);
  if (known !== undefined) return known;
  people += 1;
  const made = String(700000000000000000n + BigInt(people));
  ids.set(name, made);
  return made;
}

/** Opens a hall, serves it, and connects it with a Discord of this machine. */
export async function serveDiscord(options: DiscordHallOptions): Promise<DiscordHall> {
  const { url, time, log = silentLog, limit = { requests: 1000, milliseconds: 1000 } } = options;
  const discord =
    options.discord ??
    (await DiscordTestServer.start({
      limit,
      answerMilliseconds: options.answerMilliseconds,
      ...(time ? { now: () => time.now() } : {}),
    }));
  const test = await openTestHall({
    url,
    modules: options.modules ?? [sampleModule],
    log,
    ...(time ? { clock: time } : {}),
  });
  const adapter = new DiscordAdapter({
    hall: test.hall,
    settings: DiscordSettings.parse({
      publicKey: discord.signer.publicKey,
      applicationId: discord.world.applicationId,
      token: discord.token,
      apiUrl: discord.apiUrl,
      ...options.settings,
    }),
    publicUrl: "https://hall.example.org",
    log,
    ...(time ? { time } : {}),
  });
  for (const command of adapter.commands) test.hall.registry.add(command, { module: adapter.name });
  const app = await createServer({
    hall: test.hall,
    log,
    mounts: [(scope) => adapter.mount(scope)],
    options: { publicUrl: undefined, allowedHosts: [], requestsPerMinute: 1_000_000 },
  });
  const endpoint = `${await app.listen({ host: "127.0.0.1", port: 0 })}/discord/interactions`;
  discord.interactions.connect(endpoint);
  const [existing] = discord.world.channelsOf(GUILD);
  const channelId = existing?.id ?? discord.world.addChannel({ guildId: GUILD, name: "table" });
  const disconnect = (options.connect ?? true) ? await adapter.connect() : async () => undefined;
  return {
    ...test,
    discord,
    channelId,
    endpoint,
    actor: (name, { direct = false } = {}) => {
      const user = testUser({ id: idOf(name), username: name });
      if (!direct) return { user, channelId, guildId: GUILD };
      const directId = `${user.id}0`;
      if (!discord.world.channelsOf("@me").some(({ id }) => id === directId)) {
        discord.world.addChannel({ id: directId, guildId: "@me", name: `dm-${user.id}` });
      }
      return { user, channelId: directId };
    },
    texts: () =>
      discord.world
        .messages(channelId)
        .map(({ message }) =>
          [message.content, ...message.embeds.map(({ description = "" }) => description)]
            .filter((text) => text !== "")
            .join("\n"),
        ),
    stop: async () => {
      await disconnect();
      await app.close();
      await test.stop();
      if (!options.discord) await discord.stop();
    },
  };
}
