import {
  AllowedMentionsTypes,
  MessageFlags,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIEmbed,
  type RESTPostAPIChannelMessageJSONBody,
} from "discord-api-types/v10";

/** A file that goes with a message. */
export interface DiscordFile {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
  /** Read aloud, for a picture. */
  readonly description?: string;
}

/** A message as the adapter writes one: within Discord's limits, and unable to ping anybody. */
export interface DiscordMessage {
  /** Markdown, 2,000 characters at most. */
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly files: readonly DiscordFile[];
  readonly rows: readonly APIActionRowComponent<APIButtonComponent>[];
  /** Only the person who asked sees it. */
  readonly isEphemeral: boolean;
  /** Calls everybody in the channel, which nothing in the text can. */
  readonly callsEveryone?: boolean;
}

/** Mentions show a name and ping nobody, whatever text a person typed. */
const NO_PINGS: RESTPostAPIChannelMessageJSONBody["allowed_mentions"] = { parse: [], users: [], roles: [] };
const EVERYONE = { parse: [AllowedMentionsTypes.Everyone] };

/** The body of a request that writes a message for everybody, or that edits one; files apart. */
export function messageBody(message: DiscordMessage) {
  return {
    content: message.callsEveryone ? `@everyone ${message.content}`.trimEnd() : message.content,
    embeds: [...message.embeds],
    components: [...message.rows],
    // Left out, an edit keeps the files that are there.
    ...(message.files.length === 0 ? {} : { attachments: message.files.map(attachment) }),
    allowed_mentions: message.callsEveryone ? EVERYONE : NO_PINGS,
  };
}

/** The body of a request that answers an interaction, where a message can be for the asker alone. */
export function answerBody(message: DiscordMessage) {
  return { ...messageBody(message), ...(message.isEphemeral ? { flags: MessageFlags.Ephemeral } : {}) };
}

function attachment({ name, description }: DiscordFile, index: number) {
  return { id: String(index), filename: name, ...(description === undefined ? {} : { description }) };
}

/** A message of text alone. */
export function textMessage(
  content: string,
  { isEphemeral = false }: { readonly isEphemeral?: boolean } = {},
): DiscordMessage {
  return { content, embeds: [], files: [], rows: [], isEphemeral };
}
