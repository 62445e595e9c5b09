import { memo, useState, type ReactNode } from "react";
import { cancelAction, explain, outputUrl } from "../api/client.ts";
import type { Chunk } from "../api/schemas.ts";
import { useUser } from "../auth/session.tsx";
import { Button } from "../design/button.tsx";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";
import { hasColours } from "../chunks/ansi-text.ts";
import { isPlainText, isProgress, noticeOf } from "../chunks/chunk-kind.ts";
import { ChunkView } from "../chunks/chunk-view.tsx";
import { CutNote } from "../chunks/cut-note.tsx";
import { Reference } from "../chunks/reference.tsx";
import { shortened } from "../chunks/shown-text.ts";
import type { ActionHead } from "../threads/thread-reducer.ts";
import type { Output } from "./output.ts";

const LONGEST_QUESTION = 20_000;

interface ActionViewProps {
  readonly action: ActionHead;
  readonly output: Output;
  readonly showQuestion: boolean;
  readonly showAnswer: boolean;
  readonly canCancel: boolean;
  /** Stands in for the title while it is edited. */
  readonly titleEditor?: ReactNode;
  /** What can be done with the action, at the end of its first line. */
  readonly tools?: ReactNode;
}

/** An action: what was typed, how far it is, and its answer. */
export const ActionView = memo(function ActionView({
  action,
  output,
  showQuestion,
  showAnswer,
  canCancel,
  titleEditor,
  tools,
}: ActionViewProps) {
  const user = useUser();
  // A title that nobody changed begins as the line itself.
  const hasOwnTitle = action.title !== "" && !action.raw_text.startsWith(action.title);
  return (
    <article aria-busy={!action.is_completed} aria-label={action.title || action.raw_text.slice(0, 100)}>
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1 pt-1">
          {titleEditor}
          {!titleEditor && hasOwnTitle && (
            <h2 className="font-semibold [overflow-wrap:anywhere]">{action.title}</h2>
          )}
          <Folded isFolded={!showQuestion} label="question">
            <p className="flex gap-2 font-mono text-sm font-semibold">
              <span aria-hidden="true" className="text-accent select-none">
                &gt;
              </span>
              <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
                {shortened(action.raw_text, LONGEST_QUESTION)}
              </span>
            </p>
          </Folded>
        </div>
        <div className="flex shrink-0 items-center gap-1">
          <p className="text-xs leading-5 text-muted">
            {action.adapter !== "console" && (
              <span className="max-sm:sr-only">by way of {action.adapter}, </span>
            )}
            <Instant at={action.created_at} />
          </p>
          {tools}
        </div>
      </div>
      <div className="mt-1.5 grid min-w-0 gap-2 border-s-2 border-line ps-3 sm:ms-1">
        <Folded isFolded={!showAnswer} label="answer">
          <Answer action={action} output={output} />
        </Folded>
        <Outcome action={action} output={output} canCancel={canCancel && action.user_id === user.id} />
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

function Answer({ action, output }: { action: ActionHead; output: Output }) {
  // Once the work is done there is nothing left to wait for.
  const isShown = (chunk: Chunk) => action.state !== "completed" || !isProgress(chunk);
  return (
    <>
      <Chunks chunks={output.head.filter(isShown)} />
      {output.hidden > 0 && (
        <CutNote words={`${output.hidden.toLocaleString()} pieces of this answer are not shown here.`}>
          <a
            className="rounded text-accent underline underline-offset-2"
            href={outputUrl(action.id)}
            download
          >
            Save the whole
          </a>
        </CutNote>
      )}
      <Chunks chunks={output.tail.filter(isShown)} />
    </>
  );
}

/** Texts that follow each other stand together, as they would in a terminal. */
function Chunks({ chunks }: { chunks: readonly Chunk[] }) {
  return groupsOf(chunks).map(({ first, isColoured, members }) => (
    <div
      key={first}
      className={isColoured ? "terminal min-w-0 overflow-x-auto rounded-md px-3 py-2" : "min-w-0"}
    >
      {members.map((chunk) => (
        <ChunkView key={chunk.order} chunk={chunk} isColoured={isColoured} />
      ))}
    </div>
  ));
}

interface Group {
  readonly first: number;
  readonly isText: boolean;
  isColoured: boolean;
  readonly members: Chunk[];
}

function groupsOf(chunks: readonly Chunk[]): readonly Group[] {
  const groups: Group[] = [];
  for (const chunk of chunks) {
    const isText = isPlainText(chunk);
    const isColoured = isText && hasColours(chunk.text_content ?? "");
    const last = groups.at(-1);
    if (last?.isText && isText) {
      last.members.push(chunk);
      last.isColoured ||= isColoured;
    } else {
      groups.push({ first: chunk.order, isText, isColoured, members: [chunk] });
    }
  }
  return groups;
}

function Outcome(props: { action: ActionHead; output: Output; canCancel: boolean }) {
  const { action, output, canCancel } = props;
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
      return <Failure action={action} output={output} />;
    case "cancelled":
      return <p className="text-sm text-muted">{action.error?.message ?? "Cancelled"}</p>;
    case "completed":
      return output.lastOrder === 0 ? <p className="text-sm text-muted">Done, without an answer.</p> : null;
  }
}

/** The error, unless the answer has told it in a notice already. */
function Failure({ action: { error }, output }: { action: ActionHead; output: Output }) {
  const isTold = [...output.head, ...output.tail].some((chunk) => {
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
