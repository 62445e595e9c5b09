import { randomBytes } from "node:crypto";
import { rename, unlink } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import os from "node:os";
import path from "node:path";

/** A lock that the kernel gives back when its holder ends, however it ends. */
export interface FolderLock {
  /** Gives the lock back. May be called again. */
  release(): Promise<void>;
}

/**
 * How a lock is held: `abstract` by the name of an abstract Unix socket, which only Linux has and which two
 * can never hold at once within one network namespace; `file` by a socket file in the system's temporary
 * folder, whose leftover after a kill is found out by connecting to it.
 */
export type FolderLockKind = "abstract" | "file";

/** Takes the lock called `name` (letters and digits), or returns undefined where a living process holds it. */
export async function takeFolderLock(options: {
  readonly name: string;
  readonly kind: FolderLockKind;
}): Promise<FolderLock | undefined> {
  if (options.kind === "abstract") {
    const server = await listen(`\0guildhall-${options.name}`);
    return server === undefined ? undefined : lockOf(server);
  }
  const file = path.join(os.tmpdir(), `guildhall-${options.name}.lock`);
  for (;;) {
    const server = await listen(file);
    if (server !== undefined) return lockOf(server);
    if (await answers(file)) return undefined;
    if (!(await clearDeadSocket(file))) return undefined;
  }
}

/** Removes a socket file that nobody answers at; false when it turned out to be another's living lock. */
async function clearDeadSocket(file: string): Promise<boolean> {
  // Between the probe and this line another claimant may have put its own socket there: move first, then
  // look at what was moved, and put it back if it lives.
  const aside = `${file}.${randomBytes(4).toString("hex")}`;
  try {
    await rename(file, aside);
  } catch {
    return true;
  }
  if (await answers(aside)) {
    await rename(aside, file);
    return false;
  }
  await unlink(aside);
  return true;
}

/** Listens at an address; undefined where it is taken. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // The socket only stands for the lock; whoever connects learns that it is held.
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      // A lock alone is no reason for the process to go on.
      server.unref();
      resolve(server);
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function lockOf(server: Server): FolderLock {
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
