import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { openDatabase, type Database } from "../data/database.ts";
import { migrateToLatest } from "../data/migrations.ts";
import { prepareModuleTables } from "../data/modules/prepare-module-tables.ts";
import { copyStore } from "../data/copying/copy-store.ts";
import { StoreCopyError } from "../data/copying/fill-store.ts";
import type { Settings } from "./settings.ts";
import { withStore } from "./with-store.ts";

/** Brings the store up to date; with `from` and `to`, copies one store into another, empty one. */
export async function migrate(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly values: { from?: string | undefined; to?: string | undefined };
}): Promise<number> {
  const { settings, log, output, values } = given;
  if ((values.from === undefined) !== (values.to === undefined)) {
    output.err("guildhall: migrate takes --from and --to together, or neither.\n");
    return 2;
  }
  if (values.from === undefined || values.to === undefined) {
    const ran = await withStore({ settings, log }, async (url) => {
      const database = openDatabase({ url, log });
      try {
        const own = await migrateToLatest(database);
        return [...own, ...(await migrateModules({ settings, database }))];
      } finally {
        await database.close();
      }
    });
    output.out(ran.length === 0 ? "The store is up to date.\n" : `Ran ${ran.join(", ")}.\n`);
    return 0;
  }
  const at = (place: string): Settings =>
    place.startsWith("postgres")
      ? { ...settings, database: { ...settings.database, url: place } }
      : { ...settings, dataFolder: place, database: { ...settings.database, url: undefined } };
  const { from, to } = values;
  try {
    const counts = await withStore({ settings: at(from), log }, (fromUrl) =>
      withStore({ settings: at(to), log }, (toUrl) => copyStore({ fromUrl, toUrl, log })),
    );
    for (const { table, rows } of counts) output.out(`${table}: ${rows} rows\n`);
    const sum = counts.reduce((all, { rows }) => all + rows, 0);
    output.out(`Copied ${sum} rows. The hall's secret key is not in the store: copy secret.key yourself.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StoreCopyError)) throw error;
    output.err(`guildhall: ${error.message}\n`);
    return 1;
  }
}

/** Brings the tables of all modules up to date; the names of what ran begin with the module's. */
async function migrateModules({
  settings,
  database,
}: {
  readonly settings: Settings;
  readonly database: Database;
}): Promise<string[]> {
  const ran: string[] = [];
  for (const found of await settings.modules()) {
    if (!("module" in found)) continue;
    const { module } = found;
    const { pool } = database;
    const names = await prepareModuleTables({ pool, module, migrate: true, now: () => new Date() });
    ran.push(...names.map((name) => `${module.name}/${name}`));
  }
  return ran;
}
