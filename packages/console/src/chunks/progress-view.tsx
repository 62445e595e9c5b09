import type { ProgressContent } from "./chunk-content.ts";

/** How far the work is: a bar with its share, or a passing sign where the end is not known. */
export function ProgressView({ done, total, label }: ProgressContent) {
  const hasTotal = typeof total === "number" && total > 0;
  return (
    <label className="grid max-w-md gap-1 text-sm">
      <span className="flex justify-between gap-4">
        <span className="min-w-0 [overflow-wrap:anywhere]">{label || "Progress"}</span>
        <span className="shrink-0 text-muted tabular-nums">
          {hasTotal ? `${Math.min(100, Math.floor((done / total) * 100))} %` : done.toLocaleString()}
        </span>
      </span>
      {hasTotal ? (
        <progress className="progress" value={Math.min(done, total)} max={total} />
      ) : (
        <progress className="progress" />
      )}
    </label>
  );
}
