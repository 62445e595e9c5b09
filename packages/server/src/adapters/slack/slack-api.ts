import type * as Library from "@slack/web-api";
import type { FetchFunction, WebClient, WebClientOptions } from "@slack/web-api";
import { z } from "zod";
import { faultKind, SlackFault } from "./slack-fault.ts";
import type { SlackMessage } from "./slack-message.ts";

const TIMEOUT_MILLISECONDS = 10_000;

const Posted = z.looseObject({ ts: z.string() });
const Opened = z.looseObject({ channel: z.looseObject({ id: z.string() }) });
const UserInfo = z.looseObject({
  user: z.looseObject({ is_admin: z.boolean().optional(), is_owner: z.boolean().optional() }),
});
const Identity = z.looseObject({ team_id: z.string(), user_id: z.string(), bot_id: z.string().optional() });
const ChannelList = z.looseObject({
  channels: z.array(
    z.looseObject({ id: z.string(), name: z.string().optional(), is_archived: z.boolean().optional() }),
  ),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});
const History = z.looseObject({
  messages: z.array(z.looseObject({ ts: z.string() })),
  has_more: z.boolean().default(false),
  is_limited: z.boolean().default(false),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
});

/** Whose token it is. */
export interface SlackIdentity {
  readonly teamId: string;
  readonly userId: string;
  readonly botId: string | undefined;
}

/** A page of messages. */
export interface SlackPage {
  readonly messages: readonly Record<string, unknown>[];
  readonly hasMore: boolean;
  /** Whether Slack has older ones that the workspace's plan does not show. */
  readonly isLimited: boolean;
  readonly next: string | undefined;
}

/**
 * The calls of Slack's Web API that the hall makes, as one workspace's bot. Each is tried once: whoever calls knows
 * best whether to wait. All throw {@link SlackFault}.
 */
export class SlackApi {
  readonly #client: WebClient;
  readonly #isPlatformError: (error: unknown) => string | undefined;
  readonly #retryAfter: (error: unknown) => number | undefined;

  private constructor(client: WebClient, library: typeof Library) {
    this.#client = client;
    this.#isPlatformError = (error) =>
      error instanceof library.WebAPIPlatformError ? error.data.error : undefined;
    this.#retryAfter = (error) =>
      error instanceof library.WebAPIRateLimitedError ? error.retryAfter : undefined;
  }

  /** Loads the client library when first used: a hall without Slack does not pay for it. */
  static async open(options: SlackApiOptions): Promise<SlackApi> {
    const library = await import("@slack/web-api");
    return new SlackApi(new library.WebClient(options.token, await clientOptions(options)), library);
  }

