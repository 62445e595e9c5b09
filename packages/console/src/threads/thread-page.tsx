import { useCallback, useState } from "react";
import { Link, useParams } from "react-router";
import { changeThread, explain, getThread } from "../api/client.ts";
import type { Action } from "../api/schemas.ts";
import { Announcements } from "../actions/announcements.tsx";
import { ActionView } from "../actions/action-view.tsx";
import { LineSubmission } from "../actions/line-submission.ts";
import { HallHeader } from "../auth/hall-header.tsx";
import { useUser } from "../auth/session.tsx";
import { Composer } from "../composer/composer.tsx";
import { useSubmission } from "../composer/use-submission.ts";
import { Button, buttonClass } from "../design/button.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";
import { EditableText } from "./editable-text.tsx";
import { FirstSteps } from "./first-steps.tsx";
import type { LiveState } from "./live-thread.ts";
import type { ThreadStep, ThreadView } from "./thread-reducer.ts";
import { LONGEST_DESCRIPTION, LONGEST_TITLE, NO_TITLE } from "./thread-texts.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";
import { useThread, type ThreadFault } from "./use-thread.ts";

/** One thread: its actions as they stream in, and the composer. */
export function ThreadPage() {
  const { id = "" } = useParams();
  const [round, setRound] = useState(0);
  return (
    <div className="relative flex h-dvh flex-col overflow-clip">
      <HallHeader />
      <FollowedThread key={`${id} ${round}`} id={id} onRetry={() => setRound(round + 1)} />
    </div>
  );
}

function FollowedThread({ id, onRetry }: { id: string; onRetry: () => void }) {
  const { view, dispatch, fault, live } = useThread(id);
  if (fault) return <FaultView fault={fault} onRetry={onRetry} />;
  if (!view) {
    return (
      <main className="p-6">
        <Spinner label="Loading the thread" />
      </main>
    );
  }
  return <OpenThread view={view} dispatch={dispatch} live={live} />;
}

function FaultView({ fault, onRetry }: { fault: ThreadFault; onRetry: () => void }) {
  return (
    <main className="mx-auto grid w-full max-w-4xl justify-items-start gap-4 p-4">
      <title>Thread - Guildhall</title>
      <Notice level="error">
        {fault.kind === "missing" && "There is no such thread, or it is not shared with you."}
        {fault.kind === "removed" && "This thread was removed, or is no longer shared with you."}
        {fault.kind === "failed" && fault.detail}
      </Notice>
      <div className="flex gap-2">
        {fault.kind === "failed" && <Button onClick={onRetry}>Try again</Button>}
        <Link to="/threads" className={buttonClass("plain")}>
          All threads
        </Link>
      </div>
    </main>
  );
}

interface OpenThreadProps {
  readonly view: ThreadView;
  readonly dispatch: (step: ThreadStep) => void;
  readonly live: LiveState;
}

