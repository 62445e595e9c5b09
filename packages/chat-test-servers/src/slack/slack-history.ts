/** A message as Slack's Web API gives it. */
export type SlackRawMessage = Readonly<Record<string, unknown>> & { readonly ts: string };

/** What a call is answered with. */
export type SlackAnswer = Readonly<Record<string, unknown>>;

const DEFAULT_PAGE = 100;

/**
 * The public channels of one pretended workspace and what was written there, as `conversations.list`, `.history`,
 * `.replies` and `.join` show it: by timestamps, page by page, with threads, edits and what deleted messages leave
 * (https://docs.slack.dev/reference/methods/conversations.history).
 */
export class SlackHistory {
  readonly teamId: string;
  /** Whoever holds the bot's token is this user. */
  readonly botUserId = "U0HALL";
  /** The most messages of a page, whatever is asked for: 15 is what apps outside the Marketplace get. */
  largestPage: number;
  /** Whether the bot has to join a channel before it may read it. */
  mustJoin = false;
  readonly #channels = new Map<string, { readonly name: string; readonly messages: SlackRawMessage[] }>();
  readonly #joined = new Set<string>();
  readonly #now: () => Date;
  #count = 0;

  constructor(
    given: { readonly teamId?: string; readonly largestPage?: number; readonly now?: () => Date } = {},
  ) {
    this.teamId = given.teamId ?? "T0HISTORY";
    this.largestPage = given.largestPage ?? 1000;
    this.#now = given.now ?? (() => new Date());
  }

  /** Makes a public channel. Returns its id. */
  addChannel(name: string): string {
    const id = `C0${name.toUpperCase().replace(/[^A-Z0-9]/g, "")}`;
    this.#channels.set(id, { name, messages: [] });
    return id;
  }

