import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { openDatabase } from "../data/database.ts";
import { migrateToLatest } from "../data/migrations.ts";
import { copyStore, StoreCopyError } from "../data/copy-store.ts";
import { claimOrFind, openStore } from "./local-hall.ts";
import type { Settings } from "./settings.ts";

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
        return await migrateToLatest(database);
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

/** Opens a store that no hall serves; an embedded one is claimed for as long as the work takes. */
async function withStore<Result>(
  { settings, log }: { settings: Settings; log: Logger },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (settings.database.url !== undefined) return await work(settings.database.url);
  const ownership = await claimOrFind({
    folder: settings.dataFolder,
    purpose: "terminal",
    // The store is needed whole: an owner must stop first.
    mayUse: () => false,
  });
  if (ownership.kind === "other") throw new TypeError("an owner was taken though none may be used");
  const { claim } = ownership;
  try {
    const store = await openStore(settings, log);
    try {
      return await work(store.url);
    } finally {
      await store.close();
    }
  } finally {
    await claim.release();
  }
}