  async identity(): Promise<SlackIdentity> {
    const { team_id, user_id, bot_id } = Identity.parse(await this.#call("auth.test", {}));
    return { teamId: team_id, userId: user_id, botId: bot_id };
  }

  async sendMessage(message: SlackMessage & { channel: string; threadTs?: string }): Promise<{ ts: string }> {
    const { threadTs, ...rest } = message;
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
    return Posted.parse(await this.#call("chat.postMessage", { ...QUIET, ...rest, ...thread }));
  }

  async updateMessage(message: SlackMessage & { channel: string; ts: string }): Promise<void> {
    await this.#call("chat.update", { ...message });
  }

  async deleteMessage(message: { channel: string; ts: string }): Promise<void> {
    await this.#call("chat.delete", { ...message });
  }

  async postEphemeral(message: SlackMessage & { channel: string; user: string }): Promise<void> {
    await this.#call("chat.postEphemeral", { ...message });
  }

  /** Puts a file into a channel. */
  async uploadFile(file: { channel: string; name: string; bytes: Buffer }): Promise<void> {
    await this.#guarded(async () =>
      this.#client.filesUploadV2({ channel_id: file.channel, filename: file.name, file: file.bytes }),
    );
  }

  /** The channel of direct messages between the bot and a user. */
  async directMessage(user: string): Promise<string> {
    return Opened.parse(await this.#call("conversations.open", { users: user })).channel.id;
  }

  async joinChannel(channel: string): Promise<void> {
    await this.#call("conversations.join", { channel });
  }

  async openView(view: { triggerId: string; view: object }): Promise<void> {
    await this.#call("views.open", { trigger_id: view.triggerId, view: view.view });
  }

  /** Whether a user is an owner or administrator of the workspace. */
  async isWorkspaceAdministrator(user: string): Promise<boolean> {
    const { is_admin = false, is_owner = false } = UserInfo.parse(
      await this.#call("users.info", { user }),
    ).user;
    return is_admin || is_owner;
  }

  /** All public channels that are in use, page by page (requirements M-6: the first page is not all). */
  async *channels(): AsyncGenerator<{ readonly id: string; readonly name: string }> {
    let cursor: string | undefined;
    do {
      const page = ChannelList.parse(
        await this.#call("conversations.list", {
          types: "public_channel",
          exclude_archived: true,
          limit: 200,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      );
      for (const { id, name, is_archived } of page.channels) {
        if (name !== undefined && is_archived !== true) yield { id, name };
      }
      cursor = page.response_metadata?.next_cursor || undefined;
    } while (cursor !== undefined);
  }

  /** The newest page of a channel's messages between two timestamps, both left out; newest first, as Slack gives them. */
  async history(query: {
    channel: string;
    oldest?: string;
    latest?: string;
    limit: number;
  }): Promise<SlackPage> {
    return pageOf(await this.#call("conversations.history", query));
  }

  /** A page of the thread below a message, oldest first; the message itself is at its beginning. */
  async replies(query: { channel: string; ts: string; cursor?: string; limit: number }): Promise<SlackPage> {
    return pageOf(await this.#call("conversations.replies", query));
  }

  async #call(method: string, given: Record<string, unknown>): Promise<unknown> {
    return await this.#guarded(() => this.#client.apiCall(method, given));
  }

  async #guarded(call: () => Promise<unknown>): Promise<unknown> {
    try {
      return await call();
    } catch (error) {
      const code = this.#isPlatformError(error);
      if (code !== undefined) throw new SlackFault(faultKind(code), code, { cause: error });
      const seconds = this.#retryAfter(error);
      if (seconds !== undefined) {
        throw new SlackFault("rate_limited", "ratelimited", {
          retryAfterMilliseconds: seconds * 1000,
          cause: error,
        });
      }
      throw new SlackFault("unavailable", "no_answer", { cause: error });
    }
  }
}

function pageOf(answer: unknown): SlackPage {
  const { messages, has_more, is_limited, response_metadata } = History.parse(answer);
  return {
    messages,
    hasMore: has_more,
    isLimited: is_limited,
    next: response_metadata?.next_cursor || undefined,
  };
}

/** How to reach the Web API. */
export interface SlackApiOptions {
  readonly token: string | undefined;
  readonly apiUrl: string;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

// Links in what a person typed are not unfolded, and names in it are not looked up.
const QUIET = { unfurl_links: false, unfurl_media: false, link_names: false };

/** What every client of Slack's library is given: no log that could hold a token, and no retries of its own. */
export async function clientOptions({
  apiUrl,
  fetch,
}: Pick<SlackApiOptions, "apiUrl" | "fetch">): Promise<WebClientOptions & { slackApiUrl: string }> {
  const { LogLevel } = await import("@slack/web-api");
  const given: FetchFunction | undefined = fetch && ((url, init) => fetch(url, init));
  return {
    slackApiUrl: apiUrl,
    // The library's log may hold tokens; what matters of it comes back as errors.
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      setLevel: () => undefined,
      getLevel: () => LogLevel.ERROR,
      setName: () => undefined,
    },
    timeout: TIMEOUT_MILLISECONDS,
    rejectRateLimitedCalls: true,
    // The library's own default goes on for half an hour.
    retryConfig: { retries: 0 },
    allowAbsoluteUrls: false,
    ...(given ? { fetch: given } : {}),
  };
}
