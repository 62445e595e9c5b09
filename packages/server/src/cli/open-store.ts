import path from "node:path";
import type { Logger } from "pino";
import { startEmbeddedPostgres } from "../data/embedded/embedded-postgres.ts";
import type { Settings } from "./settings.ts";

/** The folder of the hall's own PostgreSQL within its data folder. */
export const STORE_FOLDER = "store";

/** A store by its URL; the hall's own server is stopped with `close`. */
export interface OpenStore {
  readonly url: string;
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

/**
 * The store that the settings name, or the one in the data folder, which the caller owns.
 *
 * @param onLaunched called when the hall's own server is on its way, long before it takes connections
 * @throws EmbeddedStoreError
 */
export async function openStore(
  settings: Settings,
  log: Logger,
  onLaunched?: () => void,
): Promise<OpenStore> {
  if (settings.database.url !== undefined) {
    return { url: settings.database.url, isEmbedded: false, close: async () => undefined };
  }
  const server = await startEmbeddedPostgres({
    folder: path.join(settings.dataFolder, STORE_FOLDER),
    log,
    ...(onLaunched === undefined ? {} : { onLaunched }),
  });
  return { url: server.url, isEmbedded: true, close: () => server.stop() };
}
