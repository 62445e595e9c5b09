import type { Logger } from "@guildhall/sdk";
import { MessageType } from "discord-api-types/v10";
import { z } from "zod";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { registryHelp } from "../../commands/help/help-document.ts";
import type { ChatSubmission } from "../../hall/chat-connection.ts";
import type { ChatService } from "../../hall/chat-service.ts";
import type { AnswerTarget } from "./answer-target.ts";
import type { DiscordApi } from "./discord-api.ts";
import { escapeDiscord } from "./discord-markdown.ts";
import { textMessage, type DiscordMessage } from "./discord-message.ts";
import { COLOURS } from "./embed-colours.ts";
import { DISCORD } from "./discord-settings.ts";
import { renderHelpEmbeds } from "./render-help.ts";

const BY_PEOPLE = new Set<number>([MessageType.Default, MessageType.Reply]);

/** A message in a channel, as far as the hall reads it. */
const IncomingMessage = z.object({
  id: z.string(),
  type: z.number(),
  channel_id: z.string(),
  guild_id: z.string().optional(),
  content: z.string(),
  author: z.object({
    id: z.string(),
    username: z.string(),
    global_name: z.string().nullish(),
    bot: z.boolean().optional(),
  }),
  member: z.object({ nick: z.string().nullish() }).optional(),
  mentions: z.array(z.object({ id: z.string() })),
});

/**
 * Answers messages that mention the bot, and direct messages, as if the words were a command (F-15): for people whose
 * client shows no slash commands, and for those who do not know them yet.
 */
export class DiscordMessages {
  readonly #chat: ChatService;
  readonly #registry: CommandRegistry;
  readonly #api: DiscordApi;
  readonly #log: Logger;

  constructor(options: {
    readonly chat: ChatService;
    readonly registry: CommandRegistry;
    readonly api: DiscordApi;
    readonly log: Logger;
  }) {
    this.#chat = options.chat;
    this.#registry = options.registry;
    this.#api = options.api;
    this.#log = options.log;
  }

  /** Takes a message of the gateway; one that is not for the bot is let pass. */
  async take(given: unknown, { ownUserId }: { readonly ownUserId: string }): Promise<void> {
    const parsed = IncomingMessage.safeParse(given);
    if (!parsed.success) {
      this.#log.debug({ err: parsed.error }, "a message of Discord was not of the known form");
      return;
    }
    const {
      id,
      type,
      channel_id: channelId,
      guild_id: guildId,
      content,
      author,
      member,
      mentions,
    } = parsed.data;
    const isForBot = guildId === undefined || mentions.some((mention) => mention.id === ownUserId);
    const isByPerson = !author.bot && BY_PEOPLE.has(type);
    if (!isForBot || !isByPerson) return;
    const line = lineOf(content, ownUserId);
    if (line === "") {
      await this.#api.createMessage(
        channelId,
        embeds(renderHelpEmbeds({ help: registryHelp(this.#registry) })),
      );
      return;
    }
    const target: AnswerTarget = { channelId, userId: author.id };
    const submission = await this.#chat.submitLine({
      account: {
        adapter: DISCORD,
        workspaceId: null,
        accountId: author.id,
        displayName: member?.nick ?? author.global_name ?? author.username,
      },
      place: {
        workspaceId: guildId ?? null,
        channelId,
        channelName: guildId === undefined ? author.username : channelId,
        isPrivate: guildId === undefined,
      },
      key: id,
      reply: JSON.stringify(target),
      line,
    });
    await this.#tell(submission, channelId);
  }

  async #tell(submission: ChatSubmission, channelId: string): Promise<void> {
    switch (submission.kind) {
      case "action":
        return submission.begin();
      case "repeated":
        return;
      case "help":
      case "line_invalid":
        await this.#api.createMessage(channelId, embeds(renderHelpEmbeds(submission)));
        return;
      case "refused": {
        const embed = { color: COLOURS.error, description: escapeDiscord(submission.message) };
        await this.#api.createMessage(channelId, embeds([embed]));
      }
    }
  }
}

/** The words of a message without the mentions of the bot; "help" anywhere asks for help. */
function lineOf(content: string, ownUserId: string): string {
  const words = content.replaceAll(new RegExp(`<@!?${ownUserId}>`, "g"), " ").trim();
  return /^(?!help\b).*\bhelp\s*$/is.test(words) ? "" : words;
}

function embeds(shown: DiscordMessage["embeds"]): DiscordMessage {
  return { ...textMessage(""), embeds: shown };
}
