import { createReadStream } from "node:fs";
import type { ContainerClient } from "@azure/storage-blob";
import { ObjectStoreError, type Objects, type PutResult, type StoredObject } from "@guildhall/sdk";
import { z } from "zod";
import { checkedContent } from "./checked-content.ts";
import { assertObjectKey, assertObjectPrefix } from "./object-key.ts";
import { withSpooled } from "./spooled-content.ts";

const ATTEMPTS = 3;
const ATTEMPT_SECONDS = 60;
const PAGE = 1000;

const Fault = z.object({ code: z.string().optional(), statusCode: z.number().optional() });

/** {@link Objects} in a container of Azure Blob Storage. */
export class AzureObjects implements Objects {
  readonly #container: ContainerClient;
  readonly #prefix: string;

  private constructor(given: { container: ContainerClient; prefix: string }) {
    this.#container = given.container;
    this.#prefix = given.prefix;
  }

  /**
   * Opens a container by the variables that Azure's own tools read: AZURE_STORAGE_CONNECTION_STRING, or
   * AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN. Nothing is sent yet.
   *
   * @throws ObjectStoreError with the code `denied` when none of them is set
   */
  static async open(options: {
    readonly container: string;
    /** In front of every key; empty or ending with `/`. */
    readonly prefix: string;
    readonly environment: NodeJS.ProcessEnv;
  }): Promise<AzureObjects> {
    const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
    const {
      AZURE_STORAGE_CONNECTION_STRING: connection,
      AZURE_STORAGE_ACCOUNT: account,
      AZURE_STORAGE_KEY: key,
      AZURE_STORAGE_SAS_TOKEN: sas,
    } = options.environment;
    const pipeline = {
      retryOptions: {
        maxTries: ATTEMPTS,
        tryTimeoutInMs: ATTEMPT_SECONDS * 1000,
        retryDelayInMs: 500,
        maxRetryDelayInMs: 5000,
      },
    };
    const address = `https://${account}.blob.core.windows.net`;
    let service: InstanceType<typeof BlobServiceClient>;
    if (connection) {
      service = BlobServiceClient.fromConnectionString(connection, pipeline);
    } else if (account && key) {
      service = new BlobServiceClient(address, new StorageSharedKeyCredential(account, key), pipeline);
    } else if (account && sas) {
      service = new BlobServiceClient(`${address}?${sas.replace(/^\?/, "")}`, undefined, pipeline);
    } else {
      throw new ObjectStoreError(
        "denied",
        "There are no credentials for Azure: set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN.",
      );
    }
    return new AzureObjects({
      container: service.getContainerClient(options.container),
      prefix: options.prefix,
    });
  }

  async put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<PutResult> {
    assertObjectKey(key);
    const { ifAbsent, signal } = options;
    return await withSpooled(content, { signal }, async ({ size, sha256, md5, source }) => {
      const body = "bytes" in source ? Buffer.from(source.bytes) : () => createReadStream(source.path);
      await this.#calling(key, signal, () =>
        this.#blob(key).upload(body, size, {
          transactionalContentMD5: md5,
          ...(ifAbsent ? { conditions: { ifNoneMatch: "*" } } : {}),
          ...(signal ? { abortSignal: signal } : {}),
        }),
      );
      return { size, sha256 };
    });
  }

  async get(
    key: string,
    options: { readonly sha256?: string; readonly signal?: AbortSignal } = {},
  ): Promise<AsyncIterable<Uint8Array> | undefined> {
    assertObjectKey(key);
    const { sha256, signal } = options;
    try {
      const { readableStreamBody } = await this.#calling(key, signal, () =>
        this.#blob(key).download(0, undefined, signal ? { abortSignal: signal } : {}),
      );
      if (!readableStreamBody) throw new TypeError("Azure gives the content as a stream in Node");
      const content = this.#reading(key, signal, readableStreamBody);
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
    const pages = this.#container
      .listBlobsFlat({ prefix: `${this.#prefix}${prefix}`, ...(signal ? { abortSignal: signal } : {}) })
      .byPage({ maxPageSize: PAGE });
    for (;;) {
      const { done, value } = await this.#calling(prefix, signal, () => pages.next());
      if (done) return;
      for (const { name, properties } of value.segment.blobItems) {
        yield {
          key: name.slice(this.#prefix.length),
          size: properties.contentLength ?? 0,
          storedAt: properties.lastModified,
        };
      }
    }
  }

  async delete(key: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertObjectKey(key);
    await this.#calling(key, signal, () =>
      this.#blob(key).deleteIfExists(signal ? { abortSignal: signal } : {}),
    );
  }

  #blob(key: string) {
    return this.#container.getBlockBlobClient(`${this.#prefix}${key}`);
  }

  async *#reading(
    key: string,
    signal: AbortSignal | undefined,
    stream: NodeJS.ReadableStream,
  ): AsyncIterable<Uint8Array> {
    const parts = stream[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#calling(key, signal, () => parts.next());
      if (done) return;
      yield Buffer.isBuffer(value) ? value : Buffer.from(value);
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
      const { code, statusCode } = Fault.catch({}).parse(error);
      const cause = { cause: error };
      if (statusCode === 404 && code !== "ContainerNotFound") throw new NotThere();
      if (statusCode === 409 && code === "BlobAlreadyExists") {
        throw new ObjectStoreError("exists", `There is an object ${key} already.`, cause);
      }
      const where = `Azure's container ${this.#container.containerName}`;
      if (statusCode === 404) {
        throw new ObjectStoreError("missing", `${where} is not there: make it, or mend its name.`, cause);
      }
      if (statusCode === 401 || statusCode === 403) {
        throw new ObjectStoreError(
          "denied",
          `${where} refuses these credentials (${code ?? statusCode}): give them the right to read, write, list and delete.`,
          cause,
        );
      }
      if (statusCode === 507 || code === "AccountLimitExceeded") {
        throw new ObjectStoreError("full", `${where} has no room: free some, or raise its limit.`, cause);
      }
      throw new ObjectStoreError(
        "unavailable",
        `${where} does not answer as it should (${code ?? statusCode ?? "no answer"}): see that it can be reached.`,
        cause,
      );
    }
  }
}

class NotThere extends Error {}
