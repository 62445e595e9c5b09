import { rename } from "node:fs/promises";
import path from "node:path";
import { ObjectStoreError } from "@guildhall/sdk";
import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { StoreCopyError } from "../data/copying/fill-store.ts";
import { openDatabase } from "../data/database.ts";
import { hasMigrations, pendingMigrations } from "../data/migrations.ts";
import { DatabaseMirror } from "../data/mirror/database-mirror.ts";
import { MirrorError } from "../data/mirror/mirror-error.ts";
import type { DatabaseVersion } from "../data/mirror/mirror-format.ts";
import { nowAndThen, stepSentence } from "../data/mirror/mirror-step.ts";
import { newestWrite } from "../data/mirror/newest-write.ts";
import { systemClock } from "../kernel/surroundings.ts";
import { claimWhole } from "./data-folder-owner.ts";
import { openSettingsObjects } from "./local-hall.ts";
import { openStore, STORE_FOLDER } from "./open-store.ts";
import type { Settings } from "./settings.ts";

/** What to bring back, and over what. */
export interface RestoreValues {
  readonly version?: number | undefined;
  readonly force: boolean;
}

interface Restore {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly values: RestoreValues;
}

/** Makes the hall of the settings what the mirror has. What its data folder had is laid aside, not removed. */
export async function restoreMirror(given: Restore): Promise<number> {
  const { settings, log, output } = given;
  try {
    if (settings.objects.url === undefined) {
      throw new MirrorError(
        "mirror_off",
        "There is no mirror: set GUILDHALL_OBJECTS__URL to the place that the hall was mirrored to.",
      );
    }
    const mirror = new DatabaseMirror({ objects: openSettingsObjects(settings), log });
    const version = await mirror.choose(given.values.version, new AbortController().signal);
    const rows = await (settings.database.url === undefined
      ? restoreFolder({ ...given, mirror, version })
      : fill({ ...given, mirror, version, url: settings.database.url }));
    output.out(
      `Restored ${rows} rows of version ${version.sequence}, taken at ${version.taken_at}. The secret key is not in the mirror: put the old secret.key into ${settings.dataFolder} if you have it; else people sign in as before, and the chat platforms' tokens are asked for again.\n`,
    );
    return 0;
  } catch (error) {
    const isTold =
      error instanceof MirrorError || error instanceof StoreCopyError || error instanceof ObjectStoreError;
    if (!isTold) throw error;
    output.err(`guildhall: ${error.message}\n`);
    return 1;
  }
}

type Chosen = Restore & { readonly mirror: DatabaseMirror; readonly version: DatabaseVersion };

async function restoreFolder(given: Chosen): Promise<number> {
  const { settings, log, output, version, values } = given;
  const folder = settings.dataFolder;
  const claim = await claimWhole(folder);
  try {
    const before = await openStore(settings, log);
    let isUsed: boolean;
    try {
      isUsed = await isInUse({ url: before.url, version, log, force: values.force });
    } finally {
      await before.close();
    }
    if (isUsed) {
      const aside = `${STORE_FOLDER}-before-version-${version.sequence}-${Date.now()}`;
      await rename(path.join(folder, STORE_FOLDER), path.join(folder, aside));
      output.out(`What was there is laid aside in ${path.join(folder, aside)}.\n`);
    }
    const store = await openStore(settings, log);
    try {
      return await fill({ ...given, url: store.url });
    } finally {
      await store.close();
    }
  } finally {
    await claim.release();
  }
}

/** Whether a store has anything in it. @throws MirrorError when that is newer than the version and not to be replaced */
async function isInUse(given: {
  readonly url: string;
  readonly version: DatabaseVersion;
  readonly log: Logger;
  readonly force: boolean;
}): Promise<boolean> {
  const database = openDatabase({ url: given.url, log: given.log });
  try {
    if (!(await hasMigrations(database))) return false;
    // Of an older version's tables not all can be looked at: somebody has used them, some time.
    const isReadable = (await pendingMigrations(database)).length === 0;
    const newest = isReadable ? await newestWrite(database) : new Date(8.64e15);
    if (newest !== undefined && newest > new Date(given.version.taken_at) && !given.force) {
      throw new MirrorError(
        "mirror_older",
        `The data folder's hall is newer than version ${given.version.sequence} of the mirror, taken at ${given.version.taken_at}: nothing was changed. With --force it is laid aside and the mirror's takes its place.`,
      );
    }
    return true;
  } finally {
    await database.close();
  }
}

async function fill(given: Chosen & { readonly url: string }): Promise<number> {
  const { mirror, version, output, log } = given;
  const target = openDatabase({ url: given.url, log });
  try {
    const counts = await mirror.restore(target, version, {
      signal: new AbortController().signal,
      progress: nowAndThen(
        (step) => output.err(`${stepSentence(step)}\n`),
        () => systemClock.now(),
      ),
    });
    return counts.reduce((sum, { rows }) => sum + rows, 0);
  } finally {
    await target.close();
  }
}
