import { useQuery } from "@tanstack/react-query";
import { explain } from "../api/client.ts";
import type { ServiceRun } from "../api/schemas.ts";
import { listRuns } from "../api/services.ts";
import { Instant } from "../design/instant.tsx";
import { Notice } from "../design/notice.tsx";
import { Spinner } from "../design/spinner.tsx";

/** The newest runs of a service, asked for anew when another one has ended. */
export function ServiceRuns({ name, newest }: { readonly name: string; readonly newest: string | null }) {
  const runs = useQuery({
    queryKey: ["service-runs", name, newest],
    queryFn: ({ signal }) => listRuns(name, signal),
    placeholderData: (before) => before,
  });
  if (runs.isPending) return <Spinner label="Loading the runs" />;
  if (runs.isError) return <Notice level="error">{explain(runs.error)}</Notice>;
  if (runs.data.length === 0) return <p className="mt-2 text-sm text-muted">It has not run yet.</p>;
  return (
    <ol className="mt-2 grid divide-y divide-line text-sm" aria-label={`Runs of ${name}, newest first`}>
      {runs.data.map((run) => (
        <li key={run.id} className="flex flex-wrap gap-x-3 gap-y-0.5 py-1.5">
          <Instant at={run.started_at} />
          <span>
            <RunOutcome run={run} />
          </span>
          {run.cause === "asked" && <span className="text-muted">asked for</span>}
          {run.note && <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{run.note}</span>}
        </li>
      ))}
    </ol>
  );
}

const OUTCOMES = {
  done: { words: "done", colour: "" },
  failed: { words: "failed", colour: "text-danger" },
  time_limit: { words: "took too long", colour: "text-danger" },
  interrupted: { words: "interrupted", colour: "text-warn" },
  lost: { words: "lost with its server", colour: "text-warn" },
} as const;

/** How a run went, and how long it took. */
export function RunOutcome({ run: { outcome, duration_seconds } }: { readonly run: ServiceRun }) {
  if (outcome === null) return "under way";
  const { words, colour } = OUTCOMES[outcome];
  return (
    <>
      <span className={colour}>{words}</span>
      {duration_seconds !== null && ` in ${duration(duration_seconds)}`}
    </>
  );
}

/** A duration as a person says it. */
function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toLocaleString(undefined, { maximumFractionDigits: 1 })} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
