import { pipeline } from "node:stream/promises";
import type { Logger } from "@guildhall/sdk";
import type pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { openDatabase } from "./database.ts";
import { hasMigrations, migrateToLatest, pendingMigrations } from "./migrations.ts";
import { storeDifferences } from "./schema/store-differences.ts";
import { ALL_TABLES } from "./tables/all-tables.ts";

/** A store cannot be copied as asked. The message says what to do. */
export class StoreCopyError extends Error {
  readonly code = "store_copy_refused";
}

/**
 * Copies a store into an empty one: a consistent snapshot (one repeatable-read transaction) on one side, all or
 * nothing on the other. Runs, being of processes that are gone, travel too: the next start ends them.
 *
 * @throws StoreCopyError when the source is not up to date, or the target holds anything
 */
export async function copyStore(options: {
  readonly fromUrl: string;
  readonly toUrl: string;
  readonly log: Logger;
}): Promise<{ table: string; rows: number }[]> {
  const { log } = options;
  const source = openDatabase({ url: options.fromUrl, log });
  const target = openDatabase({ url: options.toUrl, log });
  try {
    if (!(await hasMigrations(source)))
      throw new StoreCopyError("The store to copy from holds no hall: see that --from names the right one.");
    if ((await pendingMigrations(source)).length > 0) {
      throw new StoreCopyError(
        'The store to copy from is not up to date: run "guildhall migrate" on it first.',
      );
    }
    await migrateToLatest(target);
    const differences = [
      ...(await storeDifferences({ pool: source.pool, tables: ALL_TABLES })),
      ...(await storeDifferences({ pool: target.pool, tables: ALL_TABLES })),
    ];
    if (differences.length > 0) {
      throw new StoreCopyError(`The stores' tables are not as expected: ${differences.join("; ")}.`);
    }
    const reading = await source.pool.connect();
    const writing = await target.pool.connect();
    try {
      await reading.query("begin isolation level repeatable read read only");
      await writing.query("begin");
      const counts = [];
      for (const table of ALL_TABLES) {
        counts.push(
          await copyTable({
            reading,
            writing,
            schema: table.schema,
            name: table.name,
            columns: Object.keys(table.columns),
          }),
        );
      }
      await writing.query("commit");
      return counts;
    } catch (error) {
      await writing.query("rollback");
      throw error;
    } finally {
      reading.release(true);
      writing.release(true);
    }
  } finally {
    await source.close();
    await target.close();
  }
}

async function copyTable(copy: {
  readonly reading: pg.PoolClient;
  readonly writing: pg.PoolClient;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}): Promise<{ table: string; rows: number }> {
  const { reading, writing, schema, name } = copy;
  const table = `"${schema}"."${name}"`;
  const columns = copy.columns.map((column) => `"${column}"`).join(", ");
  const count = async (client: pg.PoolClient) => {
    const { rows } = await client.query<{ count: bigint }>(`select count(*) as count from ${table}`);
    return Number(rows[0]?.count ?? 0n);
  };
  if ((await count(writing)) > 0) {
    throw new StoreCopyError(
      `The store to copy into is not empty (${schema}.${name} has rows): name an empty one.`,
    );
  }
  // Text, not binary: the two servers may be of different versions.
  await pipeline(
    reading.query(copyTo(`copy ${table} (${columns}) to stdout`)),
    writing.query(copyFrom(`copy ${table} (${columns}) from stdin`)),
  );
  const [rows, copied] = [await count(reading), await count(writing)];
  if (rows !== copied)
    throw new StoreCopyError(`${schema}.${name}: ${copied} of ${rows} rows arrived; nothing was kept.`);
  return { table: `${schema}.${name}`, rows };
}
