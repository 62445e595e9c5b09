import { useVirtualizer } from "@tanstack/react-virtual";
import { useId, useMemo, useRef } from "react";
import type { TableContent } from "./chunk-content.ts";
import { SortHead } from "./sort-head.tsx";
import { cellText } from "./sorted-rows.ts";
import type { DrawnTable } from "./drawn-table.ts";

const ROW_PX = 32;
const LETTER_PX = 9;
const CELL_PADDING_PX = 44;
const NARROWEST_PX = 64;
const WIDEST_PX = 320;
/** So many rows at each end are looked at to guess how wide a column must be. */
const SAMPLED_ROWS = 15;

/** A table of any size, of which only the cells in sight are drawn. */
export function BigTable({ table, name, rowOrder, isNumeric, sort, onSort }: DrawnTable) {
  const id = useId();
  const box = useRef<HTMLElement>(null);
  const widths = useMemo(() => columnWidths(table), [table]);
  // oxlint-disable-next-line react/incompatible-library -- nothing memoised is given what these return
  const rows = useVirtualizer({
    count: rowOrder.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    scrollPaddingStart: ROW_PX,
    overscan: 8,
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: table.columns.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => widths[index] ?? NARROWEST_PX,
    overscan: 2,
  });
  const width = columns.getTotalSize();
  const shown = columns.getVirtualItems();
  return (
    <section
      ref={box}
      aria-labelledby={id}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[min(30rem,70dvh)] w-fit max-w-full overflow-auto rounded-md border border-line bg-surface"
    >
      <h3 id={id} className="sr-only">
        {name}
      </h3>
      <div
        role="table"
        aria-labelledby={id}
        aria-rowcount={rowOrder.length + 1}
        aria-colcount={table.columns.length}
        className="text-sm"
        style={{ width }}
      >
        <div role="rowgroup" className="sticky top-0 z-10 bg-sunken">
          <div role="row" aria-rowindex={1} className="relative" style={{ height: ROW_PX, width }}>
            {shown.map(({ index, start, size }) => (
              <div
                key={index}
                role="columnheader"
                aria-colindex={index + 1}
                aria-sort={
                  sort?.column === index ? (sort.isDescending ? "descending" : "ascending") : undefined
                }
                className="absolute inset-y-0"
                style={{ left: start, width: size }}
              >
                <SortHead
                  title={table.columns[index] ?? ""}
                  isNumeric={isNumeric[index] ?? false}
                  direction={sort?.column === index ? (sort.isDescending ? "down" : "up") : null}
                  onPress={() => onSort(index)}
                />
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize(), width }}>
          {rows.getVirtualItems().map((row) => {
            const cells = table.rows[rowOrder[row.index] ?? -1] ?? [];
            return (
              <div
                key={row.index}
                role="row"
                aria-rowindex={row.index + 2}
                className="absolute inset-x-0 border-t border-line"
                style={{ top: row.start, height: ROW_PX }}
              >
                {shown.map(({ index, start, size }) => (
                  <div
                    key={index}
                    role="cell"
                    aria-colindex={index + 1}
                    title={cellText(cells[index])}
                    className={`absolute truncate px-3 py-1.5 leading-5 ${isNumeric[index] ? "text-end tabular-nums" : ""}`}
                    style={{ left: start, width: size }}
                  >
                    {cellText(cells[index])}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function columnWidths({ columns, rows }: TableContent): readonly number[] {
  const sample = [...rows.slice(0, SAMPLED_ROWS), ...rows.slice(-SAMPLED_ROWS)];
  return columns.map((title, index) => {
    const longest = sample.reduce((most, row) => Math.max(most, cellText(row[index]).length), title.length);
    return Math.min(WIDEST_PX, Math.max(NARROWEST_PX, longest * LETTER_PX + CELL_PADDING_PX));
  });
}
