import { useCallback, useRef, useState } from "react";
import { Link, useParams } from "react-router";
import { changeThread, explain, getThread } from "../api/client.ts";
import type { Action } from "../api/schemas.ts";
import { moveAction, type MoveTo } from "../api/thread-changes.ts";
import { Announcements } from "../actions/announcements.tsx";
import { LineSubmission } from "../chunks/line-submission.ts";
import { HallHeader } from "../auth/hall-header.tsx";
import { useUser } from "../auth/session.tsx";
import { Composer } from "../composer/composer.tsx";
import { useSubmission } from "../composer/use-submission.ts";
import { Button, buttonClass } from "../design/button.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";
import { ActionItem } from "./action-item.tsx";
import { AddElsewhereDialog } from "./add-elsewhere-dialog.tsx";
import { EditableText } from "./editable-text.tsx";
import { FirstSteps } from "./first-steps.tsx";
import type { LiveState } from "./live-thread.ts";
import { ShareDialog } from "./share-dialog.tsx";
import type { ThreadStep, ThreadView } from "./thread-reducer.ts";
import { LONGEST_DESCRIPTION, LONGEST_TITLE, NO_TITLE } from "./thread-texts.ts";
import { useActionDrag } from "./use-action-drag.ts";
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
  const { view, dispatch, fault, live } = useThread(id, useUser().id);
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
  const list = useRef<HTMLOListElement>(null);
  const [spread, setSpread] = useState<string | null>(null);
  const [moveFault, setMoveFault] = useState<string | null>(null);
  const onMove = useCallback(
    (actionId: string, to: MoveTo) => {
      setMoveFault(null);
      moveAction(summary.id, actionId, to).catch((error: unknown) => setMoveFault(explain(error)));
    },
    [summary.id],
  );
  const { drag, onGrab } = useActionDrag({ list, box, onMove });
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
            <ol ref={list} className="grid gap-5" aria-label="Actions, oldest first">
              {entries.map((entry) => (
                <ActionItem
                  key={entry.action.id}
                  threadId={summary.id}
                  entry={entry}
                  canWrite={canWrite}
                  isDragged={drag?.actionId === entry.action.id}
                  dropSide={drag?.target?.actionId === entry.action.id ? drag.target.side : null}
                  onGrab={onGrab}
                  onAddElsewhere={setSpread}
                  dispatch={dispatch}
                />
              ))}
            </ol>
            {moveFault && <Notice level="error">{moveFault}</Notice>}
          </div>
        </div>
        {spread !== null && (
          <AddElsewhereDialog actionId={spread} threadId={summary.id} onClose={() => setSpread(null)} />
        )}
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
  const [isSharing, setIsSharing] = useState(false);
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
        <div className="flex shrink-0 flex-wrap items-center justify-end gap-x-3 gap-y-1">
          <LiveSign live={live} />
          <Button onClick={() => setIsSharing(true)}>{role === "owner" ? "Share" : "People"}</Button>
        </div>
        {isSharing && <ShareDialog thread={view.summary} onClose={() => setIsSharing(false)} />}
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
      className="flex shrink-0 items-center gap-1.5 text-sm text-muted"
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
