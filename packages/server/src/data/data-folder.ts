import { createHash, randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { takeFolderLock } from "./folder-lock.ts";
import type { FolderLock, FolderLockKind } from "./folder-lock.ts";
import { removeSocketFolder } from "./socket-folder.ts";

/** Why a data folder cannot be claimed: it cannot be used at all, or its `lock-id` is damaged. */
export type DataFolderErrorCode = "data_folder_unusable" | "data_folder_damaged";

/** A data folder cannot be claimed. The message is a sentence which says what to do. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
  readonly code: DataFolderErrorCode;

  constructor(code: DataFolderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What `hall.json` says of the process that owns a data folder. Unknown fields are left out. */
export const HallFile = z.object({
  pid: z.int().positive(),
  /** A server, or a terminal command for its short life. */
  purpose: z.enum(["server", "terminal"]),
  /** The path of the owner's control socket. */
  socket: z.string().min(1),
  /** Where the owner serves HTTP, if it does. */
  url: z.string().min(1).optional(),
  /** An ISO 8601 instant in UTC. */
  started_at: z.iso.datetime(),
});
/** What `hall.json` says of the process that owns a data folder. */
export type HallFile = z.infer<typeof HallFile>;

/** The ownership of a data folder by this process. It ends with the process, even at kill -9. */
export interface DataFolderClaim {
  /** The folder's absolute path. */
  readonly folder: string;
  readonly purpose: HallFile["purpose"];
  /** Writes `hall.json` in one step, mode 0600. Throws when `file.purpose` is not the claim's, or after `release()`. */
  publish(file: HallFile): Promise<void>;
  /** Removes `hall.json` and gives the folder up. May be called again. */
  release(): Promise<void>;
}

/** Either the claim, or who owns the folder (undefined while that process has not published itself). */
export type ClaimResult =
  | { readonly owned: true; readonly claim: DataFolderClaim }
  | { readonly owned: false; readonly owner: HallFile | undefined };

const HALL_FILE = "hall.json";
const LOCK_ID_FILE = "lock-id";
const LOCK_ID = /^[0-9a-f]{32}$/;

/**
 * Claims a data folder for this process: at most one process owns it at a time, and a folder whose owner
 * died is free at once. The folder is made with mode 0700 where it is missing; what a dead owner left
 * (`hall.json` and its socket folder) is removed.
 *
 * On Linux the claim holds within one network namespace: containers that share a data folder but not their
 * network do not see each other here; the embedded store's own lock still keeps them apart.
 *
 * Throws {@link DataFolderError}.
 */
export async function claimDataFolder(options: {
  readonly folder: string;
  readonly purpose: HallFile["purpose"];
  /** How the lock is held. By default the best the system has. */
  readonly lockKind?: FolderLockKind;
}): Promise<ClaimResult> {
  const folder = path.resolve(options.folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await takeFolderLock({
      name: await lockName(folder),
      kind: options.lockKind ?? (process.platform === "linux" ? "abstract" : "file"),
    });
    if (lock === undefined) return { owned: false, owner: await readHallFile(folder) };
    await removeLeftovers(folder);
    return { owned: true, claim: new Claim({ folder, purpose: options.purpose, lock }) };
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new DataFolderError(
      "data_folder_unusable",
      `The data folder ${folder} cannot be used (${detail}). ` +
        "Let this account write to it, free some space if the disk is full, or choose another folder.",
      { cause: error },
    );
  }
}

/** Reads `hall.json` of a data folder; undefined where there is none or it does not make sense. */
export async function readHallFile(folder: string): Promise<HallFile | undefined> {
  try {
    const text = await readFile(path.join(folder, HALL_FILE), "utf8");
    return HallFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

class Claim implements DataFolderClaim {
  readonly folder: string;
  readonly purpose: HallFile["purpose"];
  readonly #lock: FolderLock;
  #released: Promise<void> | undefined;

  constructor(options: {
    readonly folder: string;
    readonly purpose: HallFile["purpose"];
    readonly lock: FolderLock;
  }) {
    this.folder = options.folder;
    this.purpose = options.purpose;
    this.#lock = options.lock;
  }

  async publish(file: HallFile): Promise<void> {
    if (this.#released !== undefined)
      throw new Error("The claim was released; claim the data folder again first.");
    if (file.purpose !== this.purpose)
      throw new Error(`Publish the purpose of the claim: "${this.purpose}".`);
    const temporary = await writeTemporary(
      path.join(this.folder, HALL_FILE),
      `${JSON.stringify(HallFile.parse(file))}\n`,
    );
    await rename(temporary, path.join(this.folder, HALL_FILE));
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    // While the lock is still held, so that it cannot be the next owner's file.
    await removeIfThere(path.join(this.folder, HALL_FILE));
    await this.#lock.release();
  }
}

/**
 * The lock's name, which only those who may read the folder can know. The number of the file is part of it,
 * so that a copy of a data folder is a folder of its own.
 */
async function lockName(folder: string): Promise<string> {
  const file = path.join(folder, LOCK_ID_FILE);
  const nonce = await readLockId(file);
  const { ino } = await stat(file, { bigint: true });
  return createHash("sha256").update(`${nonce}:${ino}`).digest("hex").slice(0, 32);
}

async function readLockId(file: string): Promise<string> {
  let text = await readIfThere(file);
  if (text === undefined) {
    const temporary = await writeTemporary(file, `${randomBytes(16).toString("hex")}\n`);
    try {
      // Fails where another process was first, whose nonce then counts.
      await link(temporary, file);
    } catch (error) {
      if (!isSystemError(error, "EEXIST")) throw error;
    } finally {
      await unlink(temporary);
    }
    text = await readFile(file, "utf8");
  }
  const nonce = text.trim();
  if (LOCK_ID.test(nonce)) return nonce;
  throw new DataFolderError(
    "data_folder_damaged",
    `The file ${file} is damaged. Make sure that no hall runs on this data folder, delete the file and start again.`,
  );
}

/** The lock is ours, so whoever wrote `hall.json` is gone. */
async function removeLeftovers(folder: string): Promise<void> {
  const left = await readHallFile(folder);
  if (left !== undefined) await removeSocketFolder(path.dirname(left.socket));
  await removeIfThere(path.join(folder, HALL_FILE));
}

/** Writes a whole file of mode 0600 beside `file`, onto the disk, and returns its path. */
async function writeTemporary(file: string, text: string): Promise<string> {
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function removeIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) throw error;
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
