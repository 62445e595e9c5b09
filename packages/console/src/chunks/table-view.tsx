import { lazy, Suspense, useId, useMemo, useState } from "react";
import type { TableContent } from "./chunk-content.ts";
import { Spinner } from "../design/spinner.tsx";
import type { DrawnTable } from "./drawn-table.ts";
import { SortHead } from "./sort-head.tsx";
import { cellText, nextOrder, sortedRows, type SortOrder } from "./sorted-rows.ts";

/** A table with more cells draws only those in sight. */
const MOST_CELLS = 4000;
const MOST_COLUMNS = 60;

const BigTable = lazy(async () => ({ default: (await import("./big-table.tsx")).BigTable }));

/** A table whose heads sort it. It scrolls by itself, so that the page does not. */
export function TableView({ table, name }: { table: TableContent; name: string }) {
  const [sort, setSort] = useState<SortOrder | null>(null);
  const rowOrder = useMemo(() => sortedRows(table.rows, sort), [table, sort]);
  const isNumeric = useMemo(() => numericColumns(table), [table]);
  const onSort = (column: number) => setSort(nextOrder(sort, column));
  const drawn = { table, name, rowOrder, isNumeric, sort, onSort };
  const { rows, columns } = table;
  if (columns.length === 0) return <p className="text-sm text-muted">The table has no columns.</p>;
  const isBig = columns.length > MOST_COLUMNS || rows.length * columns.length > MOST_CELLS;
  return (
    <div className="grid gap-1">
      {isBig ? (
        <Suspense fallback={<Spinner label="Drawing the table" />}>
          <BigTable {...drawn} />
        </Suspense>
      ) : (
        <SmallTable {...drawn} />
      )}
      {rows.length === 0 && <p className="text-sm text-muted">The table has no rows.</p>}
      {isBig && (
        <p className="text-xs text-muted">
          {rows.length.toLocaleString()} rows, {columns.length.toLocaleString()} columns
        </p>
      )}
    </div>
  );
}

function SmallTable({ table, name, rowOrder, isNumeric, sort, onSort }: DrawnTable) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      className="w-fit max-w-full overflow-auto rounded-md border border-line bg-surface"
    >
      <table className="border-collapse text-sm">
        <caption id={id} className="sr-only">
          {name}
        </caption>
        <thead className="bg-sunken">
          <tr>
            {table.columns.map((column, index) => (
              <th
                key={index}
                scope="col"
                aria-sort={
                  sort?.column === index ? (sort.isDescending ? "descending" : "ascending") : undefined
                }
                className="p-0"
              >
                <SortHead
                  title={column}
                  isNumeric={isNumeric[index] ?? false}
                  direction={sort?.column === index ? (sort.isDescending ? "down" : "up") : null}
                  onPress={() => onSort(index)}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowOrder.map((number) => (
            <tr key={number} className="border-t border-line">
              {table.columns.map((_, index) => (
                <td
                  key={index}
                  className={`max-w-md px-3 py-1.5 align-top ${isNumeric[index] ? "text-end tabular-nums" : ""}`}
                >
                  {cellText(table.rows[number]?.[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function numericColumns({ columns, rows }: TableContent): readonly boolean[] {
  return columns.map(
    (_, index) =>
      rows.some((row) => typeof row[index] === "number") &&
      rows.every((row) => typeof row[index] === "number" || row[index] === null || row[index] === undefined),
  );
}
