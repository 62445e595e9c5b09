import type { Logger } from "@guildhall/sdk";
import { openDatabase } from "../database.ts";
import { doneMigrations, hasMigrations, migrateToLatest, pendingMigrations } from "../migrations.ts";
import { storeDifferences } from "../schema/store-differences.ts";
import { ALL_TABLES } from "../tables/all-tables.ts";
import { fillStore, StoreCopyError } from "./fill-store.ts";
import { withLiveSource } from "./live-source.ts";

/**
 * Copies a store into an empty one: a consistent snapshot on one side, all or nothing on the other.
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
    const differences = await storeDifferences({ pool: source.pool, tables: ALL_TABLES });
    if (differences.length > 0) {
      throw new StoreCopyError(`The stores' tables are not as expected: ${differences.join("; ")}.`);
    }
    return await withLiveSource(
      { pool: source.pool, migrations: await doneMigrations(source) },
      async (content) => await fillStore({ target, source: content }),
    );
  } finally {
    await source.close();
    await target.close();
  }
}
