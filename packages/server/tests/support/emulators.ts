import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const FOLDER = fileURLToPath(new URL("../emulators", import.meta.url));
const PATIENCE_MILLISECONDS = 60_000;

/** The published account of every Azure emulator. */
const AZURE_ACCOUNT = "devstoreaccount1";
const AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** An object store that runs for the tests alone. */
export interface Emulator {
  /** Its address, for a proxy that stands before it. */
  readonly address: string;
  /** The variables by which the hall finds it, at its own address or another one. */
  environment(address?: string): NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Whether the emulators are installed; the tests' set-up does that. */
export const emulatorsAreThere = (): boolean =>
  existsSync(path.join(FOLDER, "node_modules", "azurite")) &&
  existsSync(path.join(FOLDER, "node_modules", "s3rver"));

/** Installs the emulators. Resolves to why it failed, if it did. */
export async function installEmulators(): Promise<string | undefined> {
  const child = spawn("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], {
    cwd: FOLDER,
    stdio: "ignore",
  });
  const status = await new Promise((resolve) => {
    child.on("error", resolve);
    child.on("exit", resolve);
  });
  return status === 0
    ? undefined
    : `The emulators of object stores could not be installed (${String(status)}): with network, run "npm ci" in packages/server/tests/emulators.`;
}

/** Starts Azurite with the container `test`. */
export async function startAzure(): Promise<Emulator> {
  const emulator = await startEmulator(
    (port, folder) => [
      "azurite/dist/src/blob/main.js",
      "--blobHost",
      "127.0.0.1",
      "--blobPort",
      String(port),
      "--location",
      folder,
      "--silent",
      "--skipApiVersionCheck",
      "--disableTelemetry",
    ],
    (address) => ({
      AZURE_STORAGE_CONNECTION_STRING: `DefaultEndpointsProtocol=http;AccountName=${AZURE_ACCOUNT};AccountKey=${AZURE_KEY};BlobEndpoint=${address}/${AZURE_ACCOUNT};`,
    }),
  );
  const { BlobServiceClient } = await import("@azure/storage-blob");
  const connection = emulator.environment()["AZURE_STORAGE_CONNECTION_STRING"] ?? "";
  await BlobServiceClient.fromConnectionString(connection).getContainerClient("test").create();
  return emulator;
}

/** Starts s3rver with the bucket `test`. */
export async function startS3(): Promise<Emulator> {
  return await startEmulator(
    (port, folder) => [
      "s3rver/bin/s3rver.js",
      "--address",
      "127.0.0.1",
      "--port",
      String(port),
      "--directory",
      folder,
      "--configure-bucket",
      "test",
      "--silent",
    ],
    (address) => ({
      AWS_ENDPOINT_URL_S3: address,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "S3RVER",
      AWS_SECRET_ACCESS_KEY: "S3RVER",
    }),
  );
}

async function startEmulator(
  command: (port: number, folder: string) => readonly string[],
  environment: (address: string) => NodeJS.ProcessEnv,
): Promise<Emulator> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-test-objects-"));
  const [script = "", ...rest] = command(port, folder);
  const child = spawn(process.execPath, [path.join(FOLDER, "node_modules", script), ...rest], {
    stdio: "ignore",
  });
  const address = `http://127.0.0.1:${port}`;
  await answering(child, address);
  return {
    address,
    environment: (other = address) => environment(other),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(child: ChildProcess, address: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`);
    try {
      await fetch(address);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
