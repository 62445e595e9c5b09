import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { moduleStatements } from "../modules/stored-module-tables.ts";
import {
  columnList,
  copiedTables,
  countRows,
  ownTables,
  qualified,
  type CopiedTable,
} from "./copied-tables.ts";
import type { SourceTable, StoreSource } from "./store-source.ts";

const PRIMARY_KEY = `
  select a.attname::text as name
  from pg_index i, unnest(i.indkey::int2[]) with ordinality k(num, place)
  join pg_attribute a on a.attnum = k.num
  where i.indrelid = $1::regclass and i.indisprimary and a.attrelid = i.indrelid order by k.place`;

/**
 * Lends a store's content as it stands in one repeatable-read transaction, so that all of it is of one instant. Its
 * tables are to be as the models say.
 */
export async function withLiveSource<Result>(
  { pool, migrations }: { readonly pool: pg.Pool; readonly migrations: readonly string[] },
  use: (source: StoreSource) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    // A large table may take longer than any statement of a person's.
    await client.query("set local statement_timeout = 0");
    const own = ownTables().length;
    const tables: SourceTable[] = [];
    for (const [index, table] of (await copiedTables(client)).entries()) {
      tables.push({
        ...table,
        isModules: index >= own,
        rows: await countRows(client, table),
        content: () => rowsOf(client, table),
      });
    }
    return await use({ migrations, moduleStatements: await moduleStatements(client), tables });
  } finally {
    client.release(true);
  }
}

async function* rowsOf(client: pg.PoolClient, table: CopiedTable): AsyncIterable<Uint8Array> {
  const { rows: key } = await client.query<{ name: string }>(PRIMARY_KEY, [qualified(table)]);
  const order = key.length === 0 ? "" : ` order by ${columnList(key.map(({ name }) => name))}`;
  const columns = columnList(table.columns);
  // Text, not binary: the two servers may be of different versions. In the keys' order, so that what did not change
  // stands where it stood.
  const stream = client.query(copyTo(`copy (select ${columns} from ${qualified(table)}${order}) to stdout`));
  for await (const bytes of stream) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("COPY gives bytes");
    yield bytes;
  }
}
