import type { Chunk } from "./chunk.ts";
import type { JsonValue } from "./json.ts";
import type { WorkspaceName } from "./settings.ts";

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
  /** Whether it is for some of the workspace only. */
  readonly isPrivate: boolean;
}

/** A file that hangs on a message: what the platform says of it, never its content. */
export interface ChatFile {
  /** The platform's id. */
  readonly id: string;
  readonly name: string;
  /** The MIME type; null where the platform tells none. */
  readonly mime: string | null;
  /** In bytes; null where the platform tells none. */
  readonly size: number | null;
}

/** A message as it stands in a channel. */
export interface ChatMessage {
  /** The platform's id, unique within the channel. */
  readonly id: string;
  /** Where it stands: a message that was written later has a greater one, and no two of a channel have the same. */
  readonly position: bigint;
  readonly at: Date;
  /** When it was last changed; null when it never was. */
  readonly editedAt: Date | null;
  /** The id of the thread that it is an answer in; null for a message of the channel itself. */
  readonly answerIn: string | null;
  /** The id of the thread that hangs on it; null when there is none. */
  readonly thread: string | null;
  /** The platform's id of who wrote it; null for the platform itself. */
  readonly authorId: string | null;
  /** As the message itself names them; null where it does not, as Slack's seldom do. */
  readonly authorName: string | null;
  /** Whether the hall wrote it. */
  readonly isOwn: boolean;
  /** False for what the platform put there, such as "has joined the channel". */
  readonly isByPerson: boolean;
  /** Whether it only marks where a deleted message stood, since a thread hangs on that. */
  readonly isDeleted: boolean;
  readonly text: string;
  readonly files: readonly ChatFile[];
  /** The message as the platform gave it, without a workspace id and without anything left out. */
  readonly raw: JsonValue;
}

/**
 * A part of a history: what stands between two positions, and both ends as far as they are messages. A message that was
 * seen there before and is not in it has been deleted. Null is the beginning, or the end.
 */
export interface ChatPage {
  readonly after: bigint | null;
  readonly before: bigint | null;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
}

/** What stands behind the reading of a history. */
export interface ChatReading {
  /** Ends waiting for the platform; the reading throws its reason. */
  readonly signal?: AbortSignal;
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
   * The messages of a channel page by page, the newest page first, since that is how all platforms keep them; one page
   * at a time is in memory. Answers in threads are not among them, but for those that were also sent to the channel.
   *
   * @param range.since the pages end at this instant; at the channel's beginning when left out
   * @param range.before begins below this position, as a reader does that was interrupted
   */
  history(
    channel: ChatChannel,
    range?: ChatReading & { readonly since?: Date; readonly before?: bigint },
  ): AsyncIterable<ChatPage>;
  /** All answers in a thread, page by page; the pages rise or fall, as the platform keeps them. */
  answers(channel: ChatChannel, thread: string, reading?: ChatReading): AsyncIterable<ChatPage>;
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
  /**
   * Those of a workspace's channels, by the platform's ids, that a person is in, as far as the hall has met them there:
   * the rule by which the hall shows people the threads of channels.
   */
  channelsOf(userId: string, workspace: WorkspaceName): Promise<readonly string[]>;
}

/** The channels of one platform, as its adapter gives them: who is where, the hall itself knows. */
export type PlatformChannels = Omit<ChatChannels, "channelsOf">;
