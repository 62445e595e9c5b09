import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { discoverBundled } from "../src/kernel/discovery/discover-modules.ts";
import { openLocalHall } from "../src/cli/open-local-hall.ts";
import { readSettings, type Settings } from "../src/cli/settings.ts";
import { claimDataFolder } from "../src/data/data-folder.ts";
import type { Hall } from "../src/hall/open-hall.ts";

/** A hall as it comes, and the settings that it came with. */
export interface BareHall {
  readonly hall: Hall;
  readonly settings: Settings;
}

/** Opens a hall as it comes, with nothing set and its bundled modules, for as long as the work takes. */
export async function withBareHall<Result>(work: (bare: BareHall) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "guildhall-bare-"));
  const log = pino({ level: "silent" });
  try {
    const settings = readSettings({
      environment: { GUILDHALL_DATA: folder },
      modules: await discoverBundled(),
    });
    const claimed = await claimDataFolder({ folder, purpose: "terminal" });
    if (!claimed.owned) throw new Error(`the new folder ${folder} is taken`);
    try {
      const local = await openLocalHall({ settings, claim: claimed.claim, log });
      try {
        return await work({ hall: local.hall, settings });
      } finally {
        await local.stop({ graceMilliseconds: 0 });
      }
    } finally {
      await claimed.claim.release();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
