import { memo, useContext, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { explain, outputUrl } from "../api/client.ts";
import { moveAction, removeAction, renameAction, showParts, type MoveTo } from "../api/thread-changes.ts";
import { ActionView } from "../actions/action-view.tsx";
import { LineSubmission } from "../chunks/line-submission.ts";
import { useUser } from "../auth/session.tsx";
import { Menu, type MenuItem } from "../design/menu.tsx";
import { MoreIcon } from "../design/more-icon.tsx";
import { EditableText } from "./editable-text.tsx";
import type { Entry, ThreadStep } from "./thread-reducer.ts";
import { LONGEST_TITLE } from "./thread-texts.ts";

const TOOL =
  "inline-grid h-7 min-w-7 place-items-center rounded-md border border-transparent px-1 text-xs font-semibold text-muted hover:bg-sunken hover:text-ink";

interface ActionItemProps {
  readonly threadId: string;
  readonly entry: Entry;
  readonly canWrite: boolean;
  /** On which side of this action the one that is being dragged would be put. */
  readonly dropSide: "before" | "after" | null;
  readonly isDragged: boolean;
  readonly onGrab: (actionId: string, event: PointerEvent<HTMLElement>) => void;
  readonly onAddElsewhere: (actionId: string) => void;
  readonly dispatch: (step: ThreadStep) => void;
}

/** An action in its thread, with what can be done with it there. */
export const ActionItem = memo(function ActionItem(props: ActionItemProps) {
  const { threadId, entry, canWrite, dispatch } = props;
  const { action, output, showQuestion, showAnswer } = entry;
  const { id } = action;
  const user = useUser();
  const submit = useContext(LineSubmission);
  const [isNaming, setIsNaming] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const wantsFocus = useRef(false);
  useEffect(() => {
    // What is put elsewhere in the page loses the focus.
    if (wantsFocus.current) handle.current?.focus();
    wantsFocus.current = false;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- it is the new place that takes the focus away
  }, [entry.displayOrder]);

  const attempt = async (work: () => Promise<void>) => {
    setFault(null);
    try {
      await work();
    } catch (error) {
      setFault(explain(error));
    }
  };
  const move = (to: MoveTo) => void attempt(() => moveAction(threadId, id, to));
  const show = (change: { showQuestion?: boolean; showAnswer?: boolean }) =>
    void attempt(async () => {
      await showParts(threadId, id, {
        ...(change.showQuestion !== undefined && { show_question: change.showQuestion }),
        ...(change.showAnswer !== undefined && { show_answer: change.showAnswer }),
      });
      dispatch({ kind: "changed", actionId: id, change });
    });
  const onHandleKey = (event: KeyboardEvent) => {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    wantsFocus.current = true;
    move({ direction: event.key === "ArrowUp" ? "up" : "down" });
  };
  const items: MenuItem[] = [
    ...(submit ? [{ label: "Run again", onChoose: () => void submit(action.raw_text) }] : []),
    ...(action.user_id === user.id ? [{ label: "Give it a title", onChoose: () => setIsNaming(true) }] : []),
    { label: "Add to another thread", onChoose: () => props.onAddElsewhere(id) },
    ...(output.lastOrder > 0
      ? [{ label: "Save the answer", onChoose: () => window.location.assign(outputUrl(id)) }]
      : []),
    ...(canWrite
      ? [
          { label: "Move up", onChoose: () => move({ direction: "up" }) },
          { label: "Move down", onChoose: () => move({ direction: "down" }) },
          {
            label: "Remove from this thread",
            isDangerous: true,
            onChoose: () =>
              void attempt(async () => {
                await removeAction(threadId, id);
                dispatch({ kind: "removed", actionId: id });
              }),
          },
        ]
      : []),
  ];
  const name = action.raw_text.slice(0, 60);
  const tools = (
    <div className="flex items-center">
      {canWrite && (
        <button
          ref={handle}
          type="button"
          aria-label={`Move ${name}`}
          title="Drag to move, or press the arrow keys"
          onPointerDown={(event) => props.onGrab(id, event)}
          onKeyDown={onHandleKey}
          className="inline-grid h-7 w-7 cursor-grab touch-none place-items-center rounded-md text-muted hover:bg-sunken lg:absolute lg:top-0 lg:-left-6 lg:h-7 lg:w-6 lg:opacity-0 lg:group-hover/item:opacity-100 lg:focus-visible:opacity-100"
        >
          <svg viewBox="0 0 8 14" aria-hidden="true" className="h-3.5 fill-current">
            {[2, 7, 12].map((y) => (
              <g key={y}>
                <circle cx="2" cy={y} r="1.2" />
                <circle cx="6" cy={y} r="1.2" />
              </g>
            ))}
          </svg>
        </button>
      )}
      {canWrite && (
        <>
          <Switch
            letter="Q"
            label="Question"
            isOn={showQuestion}
            onChange={(isOn) => show({ showQuestion: isOn })}
          />
          <Switch
            letter="A"
            label="Answer"
            isOn={showAnswer}
            onChange={(isOn) => show({ showAnswer: isOn })}
          />
        </>
      )}
      <Menu label={`More for ${name}`} className={TOOL} items={items}>
        <MoreIcon />
      </Menu>
    </div>
  );
  return (
    <li
      data-action={id}
      className={`group/item relative min-w-0 ${props.isDragged ? "opacity-50" : ""} ${dropClass(props.dropSide)}`}
    >
      <ActionView
        action={action}
        output={output}
        showQuestion={showQuestion}
        showAnswer={showAnswer}
        canCancel={canWrite}
        titleEditor={
          isNaming && (
            <EditableText
              label="title of the action"
              value={action.title}
              placeholder="No title"
              className=""
              maxLength={LONGEST_TITLE}
              isOpenAtFirst
              onLeave={() => setIsNaming(false)}
              onSave={async (title) => {
                await renameAction(id, title);
                dispatch({ kind: "changed", actionId: id, change: { title } });
              }}
            />
          )
        }
        tools={tools}
      />
      {fault && (
        <p role="alert" className="mt-1 text-sm text-danger">
          {fault}
        </p>
      )}
    </li>
  );
});

function dropClass(side: "before" | "after" | null): string {
  if (side === null) return "";
  const place = side === "before" ? "before:-top-3" : "before:-bottom-3";
  return `before:absolute before:inset-x-0 before:h-0.5 before:rounded before:bg-accent ${place}`;
}

function Switch(props: {
  readonly letter: string;
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  const { letter, label, isOn } = props;
  return (
    <button
      type="button"
      aria-pressed={isOn}
      title={`${label} is ${isOn ? "shown" : "hidden"}`}
      onClick={() => props.onChange(!isOn)}
      className={`${TOOL} ${isOn ? "" : "line-through"}`}
    >
      <span aria-hidden="true">{letter}</span>
      <span className="sr-only">{label} shown</span>
    </button>
  );
}
