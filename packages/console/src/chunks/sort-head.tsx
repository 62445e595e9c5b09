/** The head of a column, which sorts by it. */
export function SortHead(props: {
  readonly title: string;
  readonly isNumeric: boolean;
  readonly direction: "up" | "down" | null;
  readonly onPress: () => void;
}) {
  return (
    <button
      type="button"
      title={`Sort by ${props.title}`}
      onClick={props.onPress}
      className={`group flex h-full w-full items-center gap-1.5 px-3 py-1.5 text-sm font-semibold whitespace-nowrap -outline-offset-2 hover:text-accent ${props.isNumeric ? "flex-row-reverse" : ""}`}
    >
      <span className="min-w-0 truncate">
        {props.title || <span className="sr-only">Untitled column</span>}
      </span>
      <svg
        viewBox="0 0 8 10"
        aria-hidden="true"
        className={`h-2.5 w-2 shrink-0 fill-current ${props.direction ? "" : "opacity-25 group-hover:opacity-70"}`}
      >
        {props.direction !== "down" && <path d="M4 0 7.5 4h-7z" />}
        {props.direction !== "up" && <path d="M4 10 .5 6h7z" />}
      </svg>
    </button>
  );
}