function OpenThread({ view, dispatch, live }: OpenThreadProps) {
  const { summary, entries } = view;
  const { box, content, isAtEnd, onScroll, goToEnd } = useStickToEnd({ firstKey: entries[0]?.action.id });
  const onAction = useCallback(
    (action: Action) => {
      dispatch({ kind: "submitted", action });
      goToEnd();
    },
    [dispatch, goToEnd],
  );
  const submission = useSubmission({ threadId: summary.id, onAction });
  const canWrite = summary.role !== "reader";
  const { id: userId } = useUser();
  const ownLines = entries.flatMap(({ action }) => (action.user_id === userId ? [action.raw_text] : []));
  return (
    <LineSubmission value={canWrite ? submission.submit : null}>
      <title>{`${summary.title || NO_TITLE} - Guildhall`}</title>
      <main className="flex min-h-0 flex-1 flex-col">
        <ThreadHead view={view} dispatch={dispatch} live={live} />
        <div
          ref={box}
          onScroll={onScroll}
          className="relative min-h-0 flex-1 overflow-y-auto [overflow-anchor:none]"
        >
          <div ref={content} className="mx-auto max-w-4xl px-3 py-4 sm:px-4">
            {view.hasEarlier && <EarlierButton view={view} dispatch={dispatch} />}
            {entries.length === 0 && <FirstSteps canWrite={canWrite} />}
            <ol className="grid gap-5" aria-label="Actions, oldest first">
              {entries.map((entry) => (
                <li key={entry.action.id} className="min-w-0">
                  <ActionView
                    action={entry.action}
                    showQuestion={entry.showQuestion}
                    showAnswer={entry.showAnswer}
                    canCancel={canWrite}
                  />
                </li>
              ))}
            </ol>
          </div>
        </div>
        <Announcements entries={entries} />
        <div className="relative">
          {!isAtEnd && entries.length > 0 && (
            <Button className="absolute -top-11 left-1/2 -translate-x-1/2 shadow-md" onClick={goToEnd}>
              To the newest
            </Button>
          )}
          {canWrite ? (
            <Composer submission={submission} history={ownLines} />
          ) : (
            <p className="border-t border-line bg-surface p-3 text-center text-sm text-muted">
              You may read this thread, but not write to it.
            </p>
          )}
        </div>
      </main>
    </LineSubmission>
  );
}

function ThreadHead({ view, dispatch, live }: OpenThreadProps) {
  const { id, title, description, role } = view.summary;
  const save = async (change: { title?: string; description?: string }) => {
    await changeThread(id, change);
    dispatch({ kind: "edited", change });
  };
  return (
    <div className="border-b border-line">
      <div className="mx-auto flex max-w-4xl items-start gap-3 px-3 py-2 sm:px-4">
        <div className="min-w-0 flex-1">
          <h1 className="text-lg leading-snug font-semibold">
            {role === "owner" ? (
              <EditableText
                label="title"
                value={title}
                placeholder={NO_TITLE}
                className="-mx-1.5 px-1.5"
                maxLength={LONGEST_TITLE}
                onSave={(value) => save({ title: value || NO_TITLE })}
              />
            ) : (
              title || NO_TITLE
            )}
          </h1>
          <div className="text-sm text-muted">
            {role === "owner" ? (
              <EditableText
                label="description"
                value={description}
                placeholder="Add a description"
                className="-mx-1.5 block max-h-24 overflow-y-auto px-1.5"
                maxLength={LONGEST_DESCRIPTION}
                onSave={(value) => save({ description: value })}
              />
            ) : (
              <p className="max-h-24 overflow-y-auto [overflow-wrap:anywhere]">{description}</p>
            )}
          </div>
        </div>
        <LiveSign live={live} />
      </div>
    </div>
  );
}

const LIVE_TEXTS = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" } as const;

function LiveSign({ live }: { live: LiveState }) {
  return (
    <output
      title={
        live === "live"
          ? "New answers appear by themselves"
          : "New answers appear once the connection is back"
      }
      className="mt-1 flex shrink-0 items-center gap-1.5 text-sm text-muted"
    >
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${live === "live" ? "bg-good" : "animate-pulse bg-warn"}`}
      />
      {LIVE_TEXTS[live]}
    </output>
  );
}

function EarlierButton({ view, dispatch }: Omit<OpenThreadProps, "live">) {
  const [isLoading, setIsLoading] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const load = async () => {
    const before = view.entries[0]?.displayOrder;
    if (before === undefined) return;
    setIsLoading(true);
    setFault(null);
    try {
      dispatch({ kind: "earlier", thread: await getThread({ id: view.summary.id, before }) });
    } catch (error) {
      setFault(explain(error));
    } finally {
      setIsLoading(false);
    }
  };
  return (
    <div className="mb-4 grid justify-items-center gap-2">
      <Button disabled={isLoading} onClick={() => void load()}>
        {isLoading ? "Loading" : "Show earlier actions"}
      </Button>
      {fault && <Notice level="error">{fault}</Notice>}
    </div>
  );
}
