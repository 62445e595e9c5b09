import { createReadStream } from "node:fs";
import type * as S3 from "@aws-sdk/client-s3";
import { ObjectStoreError, type StoredObject } from "@guildhall/sdk";
import { z } from "zod";
import type { RemoteFault, RemoteStore } from "./remote-objects.ts";
import type { SpooledContent } from "./spooled-content.ts";

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

/** A bucket of S3, or of a store that speaks its protocol. */
export class S3Store implements RemoteStore {
  readonly #sdk: Sdk;
  readonly #client: S3.S3Client;
  readonly #bucket: string;

  private constructor(given: { sdk: Sdk; client: S3.S3Client; bucket: string }) {
    this.#sdk = given.sdk;
    this.#client = given.client;
    this.#bucket = given.bucket;
  }

  /**
   * Opens a bucket by the variables and files that Amazon's own tools read (AWS_ACCESS_KEY_ID, AWS_REGION,
   * AWS_ENDPOINT_URL_S3, ...). Nothing is sent yet.
   */
  static async open({
    bucket,
    environment,
  }: {
    readonly bucket: string;
    readonly environment: NodeJS.ProcessEnv;
  }): Promise<S3Store> {
    const sdk = await import("@aws-sdk/client-s3");
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
    return new S3Store({ sdk, client, bucket });
  }

  get name(): string {
    return `The bucket ${this.#bucket}`;
  }

  async put(
    key: string,
    { size, md5, source }: SpooledContent,
    { ifAbsent, signal }: { readonly ifAbsent: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<void> {
    // Stores that know no conditions take the write anyway: those at least see what was there a moment ago.
    if (ifAbsent && (await this.#isThere(key, signal))) {
      throw new ObjectStoreError("exists", "It was there a moment ago.");
    }
    const command = new this.#sdk.PutObjectCommand({
      ...this.#named(key),
      Body: "bytes" in source ? source.bytes : createReadStream(source.path),
      ContentLength: size,
      ContentMD5: md5.toString("base64"),
      ...(ifAbsent ? { IfNoneMatch: "*" } : {}),
    });
    await this.#client.send(command, abortedBy(signal));
  }

  async get(key: string, signal: AbortSignal | undefined): Promise<AsyncIterable<unknown>> {
    const command = new this.#sdk.GetObjectCommand(this.#named(key));
    const { Body } = await this.#client.send(command, abortedBy(signal));
    if (!Body || !(Symbol.asyncIterator in Body)) throw new TypeError("S3 gives content as a stream");
    return Body;
  }

  async *list(prefix: string, signal: AbortSignal | undefined): AsyncIterable<readonly StoredObject[]> {
    let next: string | undefined;
    do {
      const command = new this.#sdk.ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        ...(next === undefined ? {} : { ContinuationToken: next }),
      });
      const page = await this.#client.send(command, abortedBy(signal));
      yield (page.Contents ?? []).flatMap(({ Key, Size, LastModified }) =>
        Key === undefined || LastModified === undefined
          ? []
          : [{ key: Key, size: Size ?? 0, storedAt: LastModified }],
      );
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async delete(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#client.send(new this.#sdk.DeleteObjectCommand(this.#named(key)), abortedBy(signal));
  }

  faultOf(error: unknown): RemoteFault {
    if (error instanceof ObjectStoreError && error.code === "exists") return { kind: "exists", name: "" };
    const told = Fault.safeParse(error).data;
    const name = told?.name ?? "no answer";
    const status = told?.$metadata.httpStatusCode;
    if (name === "NoSuchBucket") return { kind: "missing", name };
    if (status === 404) return { kind: "not there", name };
    // 409: another conditional write of the same key is under way.
    if (status === 412 || name === "ConditionalRequestConflict") return { kind: "exists", name };
    if (status === 401 || status === 403 || name.startsWith("Credentials")) return { kind: "denied", name };
    if (status === 507 || name === "QuotaExceeded" || name === "XMinioStorageFull") {
      return { kind: "full", name };
    }
    return { kind: "unavailable", name };
  }

  #named(key: string) {
    return { Bucket: this.#bucket, Key: key };
  }

  async #isThere(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#client.send(new this.#sdk.HeadObjectCommand(this.#named(key)), abortedBy(signal));
      return true;
    } catch (error) {
      if (this.faultOf(error).kind === "not there") return false;
      throw error;
    }
  }
}

function abortedBy(signal: AbortSignal | undefined) {
  return signal ? { abortSignal: signal } : {};
}