  /** Writes a message, into a thread where one is named, and returns its timestamp. */
  write(
    channel: string,
    text: string,
    more: {
      readonly user?: string;
      readonly thread?: string;
      readonly files?: readonly object[];
      readonly at?: Date;
    } = {},
  ): string {
    const { user = "U0ANN", thread, files, at = this.#now() } = more;
    this.#count = (this.#count + 1) % 1_000_000;
    // The last digits tell messages of one millisecond apart.
    const ts = `${Math.floor(at.getTime() / 1000)}.${String(this.#count).padStart(6, "0")}`;
    const messages = this.#messages(channel);
    messages.push({
      type: "message",
      team: this.teamId,
      user,
      text,
      ts,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...(files ? { files, subtype: "file_share" } : {}),
    });
    const isLate = (messages.at(-2)?.ts ?? "") > ts;
    if (isLate) messages.sort((one, other) => (one.ts < other.ts ? -1 : 1));
    if (thread !== undefined) this.#countReplies(messages, thread);
    return ts;
  }

  /** Changes what a message says. */
  edit(channel: string, ts: string, text: string): void {
    const messages = this.#messages(channel);
    const index = messages.findIndex((message) => message.ts === ts);
    const old = messages[index];
    if (!old) throw new Error(`there is no message ${ts}`);
    this.#count += 1;
    const edited = { user: old["user"], ts: `${Math.floor(this.#now().getTime() / 1000)}.000000` };
    messages[index] = { ...old, text, edited };
  }

  /** Takes a message away; one on which a thread hangs leaves a tombstone. */
  remove(channel: string, ts: string): void {
    const messages = this.#messages(channel);
    const index = messages.findIndex((message) => message.ts === ts);
    const old = messages[index];
    if (!old) throw new Error(`there is no message ${ts}`);
    if (old["reply_count"] === undefined) {
      messages.splice(index, 1);
      if (typeof old["thread_ts"] === "string") this.#countReplies(messages, old["thread_ts"]);
    } else {
      const text = "This message was deleted.";
      messages[index] = { ...old, subtype: "tombstone", user: "USLACKBOT", text, hidden: true };
    }
  }

  /** Answers a call of the Web API; undefined for a method that is not about channels. */
  answer(method: string, fields: Readonly<Record<string, string>>): SlackAnswer | undefined {
    switch (method) {
      case "auth.test":
        return { ok: true, team_id: this.teamId, user_id: this.botUserId, bot_id: "B0HALL" };
      case "conversations.list":
        return {
          ok: true,
          channels: [...this.#channels].map(([id, { name }]) => ({ id, name, is_archived: false })),
          response_metadata: { next_cursor: "" },
        };
      case "conversations.join":
        this.#joined.add(fields["channel"] ?? "");
        return { ok: true, channel: { id: fields["channel"] } };
      case "conversations.history":
        return this.#reading(fields, (messages) => this.#page(messages, fields));
      case "conversations.replies":
        return this.#reading(fields, (messages) => this.#replies(messages, fields));
      default:
        return undefined;
    }
  }

  #page(messages: readonly SlackRawMessage[], fields: Readonly<Record<string, string>>): SlackAnswer {
    const { oldest = "0", latest = "9999999999.999999" } = fields;
    const limit = this.#limit(fields);
    const found: SlackRawMessage[] = [];
    // From the end, so that pages of long histories cost no sorting.
    for (let index = messages.length - 1; index >= 0 && found.length <= limit; index -= 1) {
      const message = messages[index];
      if (!message || message.ts <= oldest) break;
      const { ts, thread_ts, subtype } = message;
      const isShown = thread_ts === undefined || thread_ts === ts || subtype === "thread_broadcast";
      if (isShown && ts < latest) found.push(message);
    }
    return { ok: true, messages: found.slice(0, limit), has_more: found.length > limit };
  }

  #replies(messages: readonly SlackRawMessage[], fields: Readonly<Record<string, string>>): SlackAnswer {
    const { ts: thread = "", cursor = "0" } = fields;
    const found = messages
      .filter(({ ts, thread_ts }) => ts === thread || thread_ts === thread)
      .toSorted((one, other) => (one.ts < other.ts ? -1 : 1));
    if (found.length === 0) return { ok: false, error: "thread_not_found" };
    const left = found.filter(({ ts }) => ts > cursor);
    const page = left.slice(0, this.#limit(fields));
    const hasMore = left.length > page.length;
    return {
      ok: true,
      messages: page,
      has_more: hasMore,
      response_metadata: { next_cursor: hasMore ? page.at(-1)?.ts : "" },
    };
  }

  #reading(
    fields: Readonly<Record<string, string>>,
    read: (messages: readonly SlackRawMessage[]) => SlackAnswer,
  ): SlackAnswer {
    const channel = this.#channels.get(fields["channel"] ?? "");
    if (!channel) return { ok: false, error: "channel_not_found" };
    if (this.mustJoin && !this.#joined.has(fields["channel"] ?? "")) {
      return { ok: false, error: "not_in_channel" };
    }
    return read(channel.messages);
  }

  #limit(fields: Readonly<Record<string, string>>): number {
    return Math.min(Number(fields["limit"] ?? DEFAULT_PAGE), this.largestPage);
  }

  #messages(channel: string): SlackRawMessage[] {
    const found = this.#channels.get(channel);
    if (!found) throw new Error(`there is no channel ${channel}`);
    return found.messages;
  }

  /** Slack marks the message that a thread hangs on, and unmarks it when the thread is empty. */
  #countReplies(messages: SlackRawMessage[], thread: string): void {
    const index = messages.findIndex(({ ts }) => ts === thread);
    const parent = messages[index];
    if (!parent) return;
    const replies = messages.filter(({ ts, thread_ts }) => thread_ts === thread && ts !== thread);
    const bare = without(parent, ["thread_ts", "reply_count", "latest_reply"]);
    if (replies.length === 0 && parent["subtype"] === "tombstone") {
      messages.splice(index, 1);
      return;
    }
    messages[index] =
      replies.length === 0
        ? { ...bare, ts: thread }
        : {
            ...bare,
            ts: thread,
            thread_ts: thread,
            reply_count: replies.length,
            latest_reply: replies.at(-1)?.ts,
          };
  }
}

function without(message: SlackRawMessage, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !fields.includes(name)));
}
