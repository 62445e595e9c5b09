import {
  ChannelType,
  MessageFlags,
  MessageType,
  OverwriteType,
  PermissionFlagsBits,
  type APIApplicationCommand,
  type APIMessage,
  type APITextChannel,
  type APIThreadChannel,
  type APIUser,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { checkCommands } from "./command-rules.ts";
import { unknown } from "./discord-refusal.ts";
import { checkMessage, type MessageBody, type SentFile } from "./message-rules.ts";

/** How long the token of an interaction may be used. */
export const TOKEN_MILLISECONDS = 15 * 60 * 1000;
const EPOCH = 1420070400000n;
const READ_PAGE = 50;

/** A message with what a test wants to know of it. */
export interface HeldMessage {
  readonly message: APIMessage;
  readonly files: readonly SentFile[];
  readonly allowedMentions: MessageBody["allowed_mentions"] | undefined;
  readonly edits: number;
}

/** An interaction that was sent to the application. */
export interface HeldInteraction {
  readonly id: string;
  readonly token: string;
  readonly channelId: string;
  readonly sentAt: number;
  /** The first answer: a deferral or a message; undefined while there is none. */
  originalId: string | undefined;
  /** Whether the first answer is still "thinking". */
  deferred: boolean;
}

/** What the pretended Discord knows: users, channels, messages, interactions and registered commands. */
export class DiscordWorld {
  readonly applicationId: string;
  readonly bot: APIUser;
  readonly interactions = new Map<string, HeldInteraction>();
  readonly #now: () => Date;
  readonly #channels = new Map<string, APITextChannel>();
  readonly #messages = new Map<string, HeldMessage[]>();
  readonly #commands = new Map<string, APIApplicationCommand[]>();
  #count = 0n;

  constructor({ applicationId, now }: { readonly applicationId: string; readonly now: () => Date }) {
    this.applicationId = applicationId;
    this.#now = now;
    this.bot = testUser({ id: applicationId, username: "hall", bot: true });
  }

  /** A new snowflake: later ones are greater. */
  newId(): string {
    this.#count += 1n;
    return (((BigInt(this.#now().getTime()) - EPOCH) << 22n) + this.#count).toString();
  }

  /** Makes a text channel of a guild; one that is private not everybody there may view. */
  addChannel(given: { id?: string; guildId: string; name: string; isPrivate?: boolean }): string {
    const { id = this.newId(), guildId, name, isPrivate = false } = given;
    const everybody = { id: guildId, type: OverwriteType.Role, allow: "0" };
    this.#channels.set(id, {
      id,
      type: ChannelType.GuildText,
      guild_id: guildId,
      name,
      position: 0,
      permission_overwrites: isPrivate
        ? [{ ...everybody, deny: PermissionFlagsBits.ViewChannel.toString() }]
        : [],
      nsfw: false,
      parent_id: null,
      rate_limit_per_user: 0,
      topic: null,
    });
    this.#messages.set(id, []);
    return id;
  }

  /** Begins a thread on a message. Returns its id, which is the message's, as Discord's are. */
  beginThread(channelId: string, messageId: string, name: string): string {
    const held = this.#messages.get(channelId) ?? [];
    const index = held.findIndex(({ message }) => message.id === messageId);
    const old = held[index];
    if (!old) throw unknown(10008, "Message");
    // A channel like its parent, but not in the guild's list.
    const { guild_id: guildId, ...parent } = this.channel(channelId);
    if (guildId === undefined) throw unknown(10003, "Channel");
    this.#channels.set(messageId, { ...parent, id: messageId, name });
    const opening = emptyMessage({
      id: this.newId(),
      channelId: messageId,
      author: this.bot,
      at: this.#now(),
    });
    this.#messages.set(messageId, [
      { ...old, message: { ...opening, type: MessageType.ThreadStarterMessage }, files: [] },
    ]);
    const thread: APIThreadChannel = {
      id: messageId,
      type: ChannelType.PublicThread,
      name,
      parent_id: channelId,
      applied_tags: [],
    };
    held[index] = { ...old, message: { ...old.message, thread } };
    return messageId;
  }

  /** Takes a channel away with its messages. */
  deleteChannel(id: string): void {
    this.#channels.delete(id);
    this.#messages.delete(id);
  }

  /** @throws DiscordRefusal 10003 */
  channel(id: string): APITextChannel {
    const channel = this.#channels.get(id);
    if (!channel) throw unknown(10003, "Channel");
    return channel;
  }

  /** The name of a channel, where it has one. */
  nameOf(id: string): string | undefined {
    return this.#channels.get(id)?.name;
  }

  /** The guilds that the bot is in: those with a channel. */
  guilds(): readonly { readonly id: string; readonly name: string }[] {
    const ids = new Set([...this.#channels.values()].map((channel) => channel.guild_id ?? "@me"));
    return [...ids].filter((id) => id !== "@me").map((id) => ({ id, name: `guild ${id}` }));
  }

  /** The channels of a guild. */
  channelsOf(guildId: string): readonly APITextChannel[] {
    return [...this.#channels.values()].filter((channel) => channel.guild_id === guildId);
  }

  /** Everything that stands in a channel, oldest first, ephemeral messages too. */
  messages(channelId: string): readonly HeldMessage[] {
    return this.#messages.get(channelId) ?? [];
  }

  /** A page of what a bot may read of a channel, newest first. @throws DiscordRefusal 10003 */
  history(
    channelId: string,
    { before, after, limit = READ_PAGE }: { before?: string; after?: string; limit?: number },
  ) {
    this.channel(channelId);
    const readable = this.messages(channelId)
      .map(({ message }) => message)
      .filter(({ id, flags = 0 }) => {
        const isEphemeral = (flags & MessageFlags.Ephemeral) !== 0;
        const isBefore = before === undefined || BigInt(id) < BigInt(before);
        return !isEphemeral && isBefore && (after === undefined || BigInt(id) > BigInt(after));
      });
    return (after === undefined ? readable.slice(-limit) : readable.slice(0, limit)).toReversed();
  }

  /** Writes a message as its author. @throws DiscordRefusal */
  post(given: {
    readonly channelId: string;
    readonly body: MessageBody;
    readonly files?: readonly SentFile[];
    readonly author?: APIUser;
  }): HeldMessage {
    const { channelId, body, files = [], author = this.bot } = given;
    checkMessage(body, { files, isNew: true });
    const held = this.#messages.get(channelId);
    if (!held) throw unknown(10003, "Channel");
    const made: HeldMessage = {
      message: {
        ...emptyMessage({ id: this.newId(), channelId, author, at: this.#now() }),
        ...partsOf(body),
        ...(body.flags === undefined ? {} : { flags: body.flags }),
        attachments: files.map((file, index) => attachment(file, String(index))),
      },
      files,
      allowedMentions: body.allowed_mentions,
      edits: 0,
    };
    held.push(made);
    return made;
  }

  /** Changes a message. @throws DiscordRefusal */
  edit(given: {
    readonly channelId: string;
    readonly id: string;
    readonly body: MessageBody;
    readonly files?: readonly SentFile[];
  }): HeldMessage {
    const { channelId, id, body, files = [] } = given;
    const held = this.#messages.get(channelId) ?? [];
    const index = held.findIndex(({ message }) => message.id === id);
    const old = held[index];
    if (!old) throw unknown(10008, "Message");
    checkMessage(body, { files, isNew: false });
    const keeps = body.attachments === undefined || body.attachments === null;
    const made: HeldMessage = {
      message: {
        ...old.message,
        ...partsOf(body),
        edited_timestamp: this.#now().toISOString(),
        attachments: keeps
          ? [...old.message.attachments, ...files.map((file, at) => attachment(file, `n${at}`))]
          : files.map((file, at) => attachment(file, `n${at}`)),
      },
      files: keeps ? [...old.files, ...files] : files,
      allowedMentions: body.allowed_mentions ?? old.allowedMentions,
      edits: old.edits + 1,
    };
    held[index] = made;
    return made;
  }

  /** Takes a message away. @throws DiscordRefusal 10008 */
  remove(channelId: string, id: string): void {
    const held = this.#messages.get(channelId) ?? [];
    const index = held.findIndex(({ message }) => message.id === id);
    if (index < 0) throw unknown(10008, "Message");
    held.splice(index, 1);
  }

  /** @throws DiscordRefusal 10008 */
  message(channelId: string, id: string): HeldMessage {
    const found = this.messages(channelId).find(({ message }) => message.id === id);
    if (!found) throw unknown(10008, "Message");
    return found;
  }

  /** Notes an interaction and gives its token. */
  beginInteraction(channelId: string): HeldInteraction {
    const id = this.newId();
    const made: HeldInteraction = {
      id,
      token: Buffer.from(`interaction:${id}`).toString("base64url"),
      channelId,
      sentAt: this.#now().getTime(),
      originalId: undefined,
      deferred: false,
    };
    this.interactions.set(made.token, made);
    return made;
  }

  /** The interaction behind a token. @throws DiscordRefusal 401 with code 50027 when its time has passed */
  interaction(token: string): HeldInteraction {
    const found = this.interactions.get(token);
    if (!found) throw unknown(10015, "Webhook");
    if (this.#now().getTime() - found.sentAt > TOKEN_MILLISECONDS) {
      throw Object.assign(unknown(50027, "Webhook"), {
        status: 401,
        body: { code: 50027, message: "Invalid Webhook Token" },
      });
    }
    return found;
  }

  /** The commands of the application, or of one guild. */
  commands(guildId?: string): readonly APIApplicationCommand[] {
    return this.#commands.get(guildId ?? "") ?? [];
  }

  /** Puts this list of commands in place of the one before. @throws DiscordRefusal */
  replaceCommands(
    bodies: RESTPutAPIApplicationCommandsJSONBody,
    guildId?: string,
  ): readonly APIApplicationCommand[] {
    checkCommands(bodies);
    const known = new Map(this.commands(guildId).map((command) => [command.name, command]));
    const made = bodies.map((body): APIApplicationCommand => {
      const { default_member_permissions: permissions = null } = body;
      return {
        description: "",
        nsfw: false,
        ...(guildId === undefined ? { contexts: null, integration_types: [0] } : { guild_id: guildId }),
        ...asHeld(body),
        type: body.type ?? 1,
        default_member_permissions: permissions?.toString() ?? null,
        id: known.get(body.name)?.id ?? this.newId(),
        application_id: this.applicationId,
        version: this.newId(),
      };
    });
    this.#commands.set(guildId ?? "", made);
    return made;
  }
}

/** A person, or a bot, as Discord describes one. */
export function testUser({
  id,
  username,
  bot = false,
}: {
  id: string;
  username: string;
  bot?: boolean;
}): APIUser {
  return { id, username, discriminator: "0", global_name: null, avatar: null, ...(bot ? { bot } : {}) };
}

/** What Discord gives back of a body: without fields that say nothing, as its real answers are. */
function asHeld(body: RESTPutAPIApplicationCommandsJSONBody[number]) {
  const trimmed: unknown = JSON.parse(
    JSON.stringify({ ...body, default_member_permissions: undefined }, (_key, value: unknown) =>
      value === false || (Array.isArray(value) && value.length === 0) ? undefined : value,
    ),
  );
  // Only fields that may be absent were taken away.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return trimmed as Partial<APIApplicationCommand> & { readonly name: string };
}

function partsOf({ content, embeds, components }: MessageBody) {
  return {
    ...(content === undefined ? {} : { content: content ?? "" }),
    ...(embeds ? { embeds } : {}),
    // Discord adds an id to each component, which no client needs.
    ...(components ? { components: components as APIMessage["components"] & object } : {}),
  };
}

function attachment({ name, mime, bytes }: SentFile, id: string) {
  const url = `https://cdn.example.org/${id}/${encodeURIComponent(name)}`;
  return { id, filename: name, size: bytes.length, url, proxy_url: url, content_type: mime };
}

function emptyMessage(given: { id: string; channelId: string; author: APIUser; at: Date }): APIMessage {
  return {
    id: given.id,
    channel_id: given.channelId,
    author: given.author,
    content: "",
    timestamp: given.at.toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    type: MessageType.Default,
    components: [],
  };
}
