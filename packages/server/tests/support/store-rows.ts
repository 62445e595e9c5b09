import { columnList, ownTables } from "../../src/data/copying/copied-tables.ts";
import type { Database } from "../../src/data/database.ts";

/** Every row of a store that a copy of it has, as texts, by table. */
export async function rowsOf(database: Database): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const { schema, name, columns } of ownTables()) {
    const { rows } = await database.pool.query(
      `select t::text as row from (select ${columnList(columns)} from "${schema}"."${name}") t order by t::text collate "C"`,
    );
    all[`${schema}.${name}`] = rows;
  }
  return all;
}
