import { assertObjectKey } from "../object-key.ts";
import { ObjectStoreError, type Objects, type PutResult, type StoredObject } from "../objects.ts";

/** {@link Objects} in memory, for tests of modules. */
export class MemoryObjects implements Objects {
  /** While set, everything fails with it, as when the place cannot be reached. */
  fault: Error | undefined;
  readonly #contents = new Map<string, { bytes: Uint8Array; storedAt: Date }>();
  readonly #now: () => Date;

  constructor({ now }: { now: () => Date }) {
    this.#now = now;
  }

  async put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<PutResult> {
    assertObjectKey(key);
    options.signal?.throwIfAborted();
    this.#reach();
    const parts = content instanceof Uint8Array ? [content] : await Array.fromAsync(content);
    if (options.ifAbsent && this.#contents.has(key)) {
      throw new ObjectStoreError("exists", `There is an object ${key} already.`);
    }
    const bytes = new Uint8Array(await new Blob(parts.map((part) => Uint8Array.from(part))).arrayBuffer());
    this.#contents.set(key, { bytes, storedAt: this.#now() });
    return { size: bytes.byteLength, sha256: await sumOf(bytes) };
  }

  async get(
    key: string,
    options: { readonly sha256?: string; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    assertObjectKey(key);
    options.signal?.throwIfAborted();
    this.#reach();
    const found = this.#contents.get(key);
    if (!found) return undefined;
    const { sha256 } = options;
    return (async function* () {
      yield found.bytes;
      if (sha256 !== undefined && (await sumOf(found.bytes)) !== sha256) {
        throw new ObjectStoreError("corrupt", `The object ${key} is damaged.`);
      }
    })();
  }

  async *list(
    prefix: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<StoredObject> {
    signal?.throwIfAborted();
    this.#reach();
    for (const [key, { bytes, storedAt }] of this.#contents) {
      if (key.startsWith(prefix)) yield { key, size: bytes.byteLength, storedAt };
    }
  }

  async delete(key: string): Promise<void> {
    assertObjectKey(key);
    this.#reach();
    this.#contents.delete(key);
  }

  #reach(): void {
    if (this.fault) throw this.fault;
  }
}

async function sumOf(bytes: Uint8Array): Promise<string> {
  const sum = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
