/** A turning ring beside words that say what goes on. */
export function Spinner({ label, isLabelHidden = false }: { label: string; isLabelHidden?: boolean }) {
  return (
    <span className="inline-flex items-center gap-2 text-sm text-muted">
      <span
        aria-hidden="true"
        className="size-3.5 shrink-0 animate-spin rounded-full border-2 border-line border-t-accent"
      />
      <span className={isLabelHidden ? "sr-only" : ""}>{label}</span>
    </span>
  );
}
