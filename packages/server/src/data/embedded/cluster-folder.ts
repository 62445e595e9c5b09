import { mkdir, mkdtemp, readFile, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { syncFolder } from "../sync-folder.ts";
import { diagnose, folderError, systemErrorCode } from "./embedded-store-error.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import { chooseServerAccount, giveToAccount } from "./server-account.ts";
import type { ServerAccount } from "./server-account.ts";
import { startStoreProcess } from "./server-process.ts";

/** The superuser and the database of the embedded store. */
export const STORE_NAME = "guildhall";

/** A cluster that is ready to be started, and the account it belongs to. */
export interface ClusterFolder {
  readonly path: string;
  readonly account: ServerAccount;
}

const CLUSTER = "cluster";
const UNFINISHED = "cluster.new-";

// C.UTF-8 of the C library classifies characters best; not every C library has it.
const LOCALES = [
  ["--locale-provider=builtin", "--locale=C.UTF-8"],
  ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
] as const;

/**
 * Makes sure that a store's folder exists (mode 0700) and holds an initialised cluster. The cluster is made
 * under another name and renamed when it is whole and on disk, so that an end at any moment leaves either
 * no cluster or a good one; what earlier ends left behind is removed.
 *
 * Throws {@link EmbeddedStoreError}.
 */
export async function prepareCluster(options: {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly onLine: (line: string) => void;
}): Promise<ClusterFolder> {
  const { folder } = options;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const account = await chooseServerAccount({ folder, program: options.binaries.postgres });
    const cluster = path.join(folder, CLUSTER);
    for (const name of await readdir(folder)) {
      if (!name.startsWith(UNFINISHED)) continue;
      await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
    if (!(await isInitialised(cluster))) await initialise({ ...options, cluster, account });
    return { path: cluster, account };
  } catch (error) {
    throw folderError(error, folder);
  }
}

async function isInitialised(cluster: string): Promise<boolean> {
  try {
    await readFile(path.join(cluster, "PG_VERSION"));
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

async function initialise(options: {
  readonly folder: string;
  readonly cluster: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly onLine: (line: string) => void;
}): Promise<void> {
  const { folder, cluster, account } = options;
  const unfinished = await mkdtemp(path.join(folder, UNFINISHED));
  try {
    await giveToAccount(unfinished, account);
    await runInitdb({ ...options, unfinished });
    await rename(unfinished, cluster);
    await syncFolder(folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    throw error;
  }
}

async function runInitdb(options: {
  readonly folder: string;
  readonly unfinished: string;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly onLine: (line: string) => void;
}): Promise<void> {
  let lines: readonly string[] = [];
  for (const locale of LOCALES) {
    const initdb = startStoreProcess({
      program: options.binaries.initdb,
      args: [
        "--pgdata",
        options.unfinished,
        "--username",
        STORE_NAME,
        // Whoever may enter the socket's folder, of mode 0700, is the owner.
        "--auth=trust",
        "--encoding=UTF8",
        "--no-instructions",
        ...locale,
      ],
      account: options.account,
      signal: "TERM",
      onLine: options.onLine,
    });
    const end = await initdb.ended;
    if (end.code === 0) return;
    lines = initdb.lastLines();
    if (!lines.some((line) => line.includes("locale"))) break;
  }
  throw diagnose({ what: "Making a new PostgreSQL store", folder: options.folder, lines });
}
