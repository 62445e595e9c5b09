import { createReadStream } from "node:fs";
import type * as S3 from "@aws-sdk/client-s3";
import { ObjectStoreError, type Objects, type PutResult, type StoredObject } from "@guildhall/sdk";
import { z } from "zod";
import { checkedContent } from "./checked-content.ts";
import { assertObjectKey, assertObjectPrefix } from "./object-key.ts";
import { withSpooled } from "./spooled-content.ts";

const ATTEMPTS = 3;
const CONNECT_SECONDS = 10;
const SILENCE_SECONDS = 60;

const Fault = z.object({
  name: z.string(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).default({}),
});

type Sdk = Pick<
  typeof S3,
  | "DeleteObjectCommand"
  | "GetObjectCommand"
  | "HeadObjectCommand"
  | "ListObjectsV2Command"
  | "PutObjectCommand"
>;

/** {@link Objects} in a bucket of S3, or of a store that speaks its protocol. */
export class S3Objects implements Objects {
  readonly #sdk: Sdk;
  readonly #client: S3.S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  private constructor(given: { sdk: Sdk; client: S3.S3Client; bucket: string; prefix: string }) {
    this.#sdk = given.sdk;
    this.#client = given.client;
    this.#bucket = given.bucket;
    this.#prefix = given.prefix;
  }

  /**
   * Opens a bucket by the variables and files that Amazon's own tools read (AWS_ACCESS_KEY_ID, AWS_REGION,
   * AWS_ENDPOINT_URL_S3, ...). Nothing is sent yet.
   */
  static async open(options: {
    readonly bucket: string;
    /** In front of every key; empty or ending with `/`. */
    readonly prefix: string;
    readonly environment: NodeJS.ProcessEnv;
  }): Promise<S3Objects> {
    const sdk = await import("@aws-sdk/client-s3");
    const { environment } = options;
    const endpoint = environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"];
    const client = new sdk.S3Client({
      maxAttempts: ATTEMPTS,
      // Stores of other makers store the SDK's framed checksums as content; Content-MD5 they all know.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: {
        connectionTimeout: CONNECT_SECONDS * 1000,
        requestTimeout: SILENCE_SECONDS * 1000,
        throwOnRequestTimeout: true,
      },
      // A bucket as part of the host's name needs a DNS that only Amazon has.
      ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
      ...(environment["AWS_REGION"] ? { region: environment["AWS_REGION"] } : {}),
    });
    return new S3Objects({ sdk, client, bucket: options.bucket, prefix: options.prefix });
  }

  async put(
    key: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly ifAbsent?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<PutResult> {
    assertObjectKey(key);
    const { ifAbsent, signal } = options;
    return await withSpooled(content, { signal }, async ({ size, sha256, md5, source }) => {
      // Stores that know no conditions take the write anyway: those at least see what was there a moment ago.
      if (ifAbsent && (await this.#isThere(key, signal))) throw alreadyThere(key);
      await this.#calling(key, signal, async () => {
        const command = new this.#sdk.PutObjectCommand({
          ...this.#named(key),
          Body: "bytes" in source ? source.bytes : createReadStream(source.path),
          ContentLength: size,
          ContentMD5: md5.toString("base64"),
          ...(ifAbsent ? { IfNoneMatch: "*" } : {}),
        });
        await this.#client.send(command, signal ? { abortSignal: signal } : {});
      });
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
      const content = await this.#calling(key, signal, async () => {
        const command = new this.#sdk.GetObjectCommand(this.#named(key));
        const { Body } = await this.#client.send(command, signal ? { abortSignal: signal } : {});
        if (!Body || !(Symbol.asyncIterator in Body)) throw new TypeError("S3 gives content as a stream");
        return Body;
      });
      const stream = this.#reading(key, signal, content);
      return sha256 === undefined ? stream : checkedContent(stream, { key, sha256 });
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
    let next: string | undefined;
    do {
      const page = await this.#calling(prefix, signal, async () => {
        const command = new this.#sdk.ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: `${this.#prefix}${prefix}`,
          ...(next === undefined ? {} : { ContinuationToken: next }),
        });
        return await this.#client.send(command, signal ? { abortSignal: signal } : {});
      });
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key === undefined || LastModified === undefined) continue;
        yield { key: Key.slice(this.#prefix.length), size: Size ?? 0, storedAt: LastModified };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async delete(key: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    assertObjectKey(key);
    await this.#calling(key, signal, async () => {
      const command = new this.#sdk.DeleteObjectCommand(this.#named(key));
      await this.#client.send(command, signal ? { abortSignal: signal } : {});
    });
  }

  #named(key: string) {
    return { Bucket: this.#bucket, Key: `${this.#prefix}${key}` };
  }

  async #isThere(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#calling(key, signal, async () => {
        const command = new this.#sdk.HeadObjectCommand(this.#named(key));
        await this.#client.send(command, signal ? { abortSignal: signal } : {});
      });
      return true;
    } catch (error) {
      if (error instanceof NotThere) return false;
      throw error;
    }
  }

  async *#reading(
    key: string,
    signal: AbortSignal | undefined,
    stream: AsyncIterable<unknown>,
  ): AsyncIterable<Uint8Array> {
    const parts = stream[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await this.#calling(key, signal, () => parts.next());
      if (done) return;
      if (!(value instanceof Uint8Array)) throw new TypeError("S3 gives content as bytes");
      yield value;
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
      throw this.#fault(error, key);
    }
  }

  #fault(error: unknown, key: string): Error {
    const told = Fault.safeParse(error).data;
    const name = told?.name ?? "no answer";
    const status = told?.$metadata.httpStatusCode;
    const cause = { cause: error };
    const where = `The bucket ${this.#bucket}`;
    if (name === "NoSuchBucket") {
      return new ObjectStoreError("missing", `${where} is not there: make it, or mend its name.`, cause);
    }
    if (status === 404) return new NotThere();
    // 409: another conditional write of the same key is under way.
    if (status === 412 || name === "ConditionalRequestConflict") return alreadyThere(key, cause);
    if (status === 401 || status === 403 || name.startsWith("Credentials")) {
      return new ObjectStoreError(
        "denied",
        `${where} refuses these credentials (${name}): give them the right to read, write, list and delete.`,
        cause,
      );
    }
    if (status === 507 || name === "QuotaExceeded" || name === "XMinioStorageFull") {
      return new ObjectStoreError("full", `${where} has no room: free some, or raise its limit.`, cause);
    }
    return new ObjectStoreError(
      "unavailable",
      `${where} does not answer as it should (${name}): see that it can be reached.`,
      cause,
    );
  }
}

class NotThere extends Error {}

function alreadyThere(key: string, cause?: ErrorOptions): ObjectStoreError {
  return new ObjectStoreError("exists", `There is an object ${key} already.`, cause);
}
