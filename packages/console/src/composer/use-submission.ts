import { useCallback, useRef, useState } from "react";
import { ApiError, explain, newKey, submitLine } from "../api/client.ts";
import type { Action, Asked, Help } from "../api/schemas.ts";

/** What the composer shows about the last line: help that was asked for, what the line asks, or why it was refused. */
export type Feedback =
  | { readonly kind: "help"; readonly help: Help }
  | { readonly kind: "asked"; readonly asked: Asked }
  | { readonly kind: "refused"; readonly message: string; readonly help: Help | undefined };

/** Submits lines to a thread, one at a time. */
export interface Submission {
  /** Whether the line was taken, as an action or as a request for help. */
  readonly submit: (line: string) => Promise<boolean>;
  readonly isPending: boolean;
  readonly feedback: Feedback | null;
  readonly dismiss: () => void;
}

/**
 * A line whose outcome is unknown because the network failed keeps its key: submitted again unchanged, it runs once.
 */
export function useSubmission({
  threadId,
  onAction,
}: {
  readonly threadId: string;
  readonly onAction: (action: Action) => void;
}): Submission {
  const [isPending, setIsPending] = useState(false);
  const [feedback, setFeedback] = useState<Feedback | null>(null);
  const isBusy = useRef(false);
  const unsettled = useRef<{ readonly line: string; readonly key: string } | null>(null);

  const submit = useCallback(
    async (line: string): Promise<boolean> => {
      if (isBusy.current) return false;
      isBusy.current = true;
      setIsPending(true);
      const key = unsettled.current?.line === line ? unsettled.current.key : newKey();
      unsettled.current = null;
      try {
        const outcome = await submitLine({ threadId, line, key });
        setFeedback(outcome.kind === "help" ? { kind: "help", help: outcome.help } : null);
        if (outcome.kind === "action") onAction(outcome.action);
        return true;
      } catch (error) {
        if (error instanceof ApiError && error.isPassing) unsettled.current = { line, key };
        const { help, asked } = error instanceof ApiError ? error : {};
        setFeedback(asked ? { kind: "asked", asked } : { kind: "refused", message: explain(error), help });
        return false;
      } finally {
        isBusy.current = false;
        setIsPending(false);
      }
    },
    [threadId, onAction],
  );

  const dismiss = useCallback(() => setFeedback(null), []);
  return { submit, isPending, feedback, dismiss };
}
