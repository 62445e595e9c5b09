import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Database } from "../database.ts";
import { migrateExactly, migrateToLatest } from "../migrations.ts";
import { storeDifferences } from "../schema/store-differences.ts";
import { ALL_TABLES } from "../tables/all-tables.ts";
import { columnList, countRows, qualified } from "./copied-tables.ts";
import type { SourceTable, StoreSource } from "./store-source.ts";

/** A store cannot be copied as asked. The message says what to do. */
export class StoreCopyError extends Error {
  readonly code = "store_copy_refused";
}

/**
 * Fills an empty store from a source, all of it or nothing: makes the tables as they were at the source, copies every
 * row, and brings the tables up to date. Runs, being of processes that are gone, travel too: the next start ends them.
 *
 * @throws StoreCopyError when the target holds anything, or the source is of a newer version
 */
export async function fillStore(options: {
  readonly target: Database;
  readonly source: StoreSource;
}): Promise<{ table: string; rows: number }[]> {
  const { target, source } = options;
  const unknown = await migrateExactly(target, source.migrations);
  if (unknown.length > 0) {
    throw new StoreCopyError(
      `The copy was made by a newer version of Guildhall (it has ${unknown.join(", ")}): use that one.`,
    );
  }
  const client = await target.pool.connect();
  const counts = [];
  try {
    await client.query("begin");
    await client.query("set local statement_timeout = 0");
    let areModulesMade = false;
    for (const table of source.tables) {
      if (table.isModules && !areModulesMade) {
        for (const statement of source.moduleStatements) await client.query(statement);
        areModulesMade = true;
      }
      counts.push(await fillTable(client, table));
    }
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release(true);
  }
  await migrateToLatest(target);
  const differences = await storeDifferences({ pool: target.pool, tables: ALL_TABLES });
  if (differences.length > 0) {
    throw new StoreCopyError(`The store's tables are not as expected: ${differences.join("; ")}.`);
  }
  return counts;
}

async function fillTable(
  client: pg.PoolClient,
  table: SourceTable,
): Promise<{ table: string; rows: number }> {
  const name = `${table.schema}.${table.name}`;
  if ((await countRows(client, table)) > 0) {
    throw new StoreCopyError(`The store to copy into is not empty (${name} has rows): name an empty one.`);
  }
  await pipeline(
    Readable.from(table.content()),
    client.query(copyFrom(`copy ${qualified(table)} (${columnList(table.columns)}) from stdin`)),
  );
  const copied = await countRows(client, table);
  if (copied !== table.rows) {
    throw new StoreCopyError(`${name}: ${copied} of ${table.rows} rows arrived; nothing was kept.`);
  }
  return { table: name, rows: copied };
}
