import type { Chunk } from "./chunk.ts";
import type { JsonValue } from "./json.ts";

/** A channel of a chat platform that the hall can reach. */
export interface ChatChannel {
  /** "slack", "discord", ... */
  readonly adapter: string;
  /** The platform's id of the workspace. */
  readonly workspaceId: string;
  /** The platform's id of the channel. */
  readonly channelId: string;
  /** Without a leading `#`. */
  readonly name: string;
}

/** A message as it stands in a channel. */
export interface ChatMessage {
  /** The platform's id, unique within the channel. */
  readonly id: string;
  readonly at: Date;
  /** The platform's id of who wrote it; null for the platform itself. */
  readonly authorId: string | null;
  /** Whether the hall wrote it. */
  readonly isOwn: boolean;
  /** False for what the platform put there, such as "has joined the channel". */
  readonly isByPerson: boolean;
  readonly text: string;
  /** The message as the platform gave it, without a workspace id and without anything left out. */
  readonly raw: JsonValue;
}

/** Names of the channels wanted: of one workspace, or of all. */
export interface ChatChannelQuery {
  readonly adapter?: string;
  readonly workspaceId?: string;
  /** Matched against the name, without a leading `#`. */
  readonly pattern: RegExp;
}

/**
 * The channels of every chat platform that the hall is connected to, for services and for commands that write
 * elsewhere than where they were asked. Each call waits for the platform's rate limits.
 *
 * All methods throw {@link CommandError} with the code `chat_unavailable` when the platform refuses or cannot be
 * reached, and `channel_not_found` when the hall is not in such a channel and cannot join it.
 */
export interface ChatChannels {
  /** The channels whose names match, sorted by adapter, workspace and name. */
  match(query: ChatChannelQuery): Promise<ChatChannel[]>;
  /**
   * The messages after an instant (all, when left out), oldest first, page by page; answers in threads below a message
   * are not among them.
   */
  history(channel: ChatChannel, range?: { readonly after?: Date }): AsyncIterable<readonly ChatMessage[]>;
  /** The newest message that a person or the hall wrote; undefined in a channel without any. */
  lastActivity(channel: ChatChannel): Promise<{ readonly at: Date; readonly isOwn: boolean } | undefined>;
  /**
   * Writes into a channel, joining it first where that is allowed. Text in it can call nobody; `callEveryone` calls
   * everybody in the channel.
   */
  post(
    channel: Pick<ChatChannel, "adapter" | "workspaceId" | "channelId">,
    message: { readonly chunks: readonly Chunk[]; readonly callEveryone?: boolean },
  ): Promise<void>;
}
