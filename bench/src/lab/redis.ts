import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Workshop } from "./workshop.ts";

const PROGRAM = "redis-server";
const START_MILLISECONDS = 10_000;

/** Why a benchmark that needs a Redis server could not run. */
export const NO_REDIS = "no redis-server is installed.";

/** Starts a Redis server that keeps nothing on disk; undefined where none is installed. Resolves to its URL. */
export async function startRedis(workshop: Workshop): Promise<string | undefined> {
  const port = await freePort();
  const folder = await workshop.folder();
  const child = spawn(
    PROGRAM,
    ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    { stdio: "ignore" },
  );
  let isThere = true;
  child.on("error", () => {
    isThere = false;
  });
  child.on("exit", () => {
    isThere = false;
  });
  workshop.defer(async () => {
    if (!isThere) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  });
  const deadline = performance.now() + START_MILLISECONDS;
  while (!(await takesConnections(port))) {
    await delay(20);
    if (!isThere) return undefined;
    if (performance.now() > deadline) throw new Error("the Redis server does not answer");
  }
  return `redis://127.0.0.1:${port}`;
}

async function takesConnections(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.on("error", () => resolve(false));
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("a port was expected");
  return address.port;
}
