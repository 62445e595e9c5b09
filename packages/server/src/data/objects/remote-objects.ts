import {
  assertObjectKey,
  ObjectStoreError,
  type Objects,
  type PutResult,
  type StoredObject,
} from "@guildhall/sdk";
import { checkedContent } from "./checked-content.ts";
import { assertObjectPrefix } from "./object-prefix.ts";
import { withSpooled, type SpooledContent } from "./spooled-content.ts";

/** What a fault of a store means, and by what name the store calls it. */
export interface RemoteFault {
  readonly kind: "not there" | "exists" | "missing" | "denied" | "full" | "unavailable";
  readonly name: string;
}

/** An object store as its SDK shows it: whole keys, and faults as they come. */
export interface RemoteStore {
  /** "The bucket NAME", to begin a sentence. */
  readonly name: string;
  put(
    key: string,
    content: SpooledContent,
    options: { readonly ifAbsent: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<void>;
  get(key: string, signal: AbortSignal | undefined): Promise<AsyncIterable<unknown>>;
  list(prefix: string, signal: AbortSignal | undefined): AsyncIterable<readonly StoredObject[]>;
  delete(key: string, signal: AbortSignal | undefined): Promise<void>;
  faultOf(error: unknown): RemoteFault;
}

/** {@link Objects} below a prefix of an object store elsewhere. */
export class RemoteObjects implements Objects {
  readonly #store: RemoteStore;
  readonly #prefix: string;

  /** @param given.prefix in front of every key; empty or ending with `/` */
  constructor({ store, prefix }: { readonly store: RemoteStore; readonly prefix: string }) {
    this.#store = store;
    this.#prefix = prefix;
  }

  async put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    { ifAbsent = false, signal }: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<PutResult> {
    assertObjectKey(key);
    return await withSpooled(content, { signal }, async (spooled) => {
      await this.#calling(key, signal, () =>
        this.#store.put(this.#prefix + key, spooled, { ifAbsent, signal }),
      );
      return { size: spooled.size, sha256: spooled.sha256 };
    });
  }

  async get(
    key: string,
    { sha256, signal }: { readonly sha256?: string; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    assertObjectKey(key);
    try {
      const found = await this.#calling(key, signal, () => this.#store.get(this.#prefix + key, signal));
      const content = bytesOf(this.#following(key, signal, found));
      return sha256 === undefined ? content : checkedContent(content, { key, sha256 });
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      throw error;
    }
  }

  async *list(
    prefix: string,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncIterable<StoredObject> {
    assertObjectPrefix(prefix);
    const pages = this.#store.list(this.#prefix + prefix, signal);
    for await (const page of this.#following(prefix, signal, pages)) {
      for (const found of page) yield { ...found, key: found.key.slice(this.#prefix.length) };
    }
  }

  async delete(key: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertObjectKey(key);
    await this.#calling(key, signal, () => this.#store.delete(this.#prefix + key, signal));
  }

  async *#following<Item>(
    key: string,
    signal: AbortSignal | undefined,
    items: AsyncIterable<Item>,
  ): AsyncIterable<Item> {
    const parts = items[Symbol.asyncIterator]();
    for (;;) {
      const part = await this.#calling(key, signal, () => parts.next());
      if (part.done) return;
      yield part.value;
    }
  }

  async #calling<Result>(
    key: string,
    signal: AbortSignal | undefined,
    call: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof TypeError) throw error;
      const { kind, name } = this.#store.faultOf(error);
      if (kind === "not there") throw new NotThere();
      const where = this.#store.name;
      const sentences = {
        exists: `There is an object ${key} already.`,
        missing: `${where} is not there: make it, or mend its name.`,
        denied: `${where} refuses these credentials (${name}): give them the right to read, write, list and delete.`,
        full: `${where} has no room: free some, or raise its limit.`,
        unavailable: `${where} does not answer as it should (${name}): see that it can be reached.`,
      };
      throw new ObjectStoreError(kind, sentences[kind], { cause: error });
    }
  }
}

class NotThere extends Error {}

async function* bytesOf(content: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const bytes of content) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("an object store gives content as bytes");
    yield bytes;
  }
}
