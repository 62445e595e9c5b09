import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "../design/button.tsx";
import { INPUT_CLASS } from "../design/field.tsx";
import { useFocusOnOpen } from "../design/use-focus-on-open.ts";
import { CompletionList, optionId } from "./completion-list.tsx";
import { FeedbackPanel } from "./feedback-panel.tsx";
import { distinctLines, recall, type HistoryPlace } from "./line-history.ts";
import { insertCandidate, useCompletion, type Completed } from "./use-completion.ts";
import type { Submission } from "./use-submission.ts";

const MOST_ROWS = 8;
const AT_DRAFT: HistoryPlace = { back: 0, draft: "" };

/** Where a line is typed, with history, completion, and what the hall said about the last one. */
export function Composer({ submission, history }: { submission: Submission; history: readonly string[] }) {
  const [text, setText] = useState("");
  const [place, setPlace] = useState(AT_DRAFT);
  /** After Escape, or when there is nothing to complete, Tab leaves the box as it does elsewhere. */
  const [tabLeaves, setTabLeaves] = useState(false);
  const completion = useCompletion();
  const box = useFocusOnOpen<HTMLTextAreaElement>();
  const wantedCursor = useRef<number | null>(null);
  const id = useId();
  const listId = `${id}-list`;
  const { isPending, feedback } = submission;

  useLayoutEffect(() => {
    if (wantedCursor.current === null) return;
    box.current?.setSelectionRange(wantedCursor.current, wantedCursor.current);
    wantedCursor.current = null;
  });

  const replaceText = (line: string, cursor: number) => {
    wantedCursor.current = cursor;
    setText(line);
  };
  const put = (completed: Completed | undefined) => {
    if (completed) replaceText(completed.line, completed.cursor);
  };
  const choose = (index: number) => {
    if (completion.list) put(insertCandidate(completion.list.line, completion.list.completion, index));
    completion.close();
  };
  const openList = async (takeSingle: boolean) => {
    const completed = await completion.open(text, box.current?.selectionStart ?? text.length, takeSingle);
    // What was typed in the meantime wins.
    if (completed && box.current?.value === text) put(completed);
  };
  const finish = async (line: string) => {
    // What is asked instead takes the focus itself.
    if (!(await submission.submit(line))) return;
    setText("");
    setPlace(AT_DRAFT);
    box.current?.focus();
  };
  const submit = async () => {
    if (text.trim() === "" || isPending) return;
    completion.close();
    await finish(text);
  };
  const browse = (step: 1 | -1): boolean => {
    const lines = distinctLines(history);
    const from = place.back === 0 ? { back: 0, draft: text } : place;
    const found = recall({ lines, place: from, step });
    if (!found) return false;
    replaceText(found.text, found.text.length);
    setPlace(found.place);
    return true;
  };
  const onChange = (line: string, cursor: number) => {
    setText(line);
    setPlace(AT_DRAFT);
    setTabLeaves(false);
    if (completion.list) void completion.open(line, cursor, false);
    else completion.close();
  };

  const onListKey = (event: KeyboardEvent): boolean => {
    if (!completion.list) return false;
    switch (event.key) {
      case "ArrowDown":
        completion.move(1);
        return true;
      case "ArrowUp":
        completion.move(-1);
        return true;
      case "Enter":
      case "Tab":
        if (event.shiftKey) return false;
        choose(completion.list.active);
        return true;
      case "Escape":
        completion.close();
        setTabLeaves(true);
        return true;
      default:
        return false;
    }
  };
  const onTextKey = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const isCaret = selectionStart === selectionEnd;
    switch (event.key) {
      case "Enter":
        if (event.shiftKey) return false;
        void submit();
        return true;
      case "Tab":
        if (event.shiftKey || tabLeaves || text.trim() === "") return false;
        setTabLeaves(true);
        void openList(true);
        return true;
      case " ":
        if (!event.ctrlKey) return false;
        void openList(false);
        return true;
      case "ArrowUp":
        return isCaret && !text.slice(0, selectionStart).includes("\n") && browse(1);
      case "ArrowDown":
        return isCaret && !text.slice(selectionEnd).includes("\n") && browse(-1);
      case "Escape":
        if (feedback) submission.dismiss();
        setTabLeaves(true);
        return feedback !== null;
      default:
        return false;
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.altKey || event.metaKey) return;
    if (onListKey(event) || onTextKey(event)) event.preventDefault();
  };

  return (
    <div className="border-t border-line bg-surface">
      <form
        className="relative mx-auto max-w-4xl px-3 py-2 sm:px-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {completion.list && <CompletionList id={listId} list={completion.list} onChoose={choose} />}
        <div className="flex items-end gap-2">
          <label htmlFor={id} className="sr-only">
            Command line
          </label>
          <textarea
            ref={box}
            id={id}
            role="combobox"
            aria-autocomplete="list"
            aria-haspopup="listbox"
            aria-expanded={completion.list !== null}
            aria-controls={completion.list ? listId : undefined}
            aria-activedescendant={completion.list ? optionId(listId, completion.list.active) : undefined}
            aria-describedby={`${id}-hint`}
            aria-invalid={feedback?.kind === "refused"}
            placeholder="Type a command"
            rows={Math.min(MOST_ROWS, text.split("\n").length)}
            className={`${INPUT_CLASS} max-h-[40dvh] resize-none font-mono [field-sizing:content]`}
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="send"
            value={text}
            readOnly={isPending}
            onChange={(event) => onChange(event.target.value, event.target.selectionStart)}
            onKeyDown={onKeyDown}
            onBlur={completion.close}
          />
          <Button
            type="submit"
            look="primary"
            className="min-h-[42px]"
            disabled={isPending || text.trim() === ""}
          >
            {isPending ? "Sending" : "Run"}
          </Button>
        </div>
        <p id={`${id}-hint`} className="mt-1 hidden text-xs text-muted sm:block">
          Enter runs, Shift+Enter breaks the line, Tab or Ctrl+Space completes, Up and Down recall, Escape
          closes and lets Tab move on.
        </p>
        <output className="mt-1 block text-xs text-muted empty:hidden">
          {completion.message ||
            (completion.list &&
              `${completion.list.completion.candidates.length} completions: Up and Down choose, Enter takes one.`)}
        </output>
      </form>
      {feedback && (
        <FeedbackPanel
          feedback={feedback}
          isPending={isPending}
          onDismiss={() => {
            submission.dismiss();
            box.current?.focus();
          }}
          onLine={(line) => void finish(line)}
        />
      )}
    </div>
  );
}
