import { lazy, Suspense, useState } from "react";
import type { ChartContent } from "./chunk-content.ts";
import { Spinner } from "../design/spinner.tsx";
import { TableView } from "./table-view.tsx";

const Plot = lazy(async () => ({ default: (await import("./plot.tsx")).Plot }));

/** A chart with its title and legend, and its numbers as a table for whoever wants or needs them. */
export function ChartView({ chart }: { chart: ChartContent }) {
  return (
    <figure className="grid max-w-3xl gap-2 rounded-md border border-line bg-surface p-3">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <span className="font-semibold [overflow-wrap:anywhere]">{chart.title}</span>
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {chart.series.map(({ name }, index) => (
            <li key={index} className="flex items-center gap-1.5">
              <span
                aria-hidden="true"
                className="size-2.5 rounded-xs"
                style={{ background: `var(--series-${index % 6})` }}
              />
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <Suspense fallback={<Spinner label="Drawing the chart" />}>
        <Plot chart={chart} />
      </Suspense>
      <Numbers chart={chart} />
    </figure>
  );
}

function Numbers({ chart }: { chart: ChartContent }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details className="text-sm" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="w-fit rounded text-muted">The numbers</summary>
      {isOpen && (
        <div className="mt-2">
          <TableView
            name={`The numbers of ${chart.title}`}
            table={{
              columns: ["place", ...chart.series.map(({ name }) => name)],
              rows: chart.x.map((x, index) => [
                x,
                ...chart.series.map(({ values }) => rounded(values[index])),
              ]),
            }}
          />
        </div>
      )}
    </details>
  );
}

/** To so many digits as can be told apart in a picture; the exact numbers are in the answer itself. */
function rounded(value: number | null | undefined): number | null {
  return typeof value === "number" ? Number(value.toPrecision(6)) : null;
}
