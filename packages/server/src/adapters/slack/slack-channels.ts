import {
  CommandError,
  type ChatChannel,
  type ChatChannelQuery,
  type ChatChannels,
  type ChatPage,
  type ChatReading,
  type PlatformChannels,
} from "@guildhall/sdk";
import { newId } from "../../data/uuid.ts";
import { shownChunk } from "./chunk-parts.ts";
import type { SlackApi, SlackIdentity, SlackPage } from "./slack-api.ts";
import { positionAt, slackChatMessage, timestampAt } from "./slack-chat-message.ts";
import { SlackFault } from "./slack-fault.ts";
import { slackMessage, splitParts } from "./slack-message.ts";
import { plainParts } from "./slack-text.ts";
import type { SlackWorkspaces } from "./slack-workspaces.ts";

const PAGE = 200;
const ATTEMPTS = 5;
const LONGEST_WAIT_MILLISECONDS = 120_000;

/** The public channels of the Slack workspaces. */
export class SlackChannels implements PlatformChannels {
  readonly #workspaces: SlackWorkspaces;
  readonly #delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>;

  constructor(given: {
    readonly workspaces: SlackWorkspaces;
    readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
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
        found.push({ adapter: "slack", workspaceId: teamId, channelId: id, name, isPrivate: false });
      }
    }
    return found;
  }

  async *history(
    { workspaceId, channelId }: ChatChannel,
    { since, before, signal }: NonNullable<Parameters<ChatChannels["history"]>[1]> = {},
  ): AsyncIterable<ChatPage> {
    const me = await this.#identity(workspaceId);
    const floor = since === undefined ? null : positionAt(since) - 1n;
    let upper = before ?? null;
    for (;;) {
      const query = {
        channel: channelId,
        limit: PAGE,
        ...(floor === null ? {} : { oldest: timestampAt(floor) }),
        ...(upper === null ? {} : { latest: timestampAt(upper) }),
      };
      const page = await this.#joining(workspaceId, channelId, (api) => api.history(query), signal);
      const messages = page.messages.map((raw) => slackChatMessage(raw, me)).toReversed();
      const lowest = messages[0]?.position;
      const isLast = !page.hasMore || lowest === undefined;
      // Below the end of what a plan shows nothing is known.
      const after = isLast && !page.isLimited ? floor : (lowest ?? upper);
      yield { after, before: upper, messages };
      if (isLast) return;
      upper = lowest;
    }
  }

  async *answers(
    { workspaceId, channelId }: ChatChannel,
    thread: string,
    { signal }: ChatReading = {},
  ): AsyncIterable<ChatPage> {
    const me = await this.#identity(workspaceId);
    let after: bigint | null = null;
    let cursor: string | undefined;
    do {
      const query = {
        channel: channelId,
        ts: thread,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const page = await this.#joining(workspaceId, channelId, (api) => repliesOf(api, query), signal);
      const messages = page.messages
        .map((raw) => slackChatMessage(raw, me))
        .filter(({ answerIn }) => answerIn === thread);
      cursor = page.next;
      const last: bigint | null = messages.at(-1)?.position ?? after;
      yield { after, before: cursor === undefined ? null : last, messages };
      after = last;
    } while (cursor !== undefined);
  }

  async lastActivity({ workspaceId, channelId }: ChatChannel) {
    const me = await this.#identity(workspaceId);
    let latest: string | undefined;
    for (;;) {
      const query = { channel: channelId, limit: 20, ...(latest === undefined ? {} : { latest }) };
      const page = await this.#calling(workspaceId, (api) => api.history(query));
      const messages = page.messages.map((raw) => slackChatMessage(raw, me));
      const newest = messages.find(({ isByPerson, isOwn }) => isByPerson || isOwn);
      if (newest) return { at: newest.at, isOwn: newest.isOwn };
      latest = messages.at(-1)?.id;
      if (!page.hasMore || latest === undefined) return undefined;
    }
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

  async #joining<Result>(
    workspaceId: string,
    channel: string,
    call: (api: SlackApi) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return await this.#calling(
      workspaceId,
      async (api) => {
        try {
          return await call(api);
        } catch (error) {
          if (!(error instanceof SlackFault) || error.code !== "not_in_channel") throw error;
          await api.joinChannel(channel);
          return await call(api);
        }
      },
      signal,
    );
  }

  async #identity(workspaceId: string): Promise<SlackIdentity> {
    return await this.#calling(
      workspaceId,
      async (api) => (await this.#workspaces.identity(workspaceId)) ?? (await api.identity()),
    );
  }

  /** Calls as the bot of a workspace, waiting as long as Slack asks. @throws CommandError */
  async #calling<Result>(
    workspaceId: string,
    call: (api: SlackApi) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
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
      signal?.throwIfAborted();
      try {
        return await call(api);
      } catch (error) {
        if (!(error instanceof SlackFault)) throw error;
        const passes = error.kind === "rate_limited" || error.kind === "unavailable";
        if (!passes || attempt === ATTEMPTS) throw commandError(error);
        await this.#delay(
          Math.min(error.retryAfterMilliseconds || 1000 * attempt, LONGEST_WAIT_MILLISECONDS),
          signal,
        );
      }
    }
  }
}

/** A thread of which nothing is left is an empty one. */
async function repliesOf(api: SlackApi, query: Parameters<SlackApi["replies"]>[0]): Promise<SlackPage> {
  try {
    return await api.replies(query);
  } catch (error) {
    if (!(error instanceof SlackFault) || error.code !== "thread_not_found") throw error;
    return { messages: [], hasMore: false, isLimited: false, next: undefined };
  }
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
