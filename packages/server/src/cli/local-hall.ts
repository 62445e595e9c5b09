import path from "node:path";
import type { Logger } from "pino";
import { openControlServer, type ControlServer } from "../adapters/terminal/control-server.ts";
import { claimDataFolder, type DataFolderClaim, type HallFile } from "../data/data-folder.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../data/embedded/embedded-postgres.ts";
import { openHall, type Hall } from "../hall/open-hall.ts";
import { loadSecretKey } from "../hall/secret-key.ts";
import type { Settings } from "./settings.ts";

const OWNER_PATIENCE_MILLISECONDS = 10_000;
const OWNER_POLL_MILLISECONDS = 50;

/** A store by its URL; the hall's own server is stopped with `close`. */
export interface OpenStore {
  readonly url: string;
  readonly isEmbedded: boolean;
  close(): Promise<void>;
}

/** The store that the settings name, or the one in the data folder, which the caller owns. */
export async function openStore(settings: Settings, log: Logger): Promise<OpenStore> {
  if (settings.database.url !== undefined) {
    return { url: settings.database.url, isEmbedded: false, close: async () => undefined };
  }
  const server: EmbeddedPostgres = await startEmbeddedPostgres({
    folder: path.join(settings.dataFolder, "store"),
    log,
  });
  return { url: server.url, isEmbedded: true, close: () => server.stop() };
}

/** A hall of this process: it owns its data folder and answers terminals. */
export interface LocalHall {
  readonly hall: Hall;
  readonly control: ControlServer;
  /** Tells other processes where the hall is. */
  publish(url?: string): Promise<void>;
  stop(options: { graceMilliseconds: number }): Promise<void>;
}

/** Opens the hall of a data folder that this process owns; when that fails everything is undone. */
export async function openLocalHall(options: {
  readonly settings: Settings;
  readonly claim: DataFolderClaim;
  readonly log: Logger;
}): Promise<LocalHall> {
  const { settings, claim, log } = options;
  const store = await openStore(settings, log);
  let hall: Hall | undefined;
  try {
    hall = await openHall({
      databaseUrl: store.url,
      migrate: store.isEmbedded,
      secretKey: await loadSecretKey({ folder: settings.dataFolder, configured: settings.secretKey }),
      config: settings.config,
      log,
      logFor: (module) => log.child({ module }),
      modules: settings.modules,
      connections: settings.database.connections,
    });
    const opened = hall;
    const control = await openControlServer({ hall, log });
    return {
      hall,
      control,
      publish: (url) =>
        claim.publish({
          pid: process.pid,
          purpose: claim.purpose,
          socket: control.socket,
          started_at: opened.startedAt.toISOString(),
          ...(url === undefined ? {} : { url }),
        }),
      stop: async (how) => {
        // Terminals that are being answered still need the hall.
        await control.close();
        await opened.stop(how);
        await store.close();
      },
    };
  } catch (error) {
    await hall?.stop({ graceMilliseconds: 0 });
    await store.close();
    throw error;
  }
}

/** Another process owns the data folder and did not become reachable in time. */
export class DataFolderBusyError extends Error {
  readonly code = "data_folder_busy";
}

/** Who has a data folder: this process now, or another that can be reached. */
export type Ownership =
  | { readonly kind: "owned"; readonly claim: DataFolderClaim }
  | { readonly kind: "other"; readonly owner: HallFile };

/**
 * Claims a data folder, or finds who has it; waits up to 10 s for an owner that is just coming or going.
 *
 * @param options.mayUse whether an owner will do; while it will not, the wait goes on
 * @throws DataFolderBusyError
 */
export async function claimOrFind(options: {
  readonly folder: string;
  readonly purpose: HallFile["purpose"];
  readonly mayUse: (owner: HallFile) => boolean | Promise<boolean>;
}): Promise<Ownership> {
  const deadline = performance.now() + OWNER_PATIENCE_MILLISECONDS;
  for (;;) {
    const result = await claimDataFolder({ folder: options.folder, purpose: options.purpose });
    if (result.owned) return { kind: "owned", claim: result.claim };
    if (result.owner && (await options.mayUse(result.owner))) return { kind: "other", owner: result.owner };
    if (performance.now() > deadline) {
      const who = result.owner ? `process ${result.owner.pid}` : "another process";
      throw new DataFolderBusyError(
        `The data folder ${options.folder} is in use by ${who}, which does not answer: wait for it, stop it, or name another folder by GUILDHALL_DATA.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, OWNER_POLL_MILLISECONDS));
  }
}
