/** An object as the store knows it. */
export interface StoredObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** By the store's clock. */
  readonly storedAt: Date;
}

/** What a {@link Objects.put} wrote. */
export interface PutResult {
  /** In bytes. */
  readonly size: number;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Large things by key, in a folder or an object store; a module sees its own alone. Keys are words of letters, digits,
 * `.`, `_`, `-` and `=`, joined by `/`, at most 512 characters, since every store takes those.
 *
 * All methods throw {@link ObjectStoreError}, and the signal's reason when that aborts.
 */
export interface Objects {
  /**
   * Stores an object whole or not at all; what was there before is replaced. The content may be of any size up to the
   * store's limit for one object (5 GB); a stream is never held in memory.
   *
   * @param options.ifAbsent refuses with the code `exists` when there is such an object already
   */
  put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options?: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal },
  ): Promise<PutResult>;
  /**
   * The content of an object; undefined when there is none.
   *
   * @param options.sha256 what the content must sum up to: the stream ends with the code `corrupt` when it does not
   */
  get(
    key: string,
    options?: { readonly sha256?: string; readonly signal?: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The objects whose keys begin with `prefix`, in no certain order. */
  list(prefix: string, options?: { readonly signal?: AbortSignal }): AsyncIterable<StoredObject>;
  /** Removes an object; one that is not there is fine. */
  delete(key: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Why an object store did not do what it was asked. */
export type ObjectStoreErrorCode =
  /** There is such an object already. */
  | "exists"
  /** The content is not what it was when it was stored. */
  | "corrupt"
  /** The store refuses these credentials, or has none to go by. */
  | "denied"
  /** The store has no room. */
  | "full"
  /** The bucket, container or folder is not there. */
  | "missing"
  /** The store does not answer, or answers with a fault of its own. */
  | "unavailable";

/** An object store did not do what it was asked. The message is a sentence that says what to do. */
export class ObjectStoreError extends Error {
  readonly code: ObjectStoreErrorCode;

  constructor(code: ObjectStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ObjectStoreError";
    this.code = code;
  }
}
