import {
  CommandError,
  MIME,
  type ChatChannel,
  type ChatChannelQuery,
  type ChatChannels,
  type ChatPage,
  type ChatReading,
  type Chunk,
  type PlatformChannels,
} from "@guildhall/sdk";
import { z } from "zod";
import { DiscordApiError, type DiscordApi } from "./discord-api.ts";
import { discordChatMessage, positionAt, type DiscordChatMessage } from "./discord-chat-message.ts";
import type { DiscordBlock } from "./discord-block.ts";
import { codeSpan, escapeDiscord } from "./discord-markdown.ts";
import { textMessage } from "./discord-message.ts";
import { DISCORD } from "./discord-settings.ts";
import { fileBlock, packMessages } from "./pack-messages.ts";
import { renderChunk } from "./render-chunk.ts";

const PAGE = 100;
const RECENT = 50;
const Buttons = z.array(z.object({ label: z.string(), line: z.string() }));

/** Discord's channels for modules and services: they read and write as the bot. */
export class DiscordChannels implements PlatformChannels {
  readonly #api: DiscordApi;
  #ownUserId: Promise<string> | undefined;

  constructor(api: DiscordApi) {
    this.#api = api;
  }

  async match({ workspaceId, pattern }: ChatChannelQuery): Promise<ChatChannel[]> {
    return await said(async () => {
      const guilds = workspaceId === undefined ? await this.#api.listGuilds() : [workspaceId];
      const found: ChatChannel[] = [];
      for (const guildId of guilds.toSorted()) {
        const channels = await this.#api.listChannels(guildId);
        const named = channels
          .filter(({ name }) => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(name))
          .toSorted((one, other) => (one.name < other.name ? -1 : 1));
        for (const { id, name, isPrivate } of named) {
          found.push({ adapter: DISCORD, workspaceId: guildId, channelId: id, name, isPrivate });
        }
      }
      return found;
    });
  }

  async *history(
    { channelId }: ChatChannel,
    { since, before, signal }: NonNullable<Parameters<ChatChannels["history"]>[1]> = {},
  ): AsyncIterable<ChatPage> {
    const floor = since === undefined ? null : positionAt(since) - 1n;
    yield* this.#pages(channelId, { floor, upper: before ?? null, ...(signal ? { signal } : {}) });
  }

  async *answers(
    _channel: ChatChannel,
    thread: string,
    { signal }: ChatReading = {},
  ): AsyncIterable<ChatPage> {
    const pages = this.#pages(thread, { floor: null, upper: null, ...(signal ? { signal } : {}) });
    for await (const { messages, ...range } of pages) {
      const answers = messages.filter(({ isOpening }) => !isOpening);
      yield { ...range, messages: answers.map((answer) => ({ ...answer, answerIn: thread })) };
    }
  }

  async lastActivity({ channelId }: ChatChannel) {
    return await said(async () => {
      const own = await this.#own();
      let before: string | undefined;
      for (;;) {
        const page = await this.#api.history(channelId, { before, limit: RECENT });
        const real = page
          .map((message) => discordChatMessage(message, own))
          .find(({ isByPerson, isOwn }) => isByPerson || isOwn);
        if (real) return { at: real.at, isOwn: real.isOwn };
        if (page.length < RECENT) return undefined;
        before = page.at(-1)?.id;
      }
    });
  }

  async post(
    { channelId }: Pick<ChatChannel, "channelId">,
    { chunks, callEveryone = false }: Parameters<ChatChannels["post"]>[1],
  ): Promise<void> {
    const messages = packMessages(
      chunks.flatMap((chunk, index) => blocksOf(chunk, index + 1)),
      { isEnded: true },
    );
    await said(async () => {
      // A message of its own: before long text the call would not fit.
      const call = callEveryone ? [{ ...textMessage(""), callsEveryone: true }] : [];
      for (const message of [...call, ...messages]) await this.#api.createMessage(channelId, message);
    });
  }

  async *#pages(
    channelId: string,
    range: { readonly floor: bigint | null; readonly upper: bigint | null; readonly signal?: AbortSignal },
  ): AsyncIterable<Omit<ChatPage, "messages"> & { readonly messages: readonly DiscordChatMessage[] }> {
    const { floor, signal } = range;
    let upper = range.upper;
    for (;;) {
      signal?.throwIfAborted();
      const before = upper?.toString();
      const [page, own] = await said(() =>
        Promise.all([this.#api.history(channelId, { before, limit: PAGE }), this.#own()]),
      );
      const messages = page.map((message) => discordChatMessage(message, own)).toReversed();
      if (messages.some(({ isUnreadable }) => isUnreadable)) {
        const message =
          "Discord hides the text of messages from the bot: switch on its Message Content Intent in the Developer Portal.";
        throw new CommandError(message, { code: "chat_unavailable" });
      }
      const lowest = messages[0]?.position;
      const isLast = page.length < PAGE || lowest === undefined || (floor !== null && lowest <= floor);
      yield {
        after: isLast ? floor : lowest,
        before: upper,
        messages: floor === null ? messages : messages.filter(({ position }) => position > floor),
      };
      if (isLast) return;
      upper = lowest;
    }
  }

  async #own(): Promise<string> {
    this.#ownUserId ??= this.#api.ownUserId();
    try {
      return await this.#ownUserId;
    } catch (error) {
      this.#ownUserId = undefined;
      throw error;
    }
  }
}

/** A chunk that belongs to no action: its buttons cannot be pressed, so their lines are shown to be typed. */
function blocksOf(chunk: Chunk, order: number): readonly DiscordBlock[] {
  const isEphemeral = false;
  if (!("text" in chunk)) {
    const { mime, bytes, name = "" } = chunk;
    const isPicture = mime.startsWith("image/");
    const kind = /\/([a-z0-9]+)/.exec(mime)?.[1] ?? "bin";
    const file = isPicture
      ? { name: `picture-${order}.${kind}`, mime, bytes, description: name.slice(0, 1024) }
      : { name: name || `file-${order}.${kind}`, mime, bytes };
    return [fileBlock(file, { isEphemeral })];
  }
  if (chunk.mime === MIME.buttons) {
    const lines = Buttons.parse(JSON.parse(chunk.text));
    const markup = lines.map(({ label, line }) => `${escapeDiscord(label)}: ${codeSpan(line)}`).join("\n");
    return [{ kind: "text", markup, isEphemeral }];
  }
  const rendered = renderChunk({
    id: "",
    action_id: "",
    order,
    mime: chunk.mime,
    text_content: chunk.text,
    is_binary: false,
    name: chunk.name ?? null,
    audience: "thread",
  });
  switch (rendered.kind) {
    case "blocks":
      return rendered.blocks;
    case "progress":
      return [{ kind: "text", markup: rendered.markup, isEphemeral }];
    case "binary":
      return [];
  }
}

/** Turns what Discord refuses into a sentence for whoever asked. */
async function said<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DiscordApiError)) throw error;
    if (error.fault === "gone") {
      const message =
        "The bot cannot reach that channel of Discord: see that it may view it and write in it.";
      throw new CommandError(message, { code: "channel_not_found", cause: error });
    }
    const message = "Discord cannot be reached, or refuses, just now: try again in a few minutes.";
    throw new CommandError(message, { code: "chat_unavailable", cause: error });
  }
}
