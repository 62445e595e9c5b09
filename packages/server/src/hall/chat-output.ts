import type { DataAccessor } from "../data/data-accessor.ts";
import type { Action, ActionResponseChunk } from "../data/models.ts";
import type { ThreadFeeds } from "./thread-feeds.ts";

/** What a chat platform is to be told of an action, in order; the end comes once and last. */
export type ChatOutput =
  | { readonly kind: "chunk"; readonly chunk: ActionResponseChunk }
  | { readonly kind: "end"; readonly state: Action["state"]; readonly error: Action["error"] };

/** The output of an action that has ended, as it was recorded. */
export async function* tellAction(action: Action): AsyncGenerator<ChatOutput> {
  for (const chunk of action.response_chunks) yield { kind: "chunk", chunk };
  yield { kind: "end", state: action.state, error: action.error };
}

/**
 * An action's output behind the chunk `after`, as it is stored, until the action has ended. It holds nobody else's
 * output, and what it holds for the asker alone is marked.
 *
 * @throws what the signal was aborted with
 */
export async function* followAction(of: {
  readonly data: DataAccessor;
  readonly feeds: ThreadFeeds;
  readonly userId: string;
  readonly threadId: string;
  readonly actionId: string;
  readonly after: number;
  readonly signal: AbortSignal;
}): AsyncGenerator<ChatOutput> {
  const { data, feeds, userId, threadId, actionId, signal } = of;
  const waiting: ActionResponseChunk[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  const onAbort = () => wake();
  // Watched from the thread's end on before the action is read: what comes in between is heard twice, and told once.
  const stop = await feeds.read({
    threadId,
    userId,
    after: Number.MAX_SAFE_INTEGER,
    reader: {
      deliver: (events) => {
        for (const { event } of events) {
          if (event.action_id !== actionId) continue;
          if (event.chunk) waiting.push(event.chunk);
          if (event.type === "action-completed") ended = true;
        }
        wake();
      },
      end: () => {
        ended = true;
        wake();
      },
    },
  });
  signal.addEventListener("abort", onAbort);
  try {
    let seen = of.after;
    for (;;) {
      // An end that is heard while the action is read may be later than what was read.
      const wasEnded = ended;
      const action = await data.getAction(userId, actionId);
      for (const chunk of action.response_chunks.filter(({ order }) => order > seen)) {
        seen = chunk.order;
        yield { kind: "chunk", chunk };
      }
      if (action.is_completed || wasEnded) {
        yield { kind: "end", state: action.state, error: action.error };
        return;
      }
      while (!ended) {
        signal.throwIfAborted();
        const chunk = waiting.shift();
        if (!chunk) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (chunk.order > seen) {
          seen = chunk.order;
          yield { kind: "chunk", chunk };
        }
      }
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    stop();
  }
}
