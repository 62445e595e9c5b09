/** The most posts that a response URL takes, and for how long. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
export const RESPONSE_POSTS = 5;
export const RESPONSE_MILLISECONDS = 30 * 60_000;
/** Between two edits of one message: Slack allows about one a second. */
export const EDIT_MILLISECONDS = 1100;
/** How long one message is edited before the next is begun: Slack ends streams near five minutes. */
export const LIVE_MILLISECONDS = 4 * 60_000;
/** How long output gathers before it is sent, so that a short answer is one message. */
export const GATHER_MILLISECONDS = 250;

// Where nothing but the response URL can be written to, its posts are spread over the half hour.
const POST_GAPS = [0, 2000, 20_000, 180_000] as const;
const LAST_POST_MARGIN = 60_000;

/** How waiting output is to be sent. */
export type Rung =
  /** Not yet. */
  | { readonly kind: "wait"; readonly until: number }
  /** A post through the response URL. */
  | { readonly kind: "response" }
  /** A message of the bot's own, which later output is edited into. */
  | { readonly kind: "message" }
  /** An edit of the last such message. */
  | { readonly kind: "edit" }
  /** A message of the bot's own that only the asker sees. */
  | { readonly kind: "ephemeral" }
  /** There is no way left to reach the channel. */
  | { readonly kind: "give_up" };

/** What waits to be sent. */
export interface Waiting {
  readonly since: number;
  readonly forAsker: boolean;
  /** Nothing but how far the work has come. */
  readonly isProgress: boolean;
  /** Nothing more will come. */
  readonly hasEnded: boolean;
}

/**
 * The order in which the ways to answer are used, under Slack's limits: the response URL first, then a message of the
 * bot's own and its edits, then what is left of the response URL. It decides only; times are in milliseconds.
 */
export class AnswerLadder {
  readonly #responseUntil: number;
  readonly #mostPosts: number;
  #posts: number;
  #lastPost = Number.NEGATIVE_INFINITY;
  #responseOpen: boolean;
  #writeOpen: boolean;
  #live: { begun: number; edited: number } | undefined;
  #blockedUntil = 0;

  /**
   * `posts` is how often the response URL was used before, as far as is known; `keptPosts`, how many of its uses are for
   * something else.
   */
  constructor(given: {
    readonly receivedAt: number;
    readonly posts: number;
    readonly keptPosts?: number;
    readonly hasResponseUrl: boolean;
    readonly canWrite: boolean;
  }) {
    this.#responseUntil = given.receivedAt + RESPONSE_MILLISECONDS;
    this.#posts = given.posts;
    this.#mostPosts = RESPONSE_POSTS - (given.keptPosts ?? 0);
    this.#responseOpen = given.hasResponseUrl;
    this.#writeOpen = given.canWrite;
  }

  /** How to send what waits. */
  next(now: number, { since, forAsker, isProgress, hasEnded }: Waiting): Rung {
    if (now < this.#blockedUntil) return { kind: "wait", until: this.#blockedUntil };
    if (!hasEnded && now < since + GATHER_MILLISECONDS)
      return { kind: "wait", until: since + GATHER_MILLISECONDS };
    const canRespond = this.#canRespond(now);
    if (canRespond && this.#posts === 0 && !isProgress && (forAsker || !this.#live))
      return { kind: "response" };
    if (this.#writeOpen) return forAsker ? { kind: "ephemeral" } : this.#write(now);
    if (isProgress)
      return canRespond && !hasEnded ? { kind: "wait", until: this.#responseUntil } : { kind: "give_up" };
    return canRespond ? this.#spread(now, hasEnded) : { kind: "give_up" };
  }

  /** Notes that a rung was used. */
  used(kind: "response" | "message" | "edit" | "ephemeral", now: number): void {
    if (kind === "response") {
      this.#posts += 1;
      this.#lastPost = now;
    } else if (kind === "message") {
      this.#live = { begun: now, edited: now };
    } else if (kind === "edit" && this.#live) {
      this.#live.edited = now;
    }
  }

  /** The message that is edited is full, or can be edited no more: the next output begins a new one. */
  closeMessage(): void {
    this.#live = undefined;
  }

  /** The response URL takes nothing more. */
  closeResponse(): void {
    this.#responseOpen = false;
  }

  /** The bot cannot write into this channel. */
  closeWriting(): void {
    this.#writeOpen = false;
    this.#live = undefined;
  }

  /** Slack asked to wait. */
  block(until: number): void {
    this.#blockedUntil = Math.max(this.#blockedUntil, until);
  }

  #canRespond(now: number): boolean {
    return this.#responseOpen && this.#posts < this.#mostPosts && now < this.#responseUntil;
  }

  #write(now: number): Rung {
    if (!this.#live || now >= this.#live.begun + LIVE_MILLISECONDS) return { kind: "message" };
    const due = this.#live.edited + EDIT_MILLISECONDS;
    return now < due ? { kind: "wait", until: due } : { kind: "edit" };
  }

  #spread(now: number, hasEnded: boolean): Rung {
    if (hasEnded) return { kind: "response" };
    // The last post is kept for the end; shortly before the URL expires it is used all the same.
    const gap = this.#posts < this.#mostPosts - 1 ? POST_GAPS[this.#posts] : undefined;
    const due = gap === undefined ? this.#responseUntil - LAST_POST_MARGIN : this.#lastPost + gap;
    return now < due ? { kind: "wait", until: due } : { kind: "response" };
  }
}
