import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { explain } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { INPUT_CLASS } from "../design/field.tsx";
import { useFocusOnOpen } from "../design/use-focus-on-open.ts";

/** A text that becomes a box to type in: Enter saves, Escape leaves it as it was. */
export function EditableText({
  label,
  value,
  placeholder,
  className,
  maxLength,
  isOpenAtFirst = false,
  onLeave,
  onSave,
}: {
  /** What the text is: "title". */
  readonly label: string;
  readonly value: string;
  /** Stands in for an empty value. */
  readonly placeholder: string;
  readonly className: string;
  readonly maxLength: number;
  readonly isOpenAtFirst?: boolean;
  /** Called when the box is closed, however it was. */
  readonly onLeave?: () => void;
  readonly onSave: (value: string) => Promise<void>;
}) {
  const [draft, setDraft] = useState<string | null>(isOpenAtFirst ? value : null);
  const opener = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const returnFocus = useRef(false);
  const leave = () => {
    // Whoever has gone on to another field while this one was saved stays there.
    const { activeElement, body } = document;
    returnFocus.current = activeElement === body || box.current?.contains(activeElement) === true;
    setDraft(null);
    onLeave?.();
  };
  useEffect(() => {
    if (draft !== null || !returnFocus.current) return;
    returnFocus.current = false;
    opener.current?.focus();
  }, [draft]);

  if (draft === null) {
    return (
      <button
        ref={opener}
        type="button"
        title={`Edit the ${label}`}
        onClick={() => setDraft(value)}
        className={`group max-w-full rounded-md border border-transparent text-start [overflow-wrap:anywhere] hover:bg-sunken ${className}`}
      >
        {value === "" ? <span className="text-muted">{placeholder}</span> : value}
        {/* The sign stays on the line of the last word. */}
        <span className="whitespace-nowrap">
          &nbsp;
          <PencilSign />
        </span>
      </button>
    );
  }
  return <Editor {...{ label, draft, setDraft, maxLength, leave, onSave, value, box }} />;
}

function Editor(props: {
  readonly label: string;
  readonly value: string;
  readonly draft: string;
  readonly setDraft: (draft: string) => void;
  readonly maxLength: number;
  readonly leave: () => void;
  readonly box: RefObject<HTMLDivElement | null>;
  readonly onSave: (value: string) => Promise<void>;
}) {
  const { label, value, draft, maxLength, leave, box } = props;
  const input = useFocusOnOpen<HTMLInputElement>();
  const [fault, setFault] = useState<string | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const save = async () => {
    const wanted = draft.trim();
    if (wanted === value) {
      leave();
      return;
    }
    setIsSaving(true);
    setFault(null);
    try {
      await props.onSave(wanted);
      leave();
    } catch (error) {
      setFault(explain(error));
      setIsSaving(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      leave();
    } else if (event.key === "Enter") {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div ref={box} className="grid gap-1 py-0.5">
      <div className="flex flex-wrap gap-2">
        <input
          aria-label={`${label}: Enter saves, Escape leaves`}
          className={`${INPUT_CLASS} flex-1 basis-full py-1 sm:basis-48`}
          value={draft}
          maxLength={maxLength}
          readOnly={isSaving}
          ref={input}
          onFocus={(event) => event.target.select()}
          onChange={(event) => props.setDraft(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Button look="primary" disabled={isSaving} onClick={() => void save()}>
          Save
        </Button>
        <Button onClick={leave}>Cancel</Button>
      </div>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
    </div>
  );
}

function PencilSign() {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className="ms-1 inline size-3.5 align-baseline text-muted opacity-60 group-hover:opacity-100 group-focus-visible:opacity-100"
    >
      <path
        d="m2.5 13.5.7-3L10.5 3l2.5 2.5-7.4 7.4-3.1.6ZM9 4.6 11.4 7"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinejoin="round"
      />
    </svg>
  );
}
