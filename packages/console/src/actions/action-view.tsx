import { memo, useState, type ReactNode } from "react";
import { cancelAction, explain } from "../api/client.ts";
import type { Action, Chunk } from "../api/schemas.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";
import { isProgress, noticeOf } from "./chunk-kind.ts";
import { ChunkView, Reference } from "./chunk-view.tsx";
import { shownText } from "./shown-text.ts";

const FIRST_CHUNKS = 50;
const LAST_CHUNKS = 450;

interface ActionViewProps {
  readonly action: Action;
  readonly showQuestion: boolean;
  readonly showAnswer: boolean;
  readonly canCancel: boolean;
}

/** An action: what was typed, how far it is, and its answer. */
export const ActionView = memo(function ActionView({
  action,
  showQuestion,
  showAnswer,
  canCancel,
}: ActionViewProps) {
  const user = useUser();
  const question = shownText(action.raw_text);
  // A title that nobody changed begins as the line itself.
  const hasOwnTitle = action.title !== "" && !action.raw_text.startsWith(action.title);
  return (
    <article aria-busy={!action.is_completed} aria-label={action.title || question.shown.slice(0, 100)}>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          {hasOwnTitle && <h2 className="font-semibold [overflow-wrap:anywhere]">{action.title}</h2>}
          <Folded isFolded={!showQuestion} label="question">
            <p className="flex gap-2 font-mono text-sm font-semibold">
              <span aria-hidden="true" className="text-accent select-none">
                &gt;
              </span>
              <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
                {question.shown}
                {question.hidden > 0 && " (cut)"}
              </span>
            </p>
          </Folded>
        </div>
        <p className="shrink-0 text-xs leading-5 text-muted">
          {action.adapter !== "console" && <span>by way of {action.adapter}, </span>}
          <Instant at={action.created_at} />
        </p>
      </div>
      <div className="mt-1.5 grid min-w-0 gap-2 border-s-2 border-line ps-3 sm:ms-1">
        <Folded isFolded={!showAnswer} label="answer">
          <Answer action={action} />
        </Folded>
        <Outcome action={action} canCancel={canCancel && action.user_id === user.id} />
      </div>
    </article>
  );
});

function Folded({ isFolded, label, children }: { isFolded: boolean; label: string; children: ReactNode }) {
  if (!isFolded) return children;
  return (
    <details>
      <summary className="w-fit text-sm text-muted">The {label} is hidden</summary>
      <div className="mt-1 grid gap-2">{children}</div>
    </details>
  );
}

function Answer({ action }: { action: Action }) {
  const chunks = drawnChunks(action);
  if (chunks.length <= FIRST_CHUNKS + LAST_CHUNKS) return <Chunks chunks={chunks} />;
  const hidden = chunks.length - FIRST_CHUNKS - LAST_CHUNKS;
  return (
    <>
      <Chunks chunks={chunks.slice(0, FIRST_CHUNKS)} />
      <p className="text-sm text-muted">{hidden.toLocaleString()} pieces of this answer are not shown.</p>
      <Chunks chunks={chunks.slice(-LAST_CHUNKS)} />
    </>
  );
}

function Chunks({ chunks }: { chunks: readonly Chunk[] }) {
  return chunks.map((chunk) => (
    <div key={chunk.order} className="min-w-0">
      <ChunkView chunk={chunk} />
    </div>
  ));
}

/** All but overtaken progress; once the work is done there is nothing left to wait for. */
function drawnChunks({ state, response_chunks }: Action): readonly Chunk[] {
  const latest = state === "completed" ? undefined : response_chunks.findLast(isProgress);
  return response_chunks.filter((chunk) => !isProgress(chunk) || chunk === latest);
}

function Outcome({ action, canCancel }: { action: Action; canCancel: boolean }) {
  switch (action.state) {
    case "accepted":
    case "running":
      return (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <Spinner label={action.state === "accepted" ? "Waiting to run" : "Running"} />
          {canCancel && <CancelButton actionId={action.id} />}
        </div>
      );
    case "failed":
      return <Failure action={action} />;
    case "cancelled":
      return <p className="text-sm text-muted">{action.error?.message ?? "Cancelled"}</p>;
    case "completed":
      return action.response_chunks.length === 0 ? (
        <p className="text-sm text-muted">Done, without an answer.</p>
      ) : null;
  }
}

/** The error, unless the answer has told it in a notice already. */
function Failure({ action: { error, response_chunks } }: { action: Action }) {
  const isTold = response_chunks.some((chunk) => {
    const notice = noticeOf(chunk);
    return (
      notice !== undefined &&
      (notice.message === error?.message || (!!error?.reference && notice.reference === error.reference))
    );
  });
  if (isTold) return <p className="text-sm text-danger">Failed</p>;
  return (
    <Notice level="error">
      <strong>Failed</strong>
      {error && `: ${error.message}`}
      {error?.reference && !error.message.includes(error.reference) && <Reference id={error.reference} />}
    </Notice>
  );
}

function CancelButton({ actionId }: { actionId: string }) {
  const [isAsked, setIsAsked] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const cancel = async () => {
    setIsAsked(true);
    setFault(null);
    try {
      await cancelAction(actionId);
    } catch (error) {
      setFault(explain(error));
      setIsAsked(false);
    }
  };
  return (
    <>
      <Button disabled={isAsked} onClick={() => void cancel()}>
        {isAsked ? "Cancelling" : "Cancel"}
      </Button>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
    </>
  );
}
