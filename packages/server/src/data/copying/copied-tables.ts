import type pg from "pg";
import { storedModuleTables } from "../modules/stored-module-tables.ts";
import { ALL_TABLES, LOCAL_COLUMNS, LOCAL_TABLES } from "../tables/all-tables.ts";

/** A table of which every row travels. */
export interface CopiedTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/** The hall's own tables as they are copied, each after those that it refers to. */
export function ownTables(): CopiedTable[] {
  return ALL_TABLES.flatMap(({ schema, name, columns }) => {
    const table = `${schema}.${name}`;
    if (LOCAL_TABLES.has(table)) return [];
    const copied = Object.keys(columns).filter((column) => !LOCAL_COLUMNS.has(`${table}.${column}`));
    return { schema, name, columns: copied };
  });
}

/** All tables of a store as they are copied: the hall's own, then the modules'. */
export async function copiedTables(client: pg.ClientBase): Promise<CopiedTable[]> {
  return [...ownTables(), ...(await storedModuleTables(client))];
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A table's name as SQL takes it. */
export const qualified = ({ schema, name }: Pick<CopiedTable, "schema" | "name">) =>
  `${quoted(schema)}.${quoted(name)}`;

/** A list of columns as SQL takes it. */
export const columnList = (columns: readonly string[]) => columns.map(quoted).join(", ");

/** How many rows a table has. */
export async function countRows(
  client: pg.ClientBase,
  table: Pick<CopiedTable, "schema" | "name">,
): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `select count(*)::text as count from ${qualified(table)}`,
  );
  return Number(rows[0]?.count ?? 0);
}
