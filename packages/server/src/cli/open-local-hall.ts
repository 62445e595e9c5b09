import type { Logger } from "pino";
import type { DataFolderClaim } from "../data/data-folder.ts";
import type { LocalHall } from "./local-hall.ts";
import { openStore } from "./open-store.ts";
import type { Settings } from "./settings.ts";

/** Opens the hall of a data folder that this process owns; when that fails everything is undone. */
export async function openLocalHall(options: {
  readonly settings: Settings;
  readonly claim: DataFolderClaim;
  readonly log: Logger;
  /** Aborts when the process is told to stop. */
  readonly stopping?: AbortSignal;
}): Promise<LocalHall> {
  const { promise: launched, resolve: onLaunched } = Promise.withResolvers<void>();
  const opening = openStore(options.settings, options.log, onLaunched);
  // Loading the hall holds the thread. The store's program is sent on its way before, and starts beside it.
  await Promise.race([launched, opening.catch(() => undefined)]);
  const { assembleLocalHall } = await import("./local-hall.ts");
  return await assembleLocalHall({ ...options, opening });
}
