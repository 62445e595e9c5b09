import { createReadStream } from "node:fs";
import type { ContainerClient } from "@azure/storage-blob";
import { ObjectStoreError, type StoredObject } from "@guildhall/sdk";
import { z } from "zod";
import type { RemoteFault, RemoteStore } from "./remote-objects.ts";
import type { SpooledContent } from "./spooled-content.ts";

const ATTEMPTS = 3;
const ATTEMPT_SECONDS = 60;
const PAGE = 1000;

const Fault = z.object({ code: z.string().optional(), statusCode: z.number().optional() });

/** A container of Azure Blob Storage. */
export class AzureStore implements RemoteStore {
  readonly #container: ContainerClient;

  private constructor(container: ContainerClient) {
    this.#container = container;
  }

  /**
   * Opens a container by the variables that Azure's own tools read: AZURE_STORAGE_CONNECTION_STRING, or
   * AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN. Nothing is sent yet.
   *
   * @throws ObjectStoreError with the code `denied` when none of them is set
   */
  static async open(options: {
    readonly container: string;
    readonly environment: NodeJS.ProcessEnv;
  }): Promise<AzureStore> {
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
    return new AzureStore(service.getContainerClient(options.container));
  }

  get name(): string {
    return `Azure's container ${this.#container.containerName}`;
  }

  async put(
    key: string,
    { size, md5, source }: SpooledContent,
    { ifAbsent, signal }: { readonly ifAbsent: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<void> {
    const body = "bytes" in source ? Buffer.from(source.bytes) : () => createReadStream(source.path);
    await this.#container.getBlockBlobClient(key).upload(body, size, {
      transactionalContentMD5: md5,
      ...(ifAbsent ? { conditions: { ifNoneMatch: "*" } } : {}),
      ...abortedBy(signal),
    });
  }

  async get(key: string, signal: AbortSignal | undefined): Promise<AsyncIterable<unknown>> {
    const client = this.#container.getBlockBlobClient(key);
    const { readableStreamBody } = await client.download(0, undefined, abortedBy(signal));
    if (!readableStreamBody) throw new TypeError("Azure gives the content as a stream in Node");
    return readableStreamBody;
  }

  async *list(prefix: string, signal: AbortSignal | undefined): AsyncIterable<readonly StoredObject[]> {
    const found = this.#container.listBlobsFlat({ prefix, ...abortedBy(signal) });
    for await (const { segment } of found.byPage({ maxPageSize: PAGE })) {
      yield segment.blobItems.map(({ name, properties }) => ({
        key: name,
        size: properties.contentLength ?? 0,
        storedAt: properties.lastModified,
      }));
    }
  }

  async delete(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#container.getBlockBlobClient(key).deleteIfExists(abortedBy(signal));
  }

  faultOf(error: unknown): RemoteFault {
    const { code, statusCode } = Fault.safeParse(error).data ?? {};
    const name = code ?? String(statusCode ?? "no answer");
    if (statusCode === 404) return { kind: code === "ContainerNotFound" ? "missing" : "not there", name };
    if (statusCode === 409 && code === "BlobAlreadyExists") return { kind: "exists", name };
    if (statusCode === 401 || statusCode === 403) return { kind: "denied", name };
    if (statusCode === 507 || code === "AccountLimitExceeded") return { kind: "full", name };
    return { kind: "unavailable", name };
  }
}

function abortedBy(signal: AbortSignal | undefined) {
  return signal ? { abortSignal: signal } : {};
}
