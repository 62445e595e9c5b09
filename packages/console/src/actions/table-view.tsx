import { useId } from "react";
import type { TableContent } from "../api/schemas.ts";

const MOST_ROWS = 1000;

/** A table that scrolls sideways by itself, so that the page does not. */
export function TableView({ table, name }: { table: TableContent; name: string }) {
  const id = useId();
  const rows = table.rows.slice(0, MOST_ROWS);
  const hidden = table.rows.length - rows.length;
  const isNumeric = table.columns.map(
    (_, index) =>
      rows.some((row) => typeof row[index] === "number") &&
      rows.every((row) => typeof row[index] === "number" || row[index] === null || row[index] === undefined),
  );
  return (
    <div>
      <section
        aria-labelledby={id}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        className="w-fit max-w-full overflow-x-auto rounded-md border border-line"
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
                  className={`px-3 py-1.5 font-semibold whitespace-nowrap ${isNumeric[index] ? "text-end" : "text-start"}`}
                >
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, rowIndex) => (
              <tr key={rowIndex} className="border-t border-line">
                {row.map((cell, index) => (
                  <td
                    key={index}
                    className={`max-w-md px-3 py-1.5 align-top ${isNumeric[index] ? "text-end tabular-nums" : ""}`}
                  >
                    {cellText(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length === 0 && <p className="text-sm text-muted">The table has no rows.</p>}
      {hidden > 0 && <p className="text-sm text-muted">{hidden.toLocaleString()} more rows are not shown.</p>}
    </div>
  );
}

function cellText(cell: string | number | boolean | null): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return String(cell);
}
