/** A cell of a table. */
export type Cell = string | number | boolean | null;

/** By which column rows are ordered. */
export interface SortOrder {
  readonly column: number;
  readonly isDescending: boolean;
}

const LETTERS = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The rows' numbers in order: numbers before words, words as people sort them, what is empty last either way. */
export function sortedRows(rows: readonly (readonly Cell[])[], order: SortOrder | null): readonly number[] {
  const numbers = Array.from(rows, (_, index) => index);
  if (!order) return numbers;
  const sign = order.isDescending ? -1 : 1;
  return numbers.toSorted((one, other) => {
    const left = rows[one]?.[order.column] ?? null;
    const right = rows[other]?.[order.column] ?? null;
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

function compare(left: string | number | boolean, right: string | number | boolean): number {
  if (typeof left === "string" && typeof right === "string") return LETTERS.compare(left, right);
  if (typeof left === "string") return 1;
  if (typeof right === "string") return -1;
  return Number(left) - Number(right);
}

/** The order after a column's head was pressed: ascending, then descending, then as it came. */
export function nextOrder(order: SortOrder | null, column: number): SortOrder | null {
  if (order?.column !== column) return { column, isDescending: false };
  return order.isDescending ? null : { column, isDescending: true };
}

/** A cell as words. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return String(cell);
}
