import type {
  APIApplicationCommand,
  APIInteractionResponse,
  APIMessage,
  RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import type { DiscordMessage } from "./discord-message.ts";

/** Why Discord did not do what was asked, by what can be done about it. */
export type DiscordFault =
  /** The token, message or channel is gone, or the bot may not go there: trying again is of no use. */
  | "gone"
  /** Discord would not have it in this form: a mistake of ours. */
  | "refused"
  /** The bot's token is not valid. */
  | "unauthorized"
  /** Discord is away, too slow, or wants fewer requests: later it may go. */
  | "unavailable";

/** A request that Discord did not carry out. */
export class DiscordApiError extends Error {
  readonly fault: DiscordFault;

  constructor(fault: DiscordFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DiscordApiError";
    this.fault = fault;
  }
}

/** A channel of a guild, as far as the hall uses one. */
export interface DiscordChannel {
  readonly id: string;
  readonly name: string;
  /** Whether not everybody in the guild may view it. */
  readonly isPrivate: boolean;
}

/** A page of a channel's history: so many messages before one. */
export interface HistoryPage {
  readonly before?: string | undefined;
  /** 1 to 100. */
  readonly limit: number;
}

/**
 * What the adapter asks of Discord. Every method throws a {@link DiscordApiError}; rate limits are waited for where
 * that takes seconds, and are `unavailable` where it takes longer.
 */
export interface DiscordApi {
  /** Answers an interaction that came by the gateway. */
  answer(interaction: { id: string; token: string }, response: APIInteractionResponse): Promise<void>;
  editOriginal(token: string, message: DiscordMessage): Promise<void>;
  /** Adds a message to an interaction's answer; gives its id. */
  followUp(token: string, message: DiscordMessage): Promise<string>;
  editFollowUp(token: string, messageId: string, message: DiscordMessage): Promise<void>;
  /** Posts as the bot; gives the message's id. */
  createMessage(channelId: string, message: DiscordMessage): Promise<string>;
  editMessage(channelId: string, messageId: string, message: DiscordMessage): Promise<void>;
  /** Deletes a message of the bot's own. */
  deleteMessage(channelId: string, messageId: string): Promise<void>;
  /** The channel of the bot's direct messages with a person. */
  directChannel(userId: string): Promise<string>;
  /** The bot's own user id. */
  ownUserId(): Promise<string>;
  /** The ids of the guilds that the bot is in. */
  listGuilds(): Promise<readonly string[]>;
  /** The text channels of a guild. */
  listChannels(guildId: string): Promise<readonly DiscordChannel[]>;
  /** Messages of a channel, newest first. */
  history(channelId: string, page: HistoryPage): Promise<readonly APIMessage[]>;
  /** The registered commands: of all guilds, or of one. */
  listCommands(guildId?: string): Promise<readonly APIApplicationCommand[]>;
  /** Puts a list of commands in place of the registered ones. */
  putCommands(commands: RESTPutAPIApplicationCommandsJSONBody, guildId?: string): Promise<void>;
}
