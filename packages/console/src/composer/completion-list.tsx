/* oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus --
   the list of an ARIA combobox: the text keeps the focus and has the keys (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/) */
import { useEffect } from "react";
import type { OpenList } from "./use-completion.ts";

/** The id of a candidate's element, for `aria-activedescendant`. */
export function optionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** What could stand at the cursor, above the composer. The focus stays in the text. */
export function CompletionList({
  id,
  list,
  onChoose,
}: {
  readonly id: string;
  readonly list: OpenList;
  readonly onChoose: (index: number) => void;
}) {
  const activeId = optionId(id, list.active);
  useEffect(() => {
    document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Completions"
      className="absolute inset-x-3 bottom-full z-20 mb-1 max-h-64 overflow-y-auto rounded-md border border-edge bg-surface py-1 shadow-lg sm:inset-x-4"
    >
      {list.completion.candidates.map(({ value, summary, kind }, index) => (
        <div
          key={`${kind} ${value}`}
          id={optionId(id, index)}
          role="option"
          aria-selected={index === list.active}
          // The text keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(index)}
          className={`flex cursor-pointer flex-wrap items-baseline gap-x-3 px-3 py-1.5 text-sm hover:bg-sunken ${index === list.active ? "bg-sunken shadow-[inset_3px_0_0_var(--accent)]" : ""}`}
        >
          <span className="font-mono font-medium">{value}</span>
          <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{summary}</span>
        </div>
      ))}
    </div>
  );
}
