import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import os from "node:os";
import path from "node:path";
import type { Objects } from "@guildhall/sdk";
import { MemoryObjects } from "@guildhall/sdk/testing";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { FolderObjects } from "../src/data/objects/folder-objects.ts";
import { objectsBelow } from "../src/data/objects/objects-below.ts";
import { objectsPlace, openObjects } from "../src/data/objects/open-objects.ts";
import { startAzure, startS3 } from "./support/emulators.ts";
import { openRemote } from "./support/remote-objects.ts";
import { contentOf, keysOf, objectsSuite } from "./support/objects-suite.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const now = () => new Date();

objectsSuite("in a folder", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-test-objects-"));
  return {
    objects: new FolderObjects({ folder: path.join(folder, "not", "there", "yet"), now }),
    close: () => rm(folder, { recursive: true }),
  };
});

objectsSuite("in memory, for tests of modules", async () => ({
  objects: new MemoryObjects({ now }),
  close: async () => undefined,
}));

objectsSuite("below a prefix", async () => ({
  objects: objectsBelow({ objects: new MemoryObjects({ now }), prefix: "modules/dice/" }),
  close: async () => undefined,
}));

describe.runIf(inject("emulators"))("against the emulators", () => {
  objectsSuite("in Azure Blob Storage", async () => {
    const emulator = await startAzure();
    return { objects: await openRemote("azure", emulator.environment()), close: () => emulator.stop() };
  });

  const openS3 = async () => {
    const emulator = await startS3();
    return { objects: await openRemote("s3", emulator.environment()), close: () => emulator.stop() };
  };
  objectsSuite("in S3", openS3, { hasPages: false });
});

describe("objects in a folder", () => {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-test-objects-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("leave nothing half-written in sight, and are written by one of many at once", async () => {
    const objects = new FolderObjects({ folder, now });
    const writers = Array.from({ length: 20 }, (_, index) =>
      objects.put("race", bytes(`${index}`), { ifAbsent: true }).then(
        () => index,
        () => undefined,
      ),
    );
    const winners = (await Promise.all(writers)).filter((winner) => winner !== undefined);
    expect(winners).toHaveLength(1);
    expect(await contentOf(objects, "race")).toBe(String(winners[0]));
    expect(await keysOf(objects)).toEqual(["race"]);
    expect(await readdir(path.join(folder, ".unfinished"))).toEqual([]);
  });

  it("take no place where a file stands for a folder", async () => {
    await writeFile(path.join(folder, "flat"), "x");
    const objects = new FolderObjects({ folder: path.join(folder, "flat"), now });
    await expect(objects.put("a", bytes("a"))).rejects.toThrow();
  });
});

