import { spawn } from "node:child_process";
import { lchown, readdir, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { EmbeddedStoreError, unavailable } from "./embedded-store-error.ts";

/** Under which account PostgreSQL runs, which refuses to run as root. */
export interface ServerAccount {
  /** What to put before the program's own command line. */
  readonly prefix: readonly string[];
  /** The account to spawn it under; absent where `prefix` changes the account, or nothing does. */
  readonly spawnAs?: Owner;
  /** Who must own the server's folders; absent where that is the account of this process. */
  readonly owner?: Owner;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
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
 * An account that cannot enter the folders above gets the capability to pass them, where the system has
 * `setpriv`: it then reaches what it would have reached in the namespace.
 *
 * Throws `embedded_store_unwritable` where the account cannot reach the folder or the program, and
 * `embedded_store_unavailable` where no account will do.
 */
export async function chooseServerAccount(options: {
  readonly folder: string;
  /** The program it has to reach. */
  readonly program: string;
}): Promise<ServerAccount> {
  const { folder, program } = options;
  const self = process.geteuid?.() ?? NOBODY;
  if (self !== 0) {
    if (hasName()) return { prefix: [] };
    if (await namespacesWork()) return { prefix: IN_NAMESPACE };
    throw unavailable(`the user id ${self} has no name in the password file and user namespaces are off`);
  }

  const found = await stat(folder);
  if (found.uid === 0 && (await namespacesWork())) return { prefix: IN_NAMESPACE };
  const owner = found.uid === 0 ? { uid: NOBODY, gid: NOBODY } : { uid: found.uid, gid: found.gid };
  if (found.uid === 0) await giveTree(folder, owner);
  const candidates = [
    { prefix: [], spawnAs: owner, owner },
    { prefix: passingFolders(owner), owner },
  ];
  for (const account of candidates) {
    const check = [...account.prefix, "/bin/sh", "-c", 'cd -- "$1" && test -x "$2"', "sh", folder, program];
    if (await succeeds(check, account.spawnAs)) return account;
  }
  throw new EmbeddedStoreError(
    "embedded_store_unwritable",
    `PostgreSQL does not run as root, and its account (user id ${owner.uid}) cannot reach ${folder} or ${program}. ` +
      "Keep both below folders that everyone may enter, turn user namespaces on, " +
      "or set GUILDHALL_DATABASE__URL to a PostgreSQL server.",
  );
}

/** Gives a folder to the account the server runs as, where that is not the account of this process. */
export async function giveToAccount(folder: string, account: ServerAccount): Promise<void> {
  if (account.owner !== undefined) await lchown(folder, account.owner.uid, account.owner.gid);
}

async function giveTree(folder: string, to: Owner): Promise<void> {
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
  return succeeds([...IN_NAMESPACE, "true"]);
}

function passingFolders(owner: Owner): readonly string[] {
  const only = "-all,+dac_override";
  return [
    "setpriv",
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    "--clear-groups",
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
  ];
}

function succeeds(commandLine: readonly string[], as?: Owner): Promise<boolean> {
  const [command = "", ...args] = commandLine;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: "/", stdio: "ignore", ...as });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}
