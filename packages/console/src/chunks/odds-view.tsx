import { useState } from "react";
import { ChartView } from "./chart-view.tsx";
import type { OddsContent } from "./chunk-content.ts";
import { fractionValue } from "./fraction-value.ts";

/** Mean and deviation of a roll; its chances as a chart are folded, as whoever sends them mostly sends a chart too. */
export function OddsView({ odds }: { odds: OddsContent }) {
  const [isOpen, setIsOpen] = useState(false);
  const mean = fractionValue(odds.mean);
  const deviation = Math.sqrt(fractionValue(odds.variance));
  return (
    <div className="grid gap-2">
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Figure label="Mean" value={round(mean)} />
        <Figure label="Deviation" value={round(deviation)} />
        {odds.exact || <p className="text-warn">Estimated, not exact</p>}
      </dl>
      <details className="text-sm" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
        <summary className="w-fit rounded text-muted">Chance of each total</summary>
        {isOpen && (
          <div className="mt-2">
            <ChartView
              chart={{
                kind: "bar",
                title: "Chance of each total",
                x: odds.outcomes.map(([value]) => String(value)),
                series: [
                  { name: "%", values: odds.outcomes.map(([, chance]) => fractionValue(chance) * 100) },
                ],
              }}
            />
          </div>
        )}
      </details>
    </div>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-muted">{label}</dt>
      <dd className="font-semibold tabular-nums">{value}</dd>
    </div>
  );
}

function round(value: number): string {
  return value.toLocaleString(undefined, { maximumFractionDigits: 3 });
}
