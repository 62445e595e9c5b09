import { CommandError, type ChatChannel, type ChatChannels, type ChatPage, type Clock } from "@guildhall/sdk";
import { ChannelTakenError, type BackedUpChannel, type Catalogue, type ReadingState } from "./catalogue.ts";
import { comparePage, type Finding } from "./compare-page.ts";

const DAY_MILLISECONDS = 86_400_000;
/** So many findings are stored at once, and those of one more page. */
const MOST_FOUND = 500;

/** How a channel is to be read. */
export interface ReadingOptions {
  /** For so many days back what is known is looked at again, for edits and deletions. */
  readonly rereadDays: number;
  /** Begins at the newest message, whatever an interrupted reading had left. */
  readonly isAnew: boolean;
  /** The reading breaks off at this instant, and goes on from there the next time. */
  readonly until: Date;
  readonly signal: AbortSignal;
  /** Told after each page: how many records were found so far. */
  readonly onPage?: (records: number) => void;
}

/** What a reading found. */
export interface ReadingResult {
  readonly records: number;
  /** False when its time was over, or another run is at the channel. */
  readonly isWhole: boolean;
}

/**
 * One reading of a channel: from its newest message down to what is known and a while further, or on from where an
 * earlier reading broke off. Each page is compared with what is known, with the threads that hang on its messages, and stored
 * before the next is asked for.
 */
export class ChannelReading {
  readonly #channel: ChatChannel;
  readonly #options: ReadingOptions;
  readonly #chat: ChatChannels;
  readonly #catalogue: Catalogue;
  readonly #clock: Clock;
  readonly #threads = new Set<string>();
  /** What a page and its threads brought, and is not stored yet. */
  readonly #found = new Map<bigint, Finding>();
  #records = 0;

  constructor(given: {
    readonly channel: ChatChannel;
    readonly options: ReadingOptions;
    readonly chat: ChatChannels;
    readonly catalogue: Catalogue;
    readonly clock: Clock;
  }) {
    this.#channel = given.channel;
    this.#options = given.options;
    this.#chat = given.chat;
    this.#catalogue = given.catalogue;
    this.#clock = given.clock;
  }

  /**
   * Reads. What was stored before a fault stays.
   *
   * @throws CommandError when the platform refuses, ObjectStoreError when nothing can be stored
   */
  async run(): Promise<ReadingResult> {
    try {
      return { isWhole: await this.#read(), records: this.#records };
    } catch (error) {
      if (error instanceof ChannelTakenError) return { isWhole: false, records: this.#records };
      throw error;
    }
  }

  async #read(): Promise<boolean> {
    const { signal, until } = this.#options;
    let entry = await this.#begin(await this.#catalogue.open(this.#channel));
    const since = entry.reading_since;
    const range = {
      signal,
      ...(since === null ? {} : { since }),
      ...(entry.reading_before === null ? {} : { before: entry.reading_before }),
    };
    for await (const page of this.#chat.history(this.#channel, range)) {
      for (const { thread } of page.messages) {
        if (thread !== null) entry = await this.#readThread(entry, thread, since !== null);
      }
      await this.#compare(entry, page, null);
      entry = await this.#store(entry, { reading_before: page.after });
      if (this.#clock.now() >= until) return false;
    }
    if (since !== null) {
      for (const thread of await this.#catalogue.liveThreads(entry, since)) {
        if (!this.#threads.has(thread)) entry = await this.#readThread(entry, thread, false);
      }
    }
    entry = await this.#store(entry, {
      is_complete: true,
      is_reading: false,
      reading_since: null,
      reading_before: null,
      completed_at: this.#clock.now(),
      fault: null,
    });
    await this.#catalogue.joinMonths(entry);
    return true;
  }

  /** Where to read: down to the beginning the first time, then past the newest message that is known. */
  async #begin(entry: BackedUpChannel): Promise<BackedUpChannel> {
    const { isAnew, rereadDays } = this.#options;
    if (entry.is_reading && !isAnew) return entry;
    const newest = await this.#catalogue.newestAt(entry);
    const window = new Date(this.#clock.now().getTime() - rereadDays * DAY_MILLISECONDS);
    const bounds = [window, newest ?? window, entry.is_reading ? (entry.reading_since ?? window) : window];
    const isKnown = entry.is_complete && newest !== undefined;
    return await this.#catalogue.advance(entry, {
      is_reading: true,
      reading_since: isKnown ? new Date(Math.min(...bounds.map((bound) => bound.getTime()))) : null,
      reading_before: null,
    });
  }

  async #readThread(entry: BackedUpChannel, thread: string, isRemembered: boolean): Promise<BackedUpChannel> {
    let current = entry;
    if (isRemembered) this.#threads.add(thread);
    try {
      for await (const page of this.#chat.answers(this.#channel, thread, { signal: this.#options.signal })) {
        await this.#compare(current, page, thread);
        if (this.#found.size >= MOST_FOUND) current = await this.#store(current, {});
      }
    } catch (error) {
      // A thread that was removed, or closed to the bot, keeps nobody from reading the channel.
      if (!(error instanceof CommandError) || error.code !== "channel_not_found") throw error;
    }
    return current;
  }

  async #compare(entry: BackedUpChannel, page: ChatPage, answerIn: string | null): Promise<void> {
    this.#options.signal.throwIfAborted();
    const known = await this.#catalogue.known(entry, page, answerIn);
    if (page.messages.length === 0 && known.length > 0) await this.#assertReadable();
    const now = this.#clock.now();
    for (const finding of comparePage({ page, channel: this.#channel, answerIn, known, now })) {
      // An answer that was also sent to the channel is in both histories.
      this.#found.set(finding.known.position, finding);
    }
  }

  /** Stores what was found since the last time, and how far the reading is. */
  async #store(entry: BackedUpChannel, state: ReadingState): Promise<BackedUpChannel> {
    const findings = [...this.#found.values()].toSorted((one, other) =>
      one.known.position < other.known.position ? -1 : 1,
    );
    const next = await this.#catalogue.store(entry, findings, state);
    this.#found.clear();
    this.#records += findings.length;
    this.#options.onPage?.(this.#records);
    return next;
  }

  /** A channel that shows nothing at all is not taken for one whose messages were all deleted: a right may be missing. */
  async #assertReadable(): Promise<void> {
    if (await this.#chat.lastActivity(this.#channel)) return;
    throw new CommandError(
      `#${this.#channel.name} shows none of its messages: see that the bot may read its history.`,
      { code: "chat_unavailable" },
    );
  }
}
