import { lstat, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** The longest path of a Unix socket that every supported system takes, in bytes (macOS: 103, Linux: 107). */
const LONGEST_SOCKET_PATH = 103;
const PREFIX = "guildhall-";
const RANDOM = /^[A-Za-z0-9]{6}$/;

/**
 * Makes a fresh folder of mode 0700 for Unix sockets, short enough for a socket called `socketName` inside:
 * in the system's temporary folder, or in `/tmp` where that one's path is too long.
 */
export async function socketFolder(socketName: string): Promise<string> {
  const preferred = path.join(os.tmpdir(), PREFIX);
  const longest = Buffer.byteLength(path.join(`${preferred}XXXXXX`, socketName));
  return await mkdtemp(longest <= LONGEST_SOCKET_PATH ? preferred : path.join("/tmp", PREFIX));
}

/**
 * Removes a folder made by {@link socketFolder}, also one left by another process. Any other path, and a
 * folder that is not there, is left alone, so that a damaged file cannot name something precious.
 */
export async function removeSocketFolder(folder: string): Promise<void> {
  const parent = path.dirname(folder);
  if (path.resolve(folder) !== folder || (parent !== os.tmpdir() && parent !== "/tmp")) return;
  const name = path.basename(folder);
  if (!name.startsWith(PREFIX) || !RANDOM.test(name.slice(PREFIX.length))) return;
  try {
    if ((await lstat(folder)).isDirectory()) await rm(folder, { recursive: true, force: true });
  } catch {
    // Already gone, or another account's: neither is ours to mend.
  }
}
