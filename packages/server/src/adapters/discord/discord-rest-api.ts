import { API } from "@discordjs/core/http-only";
import { DiscordAPIError, HTTPError, RateLimitError, REST, type RawFile } from "@discordjs/rest";
import { ChannelType, PermissionFlagsBits, Routes, type APIInteractionResponse } from "discord-api-types/v10";
import { toError } from "../../kernel/to-error.ts";
import {
  DiscordApiError,
  type DiscordApi,
  type DiscordChannel,
  type DiscordFault,
  type HistoryPage,
} from "./discord-api.ts";
import { answerBody, messageBody, type DiscordMessage } from "./discord-message.ts";

const TIMEOUT_MILLISECONDS = 10_000;
const RETRIES = 2;
/** A limit that lasts longer is not waited for: whoever asked decides. */
const LONGEST_WAIT_MILLISECONDS = 30_000;
const GUILD_PAGE = 200;
/** Discord's codes of what is gone or out of reach: unknown things, missing access, a token whose time has passed. */
const GONE_CODES = new Set([10_003, 10_004, 10_008, 10_015, 10_062, 40_060, 50_001, 50_007, 50_013, 50_027]);

/** Discord's REST API, by its well-kept client: queues for each bucket, waits as it is told, tries faults again. */
export class DiscordRestApi implements DiscordApi {
  /** The client below, which the gateway needs. */
  readonly rest: REST;
  readonly #api: API;
  readonly #applicationId: string;

  constructor(options: {
    /** Without its version. */
    readonly apiUrl: string;
    readonly applicationId: string;
    /** Without it only what an interaction's own token allows. */
    readonly token: string | undefined;
    /** How long one request may take; 10 s when left out. */
    readonly timeoutMilliseconds?: number;
  }) {
    this.rest = new REST({
      api: options.apiUrl,
      version: "10",
      timeout: options.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS,
      retries: RETRIES,
      rejectOnRateLimit: ({ retryAfter }) => retryAfter > LONGEST_WAIT_MILLISECONDS,
    });
    if (options.token !== undefined) this.rest.setToken(options.token);
    this.#api = new API(this.rest);
    this.#applicationId = options.applicationId;
  }

  async answer(interaction: { id: string; token: string }, response: APIInteractionResponse): Promise<void> {
    const route = Routes.interactionCallback(interaction.id, interaction.token);
    await asked(this.rest.post(route, { auth: false, body: response }));
  }

  async editOriginal(token: string, message: DiscordMessage): Promise<void> {
    await asked(this.#api.interactions.editReply(this.#applicationId, token, withFiles(message)));
  }

  async followUp(token: string, message: DiscordMessage): Promise<string> {
    const body = { ...answerBody(message), files: filesOf(message) };
    const { id } = await asked(this.#api.interactions.followUp(this.#applicationId, token, body));
    return id;
  }

  async editFollowUp(token: string, messageId: string, message: DiscordMessage): Promise<void> {
    await asked(this.#api.interactions.editReply(this.#applicationId, token, withFiles(message), messageId));
  }

  async createMessage(channelId: string, message: DiscordMessage): Promise<string> {
    return (await asked(this.#api.channels.createMessage(channelId, withFiles(message)))).id;
  }

  async editMessage(channelId: string, messageId: string, message: DiscordMessage): Promise<void> {
    await asked(this.#api.channels.editMessage(channelId, messageId, withFiles(message)));
  }

  async deleteMessage(channelId: string, messageId: string): Promise<void> {
    await asked(this.#api.channels.deleteMessage(channelId, messageId));
  }

  async directChannel(userId: string): Promise<string> {
    const { id } = await asked(this.#api.users.createDM(userId));
    return id;
  }

  async ownUserId(): Promise<string> {
    const { id } = await asked(this.#api.users.getCurrent());
    return id;
  }

  async listGuilds(): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const after = ids.at(-1);
      const query = { limit: GUILD_PAGE, ...(after === undefined ? {} : { after }) };
      const page = await asked(this.#api.users.getGuilds(query));
      ids.push(...page.map(({ id }) => id));
      if (page.length < GUILD_PAGE) return ids;
    }
  }

  async listChannels(guildId: string): Promise<readonly DiscordChannel[]> {
    const channels = await asked(this.#api.guilds.getChannels(guildId));
    return channels.flatMap((channel) => {
      const { id, name, type } = channel;
      if (type !== ChannelType.GuildText && type !== ChannelType.GuildAnnouncement) return [];
      // The role of everybody has the guild's own id.
      const everybody = channel.permission_overwrites?.find((overwrite) => overwrite.id === guildId);
      const isPrivate = (BigInt(everybody?.deny ?? 0) & PermissionFlagsBits.ViewChannel) !== 0n;
      return [{ id, name: name ?? id, isPrivate }];
    });
  }

  async history(channelId: string, { before, limit }: HistoryPage) {
    const query = { limit, ...(before === undefined ? {} : { before }) };
    return await asked(this.#api.channels.getMessages(channelId, query));
  }

  async listCommands(guildId?: string) {
    const { applicationCommands } = this.#api;
    return await asked(
      guildId === undefined
        ? applicationCommands.getGlobalCommands(this.#applicationId)
        : applicationCommands.getGuildCommands(this.#applicationId, guildId),
    );
  }

  async putCommands(commands: Parameters<DiscordApi["putCommands"]>[0], guildId?: string): Promise<void> {
    const route =
      guildId === undefined
        ? Routes.applicationCommands(this.#applicationId)
        : Routes.applicationGuildCommands(this.#applicationId, guildId);
    await asked(this.rest.put(route, { body: commands }));
  }
}

function withFiles(message: DiscordMessage) {
  return { ...messageBody(message), files: filesOf(message) };
}

function filesOf({ files }: DiscordMessage): RawFile[] {
  return files.map(({ name, mime, bytes }) => ({ name, contentType: mime, data: Buffer.from(bytes) }));
}

async function asked<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    const cause = toError(error);
    throw new DiscordApiError(faultOf(cause), `Discord: ${cause.message}`, { cause });
  }
}

function faultOf(error: Error): DiscordFault {
  if (error instanceof RateLimitError) return "unavailable";
  if (error instanceof DiscordAPIError) {
    if (GONE_CODES.has(Number(error.code)) || error.status === 404 || error.status === 403) return "gone";
    return error.status === 401 ? "unauthorized" : "refused";
  }
  if (error instanceof HTTPError) return error.status === 401 ? "unauthorized" : "unavailable";
  return "unavailable";
}
