import type { Logger } from "@guildhall/sdk";
import type { Database } from "../data/database.ts";
import { eventForOthers, readEvents, type ThreadEvent } from "../data/thread-events.ts";
import { toError } from "../kernel/to-error.ts";
import { eventDocument } from "./documents.ts";

const PAGE = 500;
const HEAL_MILLISECONDS = 1000;

/** An event with its wire form, which is written out once for all readers. */
export interface FedEvent {
  readonly seq: number;
  readonly event: ThreadEvent;
  readonly text: string;
  readonly bytes: Buffer;
  /** What everybody but its asker gets, of one that is not wholly for all. */
  readonly others?: { readonly askerId: string; readonly fed: FedEvent };
}

/** One reader of a thread. `deliver` must not throw; `end` tells that nothing more will come. */
export interface FeedReader {
  deliver(events: readonly FedEvent[]): void;
  end(reason: "thread_removed"): void;
}

interface Joined {
  readonly userId: string;
  /** The number of the last event that the reader had when it joined. */
  readonly joinedAt: number;
}

interface Feed {
  cursor: number;
  readonly readers: Map<FeedReader, Joined>;
  pumping: boolean;
  hinted: boolean;
}

/**
 * Live views of threads. The stored sequence is the truth; a hint only says that a thread may have more, so a lost
 * hint costs a second and never an event. Each event is read and written out once, however many read it.
 */
export class ThreadFeeds {
  readonly #database: Database;
  readonly #log: Logger;
  readonly #feeds = new Map<string, Feed>();
  readonly #healer: NodeJS.Timeout;

  constructor({ database, log }: { database: Database; log: Logger }) {
    this.#database = database;
    this.#log = log;
    this.#healer = setInterval(() => void this.#heal(), HEAL_MILLISECONDS);
    this.#healer.unref();
  }

  /** Says that these threads may have new events. */
  hint(threadIds: readonly string[]): void {
    for (const id of threadIds) {
      const feed = this.#feeds.get(id);
      if (feed) void this.#pump(id, feed);
    }
  }

  /**
   * Delivers the thread's events after `after`, each once and in order, until the returned function is called. The
   * caller has checked that the user may see the thread; what is for another asker alone is left out.
   */
  async read(options: {
    threadId: string;
    userId: string;
    after: number;
    reader: FeedReader;
  }): Promise<() => void> {
    const { threadId, userId, reader } = options;
    // Who claims to have seen what has not happened yet, as after a restore, begins at the thread's present end.
    let cursor = Math.min(options.after, await this.#lastSeq(threadId));
    for (;;) {
      const feed = this.#feeds.get(threadId);
      if (!feed) {
        const readers = new Map([[reader, { userId, joinedAt: cursor }]]);
        const made = { cursor, readers, pumping: false, hinted: false };
        this.#feeds.set(threadId, made);
        void this.#pump(threadId, made);
        break;
      }
      if (feed.cursor <= cursor) {
        feed.readers.set(reader, { userId, joinedAt: cursor });
        break;
      }
      const events = await this.#read(threadId, cursor);
      const missing = events.filter((event) => event.seq <= feed.cursor);
      cursor = missing.at(-1)?.seq ?? feed.cursor;
      reader.deliver(seenBy(userId, missing));
    }
    return () => {
      const feed = this.#feeds.get(threadId);
      feed?.readers.delete(reader);
      if (feed?.readers.size === 0) this.#feeds.delete(threadId);
    };
  }

  /** How many readers there are, of all threads. */
  get readerCount(): number {
    let count = 0;
    for (const feed of this.#feeds.values()) count += feed.readers.size;
    return count;
  }

  close(): void {
    clearInterval(this.#healer);
    this.#feeds.clear();
  }

  async #pump(threadId: string, feed: Feed): Promise<void> {
    feed.hinted = true;
    if (feed.pumping) return;
    feed.pumping = true;
    try {
      while (feed.hinted && feed.readers.size > 0) {
        feed.hinted = false;
        const events = await this.#read(threadId, feed.cursor);
        const last = events.at(-1);
        if (!last) continue;
        feed.cursor = last.seq;
        for (const [reader, { userId, joinedAt }] of feed.readers) {
          const isNew = (events[0]?.seq ?? 0) > joinedAt;
          reader.deliver(seenBy(userId, isNew ? events : events.filter((event) => event.seq > joinedAt)));
        }
        if (events.length === PAGE) feed.hinted = true;
      }
    } catch (error) {
      this.#log.warn(
        { err: toError(error), threadId },
        "events could not be read; tried again within a second",
      );
    } finally {
      feed.pumping = false;
    }
  }

  async #read(threadId: string, after: number): Promise<FedEvent[]> {
    const events = await readEvents(this.#database.queries, { threadId, after, limit: PAGE });
    return events.map((event) => {
      const { askerId } = event;
      if (askerId === undefined) return fedEvent(event);
      return { ...fedEvent(event), others: { askerId, fed: fedEvent(eventForOthers(event)) } };
    });
  }

  async #lastSeq(threadId: string): Promise<number> {
    const row = await this.#database.queries
      .selectFrom("threads.threads")
      .select("last_seq")
      .where("id", "=", threadId)
      .executeTakeFirst();
    return Number(row?.last_seq ?? 0n);
  }

  async #heal(): Promise<void> {
    if (this.#feeds.size === 0) return;
    // Only those: one that begins meanwhile was not asked for.
    const asked = [...this.#feeds];
    try {
      const rows = await this.#database.queries
        .selectFrom("threads.threads")
        .select(["id", "last_seq"])
        .where(
          "id",
          "in",
          asked.map(([id]) => id),
        )
        .execute();
      const present = new Map(rows.map((row) => [row.id, Number(row.last_seq)]));
      for (const [id, feed] of asked) {
        const last = present.get(id);
        if (last === undefined) {
          if (this.#feeds.get(id) === feed) this.#feeds.delete(id);
          for (const reader of feed.readers.keys()) reader.end("thread_removed");
        } else if (last > feed.cursor) {
          void this.#pump(id, feed);
        }
      }
    } catch (error) {
      this.#log.debug({ err: toError(error) }, "threads could not be looked at for lost hints");
    }
  }
}

function fedEvent(event: ThreadEvent): FedEvent {
  const text = JSON.stringify(eventDocument(event));
  return { seq: event.seq, event, text, bytes: Buffer.from(text) };
}

function seenBy(userId: string, events: readonly FedEvent[]): readonly FedEvent[] {
  if (!events.some(({ others }) => others !== undefined && others.askerId !== userId)) return events;
  return events.map((fed) => (fed.others && fed.others.askerId !== userId ? fed.others.fed : fed));
}
