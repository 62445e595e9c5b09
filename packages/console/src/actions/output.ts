import type { Action, Chunk } from "../api/schemas.ts";
import { isProgress } from "../chunks/chunk-kind.ts";

const HEAD_CHUNKS = 50;
const TAIL_CHUNKS = 450;
/** Characters of text that the page keeps of an output's end. */
const TAIL_CHARACTERS = 1_000_000;
/** The end may outgrow its bounds by this much before it is cut, so that not every chunk cuts. */
const SLACK = 1.25;

/** What the page keeps of an action's output: its beginning and its end, however long it grows. */
export interface Output {
  readonly head: readonly Chunk[];
  readonly tail: readonly Chunk[];
  /** So many pieces between head and tail were let go. */
  readonly hidden: number;
  /** The order of the newest chunk that was taken. */
  readonly lastOrder: number;
}

const NO_OUTPUT: Output = { head: [], tail: [], hidden: 0, lastOrder: 0 };

/** What the page keeps of the output that came with an action, of which the hall may have sent but the end. */
export function outputOf({
  response_chunks: chunks,
  has_earlier_chunks,
}: Pick<Action, "response_chunks" | "has_earlier_chunks">): Output {
  const [first] = chunks;
  if (!has_earlier_chunks || !first) return withChunks(NO_OUTPUT, chunks);
  return withChunks({ ...NO_OUTPUT, hidden: first.order - 1, lastOrder: first.order - 1 }, chunks);
}

/**
 * The output with more chunks. Chunks of an action arrive in order; one that came before, by whatever way, changes
 * nothing. Of progress only the latest is kept.
 */
export function withChunks(output: Output, arrived: readonly Chunk[]): Output {
  const fresh = arrived.filter(({ order }) => order > output.lastOrder);
  const last = fresh.at(-1);
  if (!last) return output;
  const isOvertaken = fresh.some(isProgress);
  const kept = (chunks: readonly Chunk[]) =>
    isOvertaken ? chunks.filter((chunk) => !isProgress(chunk)) : chunks;
  const latest = fresh.findLast(isProgress);
  const added = fresh.filter((chunk) => !isProgress(chunk) || chunk === latest);
  let head = kept(output.head);
  let tail = kept(output.tail);
  if (tail.length === 0 && output.hidden === 0) {
    const room = HEAD_CHUNKS - head.length;
    head = [...head, ...added.slice(0, room)];
    tail = added.slice(room);
  } else {
    tail = [...tail, ...added];
  }
  const from = tailStart(tail);
  return {
    head,
    tail: from === 0 ? tail : tail.slice(from),
    hidden: output.hidden + from,
    lastOrder: last.order,
  };
}

function tailStart(tail: readonly Chunk[]): number {
  const characters = tail.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
  if (tail.length <= TAIL_CHUNKS * SLACK && characters <= TAIL_CHARACTERS * SLACK) return 0;
  let left = TAIL_CHARACTERS;
  let from = tail.length;
  // The newest is always kept.
  while (from > 0 && (from === tail.length || tail.length - from < TAIL_CHUNKS)) {
    left -= sizeOf(tail[from - 1]);
    if (left < 0 && from < tail.length) break;
    from -= 1;
  }
  return from;
}

function sizeOf(chunk: Chunk | undefined): number {
  return chunk?.text_content?.length ?? 0;
}
