import type { Chunk } from "@guildhall/sdk";
import {
  chunkRow,
  type ActionEnd,
  type Progress,
  type ProgressResult,
  type StorableChunk,
} from "../data/action-log.ts";
import { storeFault } from "../data/store-error.ts";
import { NOTHING_HANDED, type Handed } from "./handed-in.ts";

const BATCH_CHUNKS = 500;
const BATCH_CHARACTERS = 4_000_000;
const RETRY_MILLISECONDS = 250;

/** The action's run has lost its right to write: the action has ended, or another run has it. */
export class FencedError extends Error {
  constructor() {
    super("the action has ended or is run elsewhere");
    this.name = "FencedError";
  }
}

/** What a writer needs to know of the run whose output it stores. */
export interface ChunkWriterOptions {
  readonly store: (progress: Progress) => Promise<ProgressResult>;
  readonly actionId: string;
  readonly attempt: number;
  readonly now: () => Date;
  /** How long to wait for a store that is away. */
  readonly patienceMilliseconds: number;
  readonly onStored: (stored: {
    threadIds: readonly string[];
    cancelRequested: boolean;
    /** What was handed in to be done once this is stored. */
    after: Handed["after"];
  }) => void;
}

/**
 * Stores the output of one run in order, each chunk before anyone sees it. While one batch is being stored the next
 * gathers. A store that is away is waited for.
 */
export class ChunkWriter {
  readonly #options: ChunkWriterOptions;
  #lastOrder: number;
  #waiting: StorableChunk[] = [];
  #handed: Handed = NOTHING_HANDED;
  #waitingCharacters = 0;
  #flushing: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: ChunkWriterOptions, lastOrder: number) {
    this.#options = options;
    this.#lastOrder = lastOrder;
  }

  /**
   * Takes a chunk, and what was handed in to be stored with it; resolves when there is room for the next.
   *
   * @throws FencedError, or the store's error
   */
  async write(chunk: Chunk, handed = NOTHING_HANDED): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#handed = both(this.#handed, handed);
    const row = chunkRow(chunk);
    this.#waiting.push(row);
    this.#waitingCharacters += (row.text_content ?? row.base64 ?? "").length;
    this.#flushing ??= this.#flush();
    if (this.#waiting.length >= BATCH_CHUNKS || this.#waitingCharacters >= BATCH_CHARACTERS)
      await this.#flushing;
  }

  /** Stores what is left. @throws FencedError, or the store's error */
  async flush(): Promise<void> {
    await this.#flushing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Stores what is left, and then the end of the action with what was handed in. @throws FencedError, or the store's error */
  async end(end: ActionEnd, handed = NOTHING_HANDED): Promise<void> {
    await this.flush();
    await this.#store([], handed, end);
  }

  async #flush(): Promise<void> {
    // What is written in the same turn goes into one batch.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const handed = this.#handed;
        this.#handed = NOTHING_HANDED;
        const batch = this.#take();
        await this.#store(batch, handed);
        this.#lastOrder += batch.length;
      }
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#flushing = undefined;
    }
  }

  #take(): StorableChunk[] {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    return batch;
  }

  async #store(chunks: readonly StorableChunk[], { rows, after }: Handed, end?: ActionEnd): Promise<void> {
    const { store, actionId, attempt, now, onStored, patienceMilliseconds } = this.#options;
    const deadline = performance.now() + patienceMilliseconds;
    for (;;) {
      try {
        const result = await store({
          actionId,
          attempt,
          lastOrder: this.#lastOrder,
          chunks,
          rows,
          at: now(),
          ...(end ? { end } : {}),
        });
        if (result.status === "fenced") throw new FencedError();
        onStored({ ...result, after });
        return;
      } catch (error) {
        const fault = storeFault(error);
        const passes = fault === "unavailable" || fault === "retry" || fault === "full";
        if (!passes || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
      }
    }
  }
}

function both(one: Handed, other: Handed): Handed {
  if (one === NOTHING_HANDED) return other;
  return { rows: [...one.rows, ...other.rows], after: [...one.after, ...other.after] };
}
