import { useEffect, useReducer, useState } from "react";
import { ApiError, explain, getThread } from "../api/client.ts";
import { LiveThread, type LiveState } from "./live-thread.ts";
import { threadReducer } from "./thread-reducer.ts";

/** Why a thread cannot be shown. */
export type ThreadFault =
  | { readonly kind: "missing" }
  | { readonly kind: "removed" }
  | { readonly kind: "failed"; readonly detail: string };

/** A thread, kept as it is in the hall: loaded first, then followed from the event after the loaded ones. */
export function useThread(id: string, userId: string) {
  const [view, dispatch] = useReducer(threadReducer, null);
  const [fault, setFault] = useState<ThreadFault | null>(null);
  const [live, setLive] = useState<LiveState>("connecting");

  useEffect(() => {
    const abort = new AbortController();
    let followed: LiveThread | undefined;
    const open = async () => {
      try {
        const thread = await getThread({ id, signal: abort.signal });
        if (abort.signal.aborted) return;
        dispatch({ kind: "loaded", thread });
        followed = new LiveThread({
          threadId: id,
          after: thread.last_seq,
          onEvents: (events) => {
            dispatch({ kind: "events", events });
            for (const event of events) {
              if (event.type !== "member-changed" || event.user_id !== userId) continue;
              dispatch({ kind: "role", role: event.role });
            }
          },
          onState: setLive,
          onRemoved: () => setFault({ kind: "removed" }),
        });
      } catch (error) {
        if (abort.signal.aborted) return;
        const isMissing = error instanceof ApiError && (error.status === 404 || error.status === 400);
        setFault(isMissing ? { kind: "missing" } : { kind: "failed", detail: explain(error) });
      }
    };
    void open();
    return () => {
      abort.abort();
      followed?.close();
    };
  }, [id, userId]);

  const outdated = view?.outdated ?? 0;
  useEffect(() => {
    if (outdated === 0) return undefined;
    const abort = new AbortController();
    getThread({ id, signal: abort.signal }).then(
      (thread) => dispatch({ kind: "loaded", thread }),
      (error: unknown) => {
        if (!abort.signal.aborted) setFault({ kind: "failed", detail: explain(error) });
      },
    );
    return () => abort.abort();
  }, [id, outdated]);

  return { view, dispatch, fault, live };
}
