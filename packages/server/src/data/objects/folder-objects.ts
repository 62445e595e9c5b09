import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import path from "node:path";
import {
  assertObjectKey,
  ObjectStoreError,
  type Objects,
  type PutResult,
  type StoredObject,
} from "@guildhall/sdk";
import { syncFolder } from "../sync-folder.ts";
import { asStream, checkedContent } from "./checked-content.ts";
import { assertObjectPrefix } from "./object-prefix.ts";

/** What is being written; no key begins so, since a word of a key is never dots and a name alone. */
const UNFINISHED = ".unfinished";
const DAY_MILLISECONDS = 86_400_000;

/** {@link Objects} as files of a folder: written beside, synced, and put in place in one step. */
export class FolderObjects implements Objects {
  readonly #folder: string;
  readonly #now: () => Date;
  #isTidy = false;

  /** @param given.folder absolute; made when it is missing */
  constructor({ folder, now }: { folder: string; now: () => Date }) {
    this.#folder = folder;
    this.#now = now;
  }

  async put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<PutResult> {
    assertObjectKey(key);
    options.signal?.throwIfAborted();
    const target = path.join(this.#folder, key);
    const temporary = path.join(this.#folder, UNFINISHED, randomBytes(12).toString("hex"));
    try {
      await this.#makeReady();
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      const written = await writeWhole(temporary, content, options.signal);
      if (options.ifAbsent) {
        // Unlike a renaming, this fails where there is something.
        await link(temporary, target);
      } else {
        await rename(temporary, target);
      }
      // A new name is on the disk only when its folder is.
      for (let folder = path.dirname(target); ; folder = path.dirname(folder)) {
        await syncFolder(folder);
        if (folder.length <= this.#folder.length) break;
      }
      return written;
    } catch (error) {
      throw this.#fault(error, key);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async get(
    key: string,
    options: { readonly sha256?: string; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    assertObjectKey(key);
    options.signal?.throwIfAborted();
    let file: FileHandle;
    try {
      file = await open(path.join(this.#folder, key), "r");
    } catch (error) {
      if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
      throw this.#fault(error, key);
    }
    const { sha256, signal } = options;
    const content = this.#content(file, key, signal);
    return sha256 === undefined ? content : checkedContent(content, { key, sha256 });
  }

  async *list(
    prefix: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<StoredObject> {
    assertObjectPrefix(prefix);
    yield* this.#walk("", prefix, signal);
  }

  async delete(key: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertObjectKey(key);
    signal?.throwIfAborted();
    try {
      await rm(path.join(this.#folder, key), { force: true });
    } catch (error) {
      throw this.#fault(error, key);
    }
  }

  async *#content(file: FileHandle, key: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    try {
      const stream = createReadStream("", { fd: file, autoClose: false, ...(signal ? { signal } : {}) });
      for await (const bytes of stream) {
        if (!(bytes instanceof Uint8Array)) throw new TypeError("a file without an encoding gives bytes");
        yield bytes;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#fault(error, key);
    } finally {
      await file.close();
    }
  }

  async *#walk(folder: string, prefix: string, signal: AbortSignal | undefined): AsyncIterable<StoredObject> {
    signal?.throwIfAborted();
    for (const entry of await this.#entries(folder)) {
      const key = `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`;
      if (key === `${UNFINISHED}/`) continue;
      if (entry.isDirectory()) {
        if (key.startsWith(prefix) || prefix.startsWith(key)) yield* this.#walk(key, prefix, signal);
      } else if (key.startsWith(prefix)) {
        const found = await stat(path.join(this.#folder, key)).catch(() => undefined);
        // It may have been removed meanwhile.
        if (found) yield { key, size: found.size, storedAt: found.mtime };
      }
    }
  }

  async #entries(folder: string) {
    try {
      return await readdir(path.join(this.#folder, folder), { withFileTypes: true });
    } catch (error) {
      if (codeOf(error) === "ENOENT") return [];
      throw this.#fault(error, folder);
    }
  }

  /** Makes the folder for unfinished files, and once a process removes those that a dead one left. */
  async #makeReady(): Promise<void> {
    const folder = path.join(this.#folder, UNFINISHED);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (this.#isTidy) return;
    this.#isTidy = true;
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const found = await stat(file).catch(() => undefined);
      if (found && this.#now().getTime() - found.mtimeMs > DAY_MILLISECONDS) await rm(file, { force: true });
    }
  }

  #fault(error: unknown, key: string): unknown {
    const place = `the folder ${this.#folder}`;
    switch (codeOf(error)) {
      case "EEXIST":
        return new ObjectStoreError("exists", `There is an object ${key} already.`, { cause: error });
      case "ENOSPC":
      case "EDQUOT":
        return new ObjectStoreError("full", `There is no room in ${place}: free some space.`, {
          cause: error,
        });
      case "EACCES":
      case "EPERM":
      case "EROFS":
        return new ObjectStoreError("denied", `This account may not use ${place}: let it.`, { cause: error });
      case "EIO":
      case "ENOTDIR":
      case "EISDIR":
      case "ENAMETOOLONG":
        return new ObjectStoreError(
          "unavailable",
          `The object ${key} cannot be used in ${place}: see that the disk is well and nothing else writes there.`,
          { cause: error },
        );
      default:
        return error;
    }
  }
}

async function writeWhole(
  file: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const hash = createHash("sha256");
  let size = 0;
  const handle = await open(file, "wx", 0o600);
  try {
    for await (const bytes of asStream(content)) {
      signal?.throwIfAborted();
      hash.update(bytes);
      size += bytes.byteLength;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { size, sha256: hash.digest("hex") };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
