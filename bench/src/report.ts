/** One line of a benchmark's table. */
export interface Row {
  readonly measure: string;
  readonly hall: string;
  /** The floor or the peer, measured in the same run. */
  readonly floor: string;
  readonly ratio?: number;
  readonly budget?: string;
  readonly met?: boolean;
}

/** What a benchmark has found. */
export interface Report {
  readonly rows: readonly Row[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
}

/** A benchmark that `npm run bench -- NAME` runs. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  run(options: { readonly quick: boolean; readonly progress: (line: string) => void }): Promise<Report>;
}

/** Reports that a benchmark could not run here. */
export function didNotRun(reason: string): Report {
  return { rows: [], notes: [`Did not run: ${reason}`] };
}

/** The middle value; the mean of both middle values of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** The value that so large a share of the values does not exceed; `sorted` rises. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `3412.6 requests/s (3300 to 3500)`: the median of the rounds and how far they lie apart. */
export function spread(values: readonly number[], unit: string, digits = 0): string {
  const show = (value: number) => value.toLocaleString("en", { maximumFractionDigits: digits });
  if (values.length < 2) return `${show(median(values))} ${unit}`;
  return `${show(median(values))} ${unit} (${show(Math.min(...values))} to ${show(Math.max(...values))})`;
}

/** Draws a Markdown table that also reads well in a terminal. */
export function drawTable(rows: readonly Row[]): string {
  const cells = [
    ["measure", "hall", "floor or peer", "ratio", "budget", "verdict"],
    ...rows.map((row) => [
      row.measure,
      row.hall,
      row.floor,
      row.ratio?.toFixed(2) ?? "",
      row.budget ?? "",
      row.met === undefined ? "" : row.met ? "met" : "NOT MET",
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  const lines = cells.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`,
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}
