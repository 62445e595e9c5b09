import { z } from "zod";
import { columnList, copiedTables, qualified } from "../copying/copied-tables.ts";
import type { Database } from "../database.ts";

/** What a hall writes without anybody's doing, or about times to come. */
const UNTOLD_TABLES = new Set([
  "services.schedules",
  "services.runs",
  "actions.runners",
  "people.setup_links",
]);
const UNTOLD_COLUMN = /expire/;

const INSTANTS = `
  select a.attname::text as name from pg_attribute a
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.atttypid = 'timestamptz'::regtype`;

const Names = z.array(z.object({ name: z.string() }));
const Newest = z.tuple([z.object({ newest: z.date().nullable() })]);

/**
 * The newest instant at which a store says that somebody did something in it; undefined for one that nobody has used.
 * An instant that only looks like one makes a store appear newer than it is, never older.
 */
export async function newestWrite(database: Database): Promise<Date | undefined> {
  const client = await database.pool.connect();
  try {
    let newest: Date | undefined;
    for (const table of await copiedTables(client)) {
      if (UNTOLD_TABLES.has(`${table.schema}.${table.name}`)) continue;
      const found = Names.parse((await client.query(INSTANTS, [qualified(table)])).rows);
      for (const { name } of found.filter((column) => !UNTOLD_COLUMN.test(column.name))) {
        const column = columnList([name]);
        const { rows } = await client.query(
          `select max(${column}) as newest from ${qualified(table)} where ${column} <= now()`,
        );
        const at = Newest.parse(rows)[0].newest;
        if (at !== null && (newest === undefined || at > newest)) newest = at;
      }
    }
    return newest;
  } finally {
    client.release();
  }
}
