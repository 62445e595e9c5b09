import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import { ObjectStoreError, type Objects } from "@guildhall/sdk";
import { BackupRecord } from "./backup-record.ts";

const compress = promisify(gzip);
/** Below it are all objects of backups. */
export const SEGMENTS = "segments/";

/** An object with records, as the index names it. */
export interface SegmentFile {
  readonly objectKey: string;
  readonly sha256: string;
}

/** What was stored. */
export interface StoredSegment extends SegmentFile {
  readonly bytes: number;
}

/** Records in objects: lines of JSON under gzip, each object written once and never changed. */
export class SegmentFiles {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Stores records as a new object. @throws ObjectStoreError */
  async write(objectKey: string, records: readonly BackupRecord[]): Promise<StoredSegment> {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`).join("");
    const { size, sha256 } = await this.#objects.put(objectKey, await compress(lines), { ifAbsent: true });
    return { objectKey, sha256, bytes: size };
  }

  /**
   * Stores several objects as one. Pieces of gzip one after the other are gzip again (RFC 1952, 2.2), so nothing is
   * unpacked. @throws ObjectStoreError `corrupt` when one is not what it was
   */
  async join(objectKey: string, parts: readonly SegmentFile[]): Promise<StoredSegment> {
    const { size, sha256 } = await this.#objects.put(objectKey, this.#bytesOf(parts), { ifAbsent: true });
    return { objectKey, sha256, bytes: size };
  }

  /** The object as it is stored. @throws ObjectStoreError `corrupt` when it is not what it was, or not there */
  async *bytes({ objectKey, sha256 }: SegmentFile): AsyncGenerator<Uint8Array> {
    const content = await this.#objects.get(objectKey, { sha256 });
    if (!content) throw new ObjectStoreError("corrupt", `The object ${objectKey} is not there any more.`);
    yield* content;
  }

  /**
   * The records of an object, one at a time.
   *
   * @throws ObjectStoreError `corrupt` when it is not what it was
   */
  async *read(file: SegmentFile): AsyncGenerator<BackupRecord> {
    try {
      let rest = "";
      for await (const text of textOf(this.bytes(file))) {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) yield BackupRecord.parse(JSON.parse(line));
      }
      if (rest !== "") throw new Error("the last line is not whole");
    } catch (error) {
      if (error instanceof ObjectStoreError) throw error;
      // Of zlib, of JSON, or of the schema.
      const message = `The object ${file.objectKey} holds no whole records.`;
      throw new ObjectStoreError("corrupt", message, { cause: error });
    }
  }

  /** Removes objects that nothing refers to. */
  async remove(objectKeys: readonly string[]): Promise<void> {
    for (const key of objectKeys) await this.#objects.delete(key);
  }

  /** The objects that were stored before an instant, in batches. */
  async *storedBefore(instant: Date, batch: number): AsyncGenerator<string[]> {
    let keys: string[] = [];
    for await (const { key, storedAt } of this.#objects.list(SEGMENTS)) {
      if (storedAt >= instant) continue;
      keys.push(key);
      if (keys.length < batch) continue;
      yield keys;
      keys = [];
    }
    if (keys.length > 0) yield keys;
  }

  async *#bytesOf(parts: readonly SegmentFile[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield* this.bytes(part);
  }
}

/** Unpacks as it is read: what is in memory does not grow with the object. */
async function* textOf(packed: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A fault of either end is thrown by the loop below.
  const unpacked = pipeline(packed, createGunzip(), () => undefined);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const part of unpacked) yield decoder.decode(part, { stream: true });
}
