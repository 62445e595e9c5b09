import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { ChartContent } from "./chunk-content.ts";

const HEIGHT_PX = 240;
const GROUP_SHARE = 0.8;
/** With more words than this at the x axis, some are left out. */
const WORD_PX = 70;

/** The picture of a chart, drawn on a canvas in the colours of the page. */
export function Plot({ chart }: { chart: ChartContent }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot = new UPlot(optionsOf(chart, element), dataOf(chart), element);
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    sizes.observe(element);
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    const repaint = () => {
      plot.destroy();
      plot = new UPlot(optionsOf(chart, element), dataOf(chart), element);
    };
    dark.addEventListener("change", repaint);
    return () => {
      dark.removeEventListener("change", repaint);
      sizes.disconnect();
      plot.destroy();
    };
  }, [chart]);
  const kind = chart.kind === "bar" ? "Bar chart" : "Line chart";
  return (
    <div
      ref={box}
      role="img"
      aria-label={`${kind}: ${chart.title || "untitled"}. Its numbers are in the table below.`}
      className="w-full overflow-hidden"
      style={{ minHeight: HEIGHT_PX }}
    />
  );
}

/** Words stand at 0, 1, 2 ...; numbers where they are, in order. */
function positionsOf(chart: ChartContent): readonly { readonly at: number; readonly row: number }[] {
  if (!isNumeric(chart)) return chart.x.map((_, row) => ({ at: row, row }));
  return chart.x.map((x, row) => ({ at: Number(x), row })).toSorted((one, other) => one.at - other.at);
}

function isNumeric(chart: ChartContent): boolean {
  return chart.kind === "line" && chart.x.every((x) => typeof x === "number");
}

function dataOf(chart: ChartContent): UPlot.AlignedData {
  const positions = positionsOf(chart);
  return [
    positions.map(({ at }) => at),
    ...chart.series.map(({ values }) => positions.map(({ row }) => values[row] ?? null)),
  ];
}

function optionsOf(chart: ChartContent, element: HTMLElement): UPlot.Options {
  const styles = getComputedStyle(element);
  const colour = (name: string) => styles.getPropertyValue(name).trim();
  const words = isNumeric(chart) ? undefined : chart.x.map(String);
  const axis: UPlot.Axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${styles.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, ...(words && { range: [-0.6, Math.max(0, words.length - 1) + 0.6] }) },
      ...(chart.kind === "bar" && {
        y: { range: (_plot, low, high) => [Math.min(0, low), Math.max(0, high) * 1.08 || 1] },
      }),
    },
    axes: [
      {
        ...axis,
        ...(words && {
          grid: { show: false },
          space: WORD_PX,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000],
          values: (_plot: UPlot, splits: number[]) =>
            splits.map((split) => (Number.isInteger(split) ? cut(words[split] ?? "") : "")),
        }),
      },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      ...chart.series.map(({ name }, index): UPlot.Series => {
        const stroke = colour(`--series-${index % 6}`);
        const paths = chart.kind === "bar" ? barPaths(index, chart.series.length) : undefined;
        return {
          label: name,
          stroke,
          width: chart.kind === "bar" ? 0 : 2,
          ...(chart.kind === "bar" && { fill: stroke }),
          points: { show: chart.kind === "line" && chart.x.length <= 60, size: 6, fill: stroke },
          ...(paths && { paths }),
        };
      }),
    ],
  };
}

/** Bars of several series stand side by side around their place. */
function barPaths(series: number, count: number): UPlot.Series.PathBuilder | undefined {
  const share = GROUP_SHARE / count;
  // Where a bar's left side stands, seen from the place of its group.
  const left = -GROUP_SHARE / 2 + series * share;
  return UPlot.paths.bars?.({
    disp: {
      x0: { unit: 1, values: (plot) => Array.from(plot.data[0], (at) => at + left) },
      size: { unit: 1, values: (plot) => Array.from(plot.data[0], () => share * 0.92) },
    },
  });
}

const LONGEST_WORD = 10;

function cut(word: string): string {
  return word.length <= LONGEST_WORD ? word : `${word.slice(0, LONGEST_WORD - 1)}…`;
}
