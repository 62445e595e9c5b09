import path from "node:path";
import type { Objects } from "@guildhall/sdk";
import type { Logger } from "pino";
import { openControlServer, type ControlServer } from "../adapters/terminal/control-server.ts";
import type { DataFolderClaim } from "../data/data-folder.ts";
import { objectsPlace, openObjects } from "../data/objects/open-objects.ts";
import { openHall, type Hall } from "../hall/open-hall.ts";
import { loadSecretKey } from "../hall/secret-key.ts";
import { BarredModules } from "../kernel/barred-modules.ts";
import type { ModuleLoading } from "../kernel/discovery/discover-modules.ts";
import { ModuleSuspects } from "../kernel/module-at-fault.ts";
import { ModulesSettings } from "../kernel/modules-settings.ts";
import { systemClock } from "../kernel/surroundings.ts";
import { addAdapterCommands, createChatAdapters, type ChatAdapter } from "./chat-adapters.ts";
import { endProcess, holdProcess } from "./hold-process.ts";
import { TERMINAL_COMMANDS } from "./operator-commands.ts";
import type { OpenStore } from "./open-store.ts";
import type { Settings } from "./settings.ts";
import { beginAgain, watchThread } from "./thread-watch.ts";

/** The objects where the settings say: by default in the data folder. */
export function openSettingsObjects({ objects, dataFolder }: Settings): Objects {
  return openObjects({
    place: objects.url
      ? objectsPlace(objects.url)
      : { kind: "folder", folder: path.join(dataFolder, "objects") },
    environment: process.env,
    now: () => systemClock.now(),
  });
}

/** A hall of this process: it owns its data folder and answers terminals. */
export interface LocalHall {
  readonly hall: Hall;
  readonly chatAdapters: readonly ChatAdapter[];
  readonly control: ControlServer;
  /** Tells other processes where the hall is. */
  publish(url?: string): Promise<void>;
  stop(options: { graceMilliseconds: number }): Promise<void>;
}

/**
 * Makes the hall of a data folder that this process owns, on a store that may still be starting; when that fails
 * everything is undone, and the store closed.
 */
export async function assembleLocalHall(options: {
  readonly settings: Settings;
  readonly claim: DataFolderClaim;
  readonly log: Logger;
  readonly opening: Promise<OpenStore>;
  /** Aborts when the process is told to stop. */
  readonly stopping?: AbortSignal | undefined;
}): Promise<LocalHall> {
  const { settings, claim, log } = options;
  const barred = new BarredModules({
    path: path.join(settings.dataFolder, "barred-modules.json"),
    now: () => systemClock.now(),
  });
  const suspects = new ModuleSuspects();
  const givingBack = [holdProcess({ suspects, log })];
  const onPlaces: ModuleLoading["onPlaces"] = (places) => {
    for (const place of places) suspects.add(place);
    // A hall that has only what comes with it needs no such thread.
    if (places.length === 0) return;
    const watch = watchThread({
      suspects,
      barred,
      limitSeconds: settings.config.section("modules", ModulesSettings).threadSeconds,
      log,
      // Whoever typed a line has no wish to have it done twice, and a hall that is closing none to open again.
      begin: () =>
        claim.purpose === "server" && options.stopping?.aborted !== true ? beginAgain() : endProcess(1),
    });
    givingBack.push(watch);
  };
  // The store starts while the modules are loaded.
  const [opening, finding] = await Promise.allSettled([
    options.opening,
    settings.modules({ barred, onPlaces }),
  ]);
  const store = opening.status === "fulfilled" ? opening.value : undefined;
  let hall: Hall | undefined;
  try {
    if (opening.status === "rejected") throw opening.reason;
    if (finding.status === "rejected") throw finding.reason;
    const modules = finding.value;
    for (const found of modules) {
      const { place, origin } = found;
      if (place !== undefined && "module" in found) suspects.add({ name: found.module.name, place, origin });
    }
    hall = await openHall({
      databaseUrl: opening.value.url,
      migrate: opening.value.isEmbedded,
      secretKey: await loadSecretKey({ folder: settings.dataFolder, configured: settings.secretKey }),
      config: settings.config,
      log,
      logFor: (module) => log.child({ module }),
      modules,
      keptCommands: TERMINAL_COMMANDS,
      barred,
      objects: openSettingsObjects(settings),
      ...(settings.objects.url === undefined ? {} : { mirror: settings.mirror }),
      stateOnRedis: settings.stateOnRedis,
      isServer: claim.purpose === "server",
      connections: settings.database.connections,
    });
    const opened = hall;
    const chatAdapters = createChatAdapters({ hall, settings, log });
    addAdapterCommands(hall, chatAdapters);
    const control = await openControlServer({ hall, log });
    return {
      hall,
      chatAdapters,
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
        await store?.close();
        for (const giveBack of givingBack) giveBack();
      },
    };
  } catch (error) {
    await hall?.stop({ graceMilliseconds: 0 });
    await store?.close();
    for (const giveBack of givingBack) giveBack();
    throw error;
  }
}
