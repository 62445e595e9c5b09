import {
  CommandError,
  type ChatChannel,
  type ChatChannelQuery,
  type ChatChannels,
  type ChatMessage,
  type JsonValue,
} from "@guildhall/sdk";
import { z } from "zod";
import { newId } from "../../data/uuid.ts";
import { shownChunk } from "./chunk-parts.ts";
import type { SlackApi, SlackIdentity } from "./slack-api.ts";
import { SlackFault } from "./slack-fault.ts";
import { slackMessage, splitParts } from "./slack-message.ts";
import { plainParts } from "./slack-text.ts";
import type { SlackWorkspaces } from "./slack-workspaces.ts";

const PAGE = 200;
const ATTEMPTS = 5;
const LONGEST_WAIT_MILLISECONDS = 120_000;

const RawMessage = z.looseObject({
  ts: z.string(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(""),
});

/** The public channels of the Slack workspaces. */
export class SlackChannels implements ChatChannels {
  readonly #workspaces: SlackWorkspaces;
  readonly #delay: (milliseconds: number) => Promise<void>;

  constructor(given: {
    readonly workspaces: SlackWorkspaces;
    readonly delay: (milliseconds: number) => Promise<void>;
  }) {
    this.#workspaces = given.workspaces;
    this.#delay = given.delay;
  }

  async match({ workspaceId, pattern }: ChatChannelQuery): Promise<ChatChannel[]> {
    const wanted = workspaceId === undefined ? await this.#workspaces.teamIds() : [workspaceId];
    const found: ChatChannel[] = [];
    for (const teamId of wanted) {
      const names = await this.#calling(teamId, async (api) => await Array.fromAsync(api.channels()));
      for (const { id, name } of names.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
        if (name.search(pattern) < 0) continue;
        found.push({ adapter: "slack", workspaceId: teamId, channelId: id, name });
      }
    }
    return found;
  }

  async *history(
    { workspaceId, channelId }: ChatChannel,
    { after }: { readonly after?: Date } = {},
  ): AsyncIterable<readonly ChatMessage[]> {
    const me = await this.#identity(workspaceId);
    const oldest = after === undefined ? undefined : (after.getTime() / 1000).toFixed(6);
    // Slack pages from the newest; a reader that keeps its place needs the oldest first.
    const pages: ChatMessage[][] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#calling(workspaceId, async (api) =>
        api.history({ channel: channelId, limit: PAGE, cursor, ...(oldest === undefined ? {} : { oldest }) }),
      );
      pages.push(page.messages.map((raw) => chatMessage(raw, me)).toReversed());
      cursor = page.next;
    } while (cursor !== undefined);
    for (const page of pages.toReversed()) {
      // Slack's `oldest` has microseconds, an instant has milliseconds.
      const fresh = after === undefined ? page : page.filter(({ at }) => at.getTime() > after.getTime());
      if (fresh.length > 0) yield fresh;
    }
  }

  async lastActivity({ workspaceId, channelId }: ChatChannel) {
    const me = await this.#identity(workspaceId);
    let cursor: string | undefined;
    do {
      const page = await this.#calling(workspaceId, async (api) =>
        api.history({ channel: channelId, limit: 20, cursor }),
      );
      const newest = page.messages
        .map((raw) => chatMessage(raw, me))
        .find(({ isByPerson, isOwn }) => isByPerson || isOwn);
      if (newest) return { at: newest.at, isOwn: newest.isOwn };
      cursor = page.next;
    } while (cursor !== undefined);
    return undefined;
  }

  async post(
    { workspaceId, channelId }: Pick<ChatChannel, "workspaceId" | "channelId">,
    { chunks, callEveryone = false }: Parameters<ChatChannels["post"]>[1],
  ): Promise<void> {
    const parts = chunks.flatMap((chunk) => {
      const shown = shownChunk({
        id: newId(),
        action_id: "",
        order: 0,
        mime: chunk.mime,
        text_content: "text" in chunk ? chunk.text : null,
        is_binary: "bytes" in chunk,
        name: chunk.name ?? null,
        audience: "thread",
      });
      return shown.kind === "text" ? shown.parts : [];
    });
    const messages = splitParts(parts.length === 0 ? plainParts("") : parts);
    for (const [index, message] of messages.entries()) {
      const { text, blocks } = slackMessage(message);
      const [first] = blocks;
      const calls = callEveryone && index === 0 && first?.type === "rich_text";
      if (calls) {
        const mention = { type: "broadcast" as const, range: "channel" as const };
        first.elements.unshift({
          type: "rich_text_section",
          elements: [mention, { type: "text", text: " " }],
        });
      }
      await this.#joining(workspaceId, channelId, async (api) => {
        await api.sendMessage({ channel: channelId, blocks, text: calls ? `<!channel> ${text}` : text });
      });
    }
    for (const chunk of chunks) {
      if (!("bytes" in chunk)) continue;
      const file = { name: chunk.name ?? "file", bytes: Buffer.from(chunk.bytes) };
      await this.#joining(workspaceId, channelId, (api) => api.uploadFile({ channel: channelId, ...file }));
    }
  }

  async #joining(
    workspaceId: string,
    channel: string,
    call: (api: SlackApi) => Promise<void>,
  ): Promise<void> {
    await this.#calling(workspaceId, async (api) => {
      try {
        await call(api);
      } catch (error) {
        if (!(error instanceof SlackFault) || error.code !== "not_in_channel") throw error;
        await api.joinChannel(channel);
        await call(api);
      }
    });
  }

  async #identity(workspaceId: string): Promise<SlackIdentity> {
    return await this.#calling(workspaceId, async (api) => await api.identity());
  }

  /** Calls as the bot of a workspace, waiting as long as Slack asks. @throws CommandError */
  async #calling<Result>(workspaceId: string, call: (api: SlackApi) => Promise<Result>): Promise<Result> {
    const api = await this.#workspaces.api(workspaceId);
    if (!api) {
      throw new CommandError(
        `The hall has no token for the Slack workspace ${workspaceId}: install the app there.`,
        {
          code: "chat_unavailable",
        },
      );
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(api);
      } catch (error) {
        if (!(error instanceof SlackFault)) throw error;
        const passes = error.kind === "rate_limited" || error.kind === "unavailable";
        if (!passes || attempt === ATTEMPTS) throw commandError(error);
        await this.#delay(
          Math.min(error.retryAfterMilliseconds || 1000 * attempt, LONGEST_WAIT_MILLISECONDS),
        );
      }
    }
  }
}

function chatMessage(raw: Record<string, unknown>, me: SlackIdentity): ChatMessage {
  const { ts, user, bot_id, subtype, text } = RawMessage.parse(raw);
  const isOwn = user === me.userId || (bot_id !== undefined && bot_id === me.botId);
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => key !== "team"));
  return {
    id: ts,
    at: new Date(Number(ts) * 1000),
    authorId: user ?? bot_id ?? null,
    isOwn,
    isByPerson: user !== undefined && bot_id === undefined && subtype === undefined,
    text,
    raw: jsonOf(rest),
  };
}

function jsonOf(value: unknown): JsonValue {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}

function commandError(fault: SlackFault): CommandError {
  return fault.kind === "channel"
    ? new CommandError("The hall is not in that Slack channel and cannot join it: invite it there.", {
        code: "channel_not_found",
        cause: fault,
      })
    : new CommandError(`Slack refused that (${fault.code}): try again later, or see "slack check".`, {
        code: "chat_unavailable",
        cause: fault,
      });
}
