import type { TableContent } from "./chunk-content.ts";
import type { SortOrder } from "./sorted-rows.ts";

/** What both kinds of tables are drawn from. */
export interface DrawnTable {
  readonly table: TableContent;
  readonly name: string;
  /** The rows' numbers in the order in which they are drawn. */
  readonly rowOrder: readonly number[];
  /** Whether a column holds numbers, which stand at its end. */
  readonly isNumeric: readonly boolean[];
  readonly sort: SortOrder | null;
  readonly onSort: (column: number) => void;
}
