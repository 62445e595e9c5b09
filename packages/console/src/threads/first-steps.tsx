import { useQuery } from "@tanstack/react-query";
import { useContext } from "react";
import { listCommands } from "../api/client.ts";
import { LineSubmission } from "../chunks/line-submission.ts";

const SHOWN = 12;

/** What a thread without actions says: what to type, with the hall's own commands at hand. */
export function FirstSteps({ canWrite }: { canWrite: boolean }) {
  const { data: commands } = useQuery({
    queryKey: ["commands"],
    queryFn: ({ signal }) => listCommands(signal),
    enabled: canWrite,
  });
  const submit = useContext(LineSubmission);
  if (!canWrite || !submit) return <p className="text-muted">Nothing was run in this thread yet.</p>;
  const shown = commands?.slice(0, SHOWN) ?? [];
  return (
    <section className="rounded-lg border border-dashed border-edge p-5" aria-labelledby="first-steps">
      <h2 id="first-steps" className="mb-1 text-lg font-semibold">
        Nothing was run here yet
      </h2>
      <p className="mb-3 text-muted">
        Type a command below and press Enter. Begin with{" "}
        <button type="button" className="font-mono text-accent underline" onClick={() => void submit("help")}>
          help
        </button>
        , or put <code className="font-mono">-h</code> behind any command to learn how it is typed.
      </p>
      {shown.length > 0 && (
        <dl className="grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_minmax(0,1fr)]">
          {shown.map(({ path, summary }) => (
            <div key={path.join(" ")} className="contents">
              <dt className="font-mono">{path.join(" ")}</dt>
              <dd className="text-muted max-sm:mb-1 max-sm:ps-4">{summary}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
