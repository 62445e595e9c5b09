import type { Logger } from "pino";
import { claimWhole } from "./data-folder-owner.ts";
import { openStore } from "./open-store.ts";
import type { Settings } from "./settings.ts";

/** Opens a store that no hall serves; an embedded one is claimed for as long as the work takes. */
export async function withStore<Result>(
  { settings, log }: { settings: Settings; log: Logger },
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  if (settings.database.url !== undefined) return await work(settings.database.url);
  const claim = await claimWhole(settings.dataFolder);
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
