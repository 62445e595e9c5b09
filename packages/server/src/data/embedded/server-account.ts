import { spawn } from "node:child_process";
import { lchown, readdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EmbeddedStoreError, unavailable } from "./embedded-store-error.ts";

/** Under which account PostgreSQL runs, which refuses to run as root. */
export interface ServerAccount {
  /** What to put before the program's own command line. */
  readonly prefix: readonly string[];
  /** The account to spawn it under; absent where it runs as the account of this process. */
  readonly spawnAs?: { readonly uid: number; readonly gid: number };
}

const NOBODY = 65_534;
// An account with one user in a namespace: files still belong to the account outside it, so nothing is
// chowned and a folder that only root may enter will do.
const IN_NAMESPACE = ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`] as const;

/**
 * Chooses the account for PostgreSQL on a store's folder, which must exist.
 *
 * - A normal user: that user. One without an entry in the password file gets a user namespace, because
 *   initdb wants a name.
 * - Root, on root's folder: a user namespace in which root is called `nobody`; where namespaces are off,
 *   `nobody` itself, to whom the folder is then given.
 * - Root, on another account's folder: that account.
 *
 * Throws `embedded_store_unwritable` where that account cannot reach the folder, and
 * `embedded_store_unavailable` where no account will do.
 */
export async function chooseServerAccount(folder: string): Promise<ServerAccount> {
  const self = process.geteuid?.() ?? NOBODY;
  if (self !== 0) {
    if (hasName()) return { prefix: [] };
    if (await namespacesWork()) return { prefix: IN_NAMESPACE };
    throw unavailable(`the user id ${self} has no name in the password file and user namespaces are off`);
  }

  const owner = await stat(folder);
  if (owner.uid === 0 && (await namespacesWork())) return { prefix: IN_NAMESPACE };
  const spawnAs = owner.uid === 0 ? { uid: NOBODY, gid: NOBODY } : { uid: owner.uid, gid: owner.gid };
  if (owner.uid === 0) await giveTree(folder, spawnAs);
  const reached = await succeeds("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], spawnAs);
  if (!reached) {
    throw new EmbeddedStoreError(
      "embedded_store_unwritable",
      `PostgreSQL does not run as root, and its account (user id ${spawnAs.uid}) cannot enter ${folder}. ` +
        "Choose a data folder below folders that everyone may enter, turn user namespaces on, " +
        "or set GUILDHALL_DATABASE__URL to a PostgreSQL server.",
    );
  }
  return { prefix: [], spawnAs };
}

/** Gives a folder to the account the server runs as, where that is not the account of this process. */
export async function giveToAccount(folder: string, account: ServerAccount): Promise<void> {
  if (account.spawnAs !== undefined) await lchown(folder, account.spawnAs.uid, account.spawnAs.gid);
}

async function giveTree(
  folder: string,
  to: { readonly uid: number; readonly gid: number },
): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) {
    await lchown(path.join(folder, entry), to.uid, to.gid);
  }
  // Last, because its owner is what says that the whole tree has been given.
  await lchown(folder, to.uid, to.gid);
}

function hasName(): boolean {
  try {
    return os.userInfo().username !== "";
  } catch {
    return false;
  }
}

function namespacesWork(): Promise<boolean> {
  if (process.platform !== "linux") return Promise.resolve(false);
  const [command, ...args] = IN_NAMESPACE;
  return succeeds(command, [...args, "true"]);
}

function succeeds(
  command: string,
  args: readonly string[],
  as: { readonly uid?: number; readonly gid?: number } = {},
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore", ...as });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}
