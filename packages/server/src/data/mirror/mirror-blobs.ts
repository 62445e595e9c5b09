import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import { ObjectStoreError, type Objects } from "@guildhall/sdk";
import { MirrorError } from "./mirror-error.ts";
import type { Blob } from "./mirror-format.ts";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** What the mirror keeps of one data set, each piece under the sum of its content: what is there need not travel. */
export class MirrorBlobs {
  readonly #objects: Objects;
  readonly #folder: string;
  readonly #damaged: string;
  /** Sizes of what is there, by sum; read once a run. */
  #known: Map<string, { stored: number; storedAt: Date }> | undefined;

  constructor({ objects, folder }: { readonly objects: Objects; readonly folder: string }) {
    this.#objects = objects;
    this.#folder = `${folder}/blobs/`;
    this.#damaged = `${folder}/damaged/`;
  }

  /** Every piece that is there, by its sum. */
  async known(signal: AbortSignal): Promise<ReadonlyMap<string, { stored: number; storedAt: Date }>> {
    if (this.#known) return this.#known;
    const known = new Map<string, { stored: number; storedAt: Date }>();
    for await (const { key, size, storedAt } of this.#objects.list(this.#folder, { signal })) {
      known.set(key.slice(this.#folder.length), { stored: size, storedAt });
    }
    this.#known = known;
    return known;
  }

  /** Keeps a piece; `isNew` says whether it had to travel. An empty object, as a full disk leaves it, does not count. */
  async put(content: Uint8Array, signal: AbortSignal): Promise<{ blob: Blob; isNew: boolean }> {
    const sha256 = createHash("sha256").update(content).digest("hex");
    const { byteLength: size } = content;
    const found = (await this.known(signal)).get(sha256);
    if (found && found.stored > 0) {
      return { blob: { sha256, size, stored: found.stored }, isNew: false };
    }
    const compressed = await compress(content);
    await this.#objects.put(`${this.#folder}${sha256}`, compressed, { signal });
    const stored = compressed.byteLength;
    this.#known?.set(sha256, { stored, storedAt: new Date(8.64e15) });
    return { blob: { sha256, size, stored }, isNew: true };
  }

  /** A piece's content. @throws MirrorError with the code `mirror_damaged` when it is missing or not what it was */
  async get({ sha256, size }: Blob, signal: AbortSignal): Promise<Uint8Array> {
    const stored = await this.#objects.get(`${this.#folder}${sha256}`, { signal });
    const fault = (what: string, cause?: unknown) =>
      new MirrorError(
        "mirror_damaged",
        `A piece of the mirror ${what} (${sha256}): "guildhall mirror verify" says which versions are whole.`,
        { cause },
      );
    if (!stored) throw fault("is missing");
    const compressed = Buffer.concat(await Array.fromAsync(stored));
    let content: Buffer;
    try {
      content = await decompress(compressed, { maxOutputLength: Math.max(size, 1) });
    } catch (error) {
      throw fault("is damaged", error);
    }
    if (createHash("sha256").update(content).digest("hex") !== sha256) throw fault("is damaged");
    return content;
  }

  /** Lays a damaged piece aside, so that the next run stores it again if it has its content still. */
  async layAside(sha256: string, signal: AbortSignal): Promise<void> {
    const content = await this.#objects.get(`${this.#folder}${sha256}`, { signal });
    if (content) {
      await this.#objects.put(`${this.#damaged}${sha256}`, content, { signal });
      await this.#objects.delete(`${this.#folder}${sha256}`, { signal });
    }
    this.#known?.delete(sha256);
  }

  /** Removes pieces that no version has, and that are older than `before`: a run may be storing newer ones. */
  async sweep(given: {
    readonly used: ReadonlySet<string>;
    readonly before: Date;
    readonly signal: AbortSignal;
  }): Promise<number> {
    const { used, before, signal } = given;
    let removed = 0;
    for (const [sha256, { storedAt }] of await this.known(signal)) {
      if (used.has(sha256) || storedAt >= before) continue;
      await this.#objects.delete(`${this.#folder}${sha256}`, { signal });
      this.#known?.delete(sha256);
      removed += 1;
    }
    return removed;
  }

  /** Looks at the store anew at the next use. */
  forget(): void {
    this.#known = undefined;
  }
}

/** Whether a fault is of the content, not of the store's being reached. */
export function isDamage(error: unknown): boolean {
  return (
    (error instanceof MirrorError && error.code === "mirror_damaged") ||
    (error instanceof ObjectStoreError && error.code === "corrupt")
  );
}