describe.each(["azure", "s3"] as const)("an ill store behind %s", (kind) => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const one of undo.splice(0)) await one();
    vi.unstubAllEnvs();
  });

  async function openAt(address: string): Promise<Objects> {
    const environment =
      kind === "azure"
        ? {
            AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=${address}/a;`,
          }
        : {
            AWS_ENDPOINT_URL_S3: address,
            AWS_REGION: "x",
            AWS_ACCESS_KEY_ID: "a",
            AWS_SECRET_ACCESS_KEY: "b",
          };
    return await openRemote(kind, environment);
  }

  async function openBehind(answer: RequestListener): Promise<Objects> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    undo.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return await openAt(`http://127.0.0.1:${address.port}`);
  }

  const refusing = (status: number, code: string) =>
    openBehind((request, response) => {
      request.resume();
      request.on("end", () => {
        response.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code });
        response.end(
          request.method === "HEAD" ? "" : `<Error><Code>${code}</Code><Message>no</Message></Error>`,
        );
      });
    });

  it.each([
    [403, kind === "azure" ? "AuthorizationFailure" : "AccessDenied", "denied"],
    [507, "QuotaExceeded", "full"],
    [503, kind === "azure" ? "ServerBusy" : "SlowDown", "unavailable"],
    [404, kind === "azure" ? "ContainerNotFound" : "NoSuchBucket", "missing"],
    [412, "ConditionNotMet", kind === "azure" ? "unavailable" : "exists"],
    [409, kind === "azure" ? "BlobAlreadyExists" : "ConditionalRequestConflict", "exists"],
  ])("that answers %i %s is told as %s", async (status, code, told) => {
    const objects = await refusing(status, code);
    await expect(objects.put("a", bytes("a"))).rejects.toMatchObject({ code: told });
  });

  it("that is down is told as such", async () => {
    const objects = await openAt("http://127.0.0.1:9");
    await expect(objects.put("a", bytes("a"))).rejects.toMatchObject({ code: "unavailable" });
    await expect(Array.fromAsync(objects.list(""))).rejects.toMatchObject({ code: "unavailable" });
  });

  it("that hangs is left when the time is up", async () => {
    const objects = await openBehind((request) => void request.resume());
    const signal = AbortSignal.timeout(200);
    await expect(objects.put("a", bytes("a"), { signal })).rejects.toThrow(/timeout/i);
    const later = AbortSignal.timeout(200);
    await expect(Array.fromAsync(objects.list("", { signal: later }))).rejects.toThrow(/timeout/i);
  });

  it("is told the content's sum and the condition with the write", async () => {
    const seen: Record<string, unknown>[] = [];
    const objects = await openBehind((request, response) => {
      request.resume();
      request.on("end", () => {
        if (request.method === "PUT") seen.push(request.headers);
        response.writeHead(request.method === "HEAD" ? 404 : 201);
        response.end();
      });
    });
    await objects.put("a", bytes("hello"), { ifAbsent: true });
    expect(seen).toMatchObject([
      { "if-none-match": "*", "content-md5": "XUFAKrxLKna5cZ2REBfFkg==", "content-length": "5" },
    ]);
  });
});

describe("pages of S3", () => {
  it("are asked for by the token of the last one", async () => {
    const asked: (string | null)[] = [];
    const server = createServer((request, response) => {
      const token = new URL(request.url ?? "", "http://s3").searchParams.get("continuation-token");
      asked.push(token);
      const item = `<Contents><Key>some/where/${token ?? "first"}</Key><Size>1</Size><LastModified>2026-03-01T12:00:00Z</LastModified></Contents>`;
      const more = token === null ? "<NextContinuationToken>second</NextContinuationToken>" : "";
      response.end(
        `<ListBucketResult><IsTruncated>${token === null}</IsTruncated>${more}${item}</ListBucketResult>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const objects = await openRemote("s3", {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${address.port}`,
      AWS_REGION: "x",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
    });
    expect(await keysOf(objects)).toEqual(["first", "second"]);
    expect(asked).toEqual([null, "second"]);
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
  });
});

describe("the place of objects", () => {
  it("is read from a URL", () => {
    expect(objectsPlace("file:///var/objects")).toEqual({ kind: "folder", folder: "/var/objects" });
    expect(objectsPlace("file://beside")).toEqual({ kind: "folder", folder: path.resolve("beside") });
    expect(objectsPlace("s3://my-bucket")).toEqual({ kind: "s3", name: "my-bucket", prefix: "" });
    expect(objectsPlace("azure://box/a/b")).toEqual({ kind: "azure", name: "box", prefix: "a/b/" });
  });

  it.each(["", "file://", "s3://", "gs://bucket", "/var/objects", "s3://a b", "s3://box/../x"])(
    "cannot be %j",
    (url) => {
      expect(() => objectsPlace(url)).toThrow(RangeError);
    },
  );
});

describe("Azure without credentials", () => {
  it("says which variables to set", async () => {
    const objects = openObjects({ place: objectsPlace("azure://box"), environment: {}, now });
    await expect(objects.get("a")).rejects.toThrow(/AZURE_STORAGE_CONNECTION_STRING/);
  });
});
