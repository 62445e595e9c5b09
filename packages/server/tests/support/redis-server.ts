import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "./free-port.ts";

const START_PATIENCE_MILLISECONDS = 20_000;
const POLL_MILLISECONDS = 20;

/** The program that the tests start. */
export const REDIS_PROGRAM = "redis-server";

/** Each a state of its own, for tests that need several. */
const DATABASES = 100;

const DURABLE = [
  "--databases",
  String(DATABASES),
  "--save",
  "",
  "--appendonly",
  "yes",
  "--appendfsync",
  "always",
  "--repl-diskless-sync-delay",
  "0",
];

/** A Redis server of one test file, in a folder of its own, with nothing in it. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Ends it at once, as a power cut does for the process. */
  kill(): Promise<void>;
  /** Starts it again on the same port; with what it had kept, or empty. */
  start(options?: { empty?: boolean }): Promise<void>;
  /** Lets it answer nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Starts a server; every write is on its disk before it is answered. */
export async function startRedis(options: { replicaOf?: number } = {}): Promise<TestRedis> {
  const folder = await mkdtemp(path.join(tmpdir(), "guildhall-redis-"));
  const port = await freePort();
  const more = options.replicaOf === undefined ? [] : ["--replicaof", `127.0.0.1 ${options.replicaOf}`];
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    child = undefined;
  };
  const start: TestRedis["start"] = async ({ empty = false } = {}) => {
    if (empty) await rm(path.join(folder, "appendonlydir"), { recursive: true, force: true });
    const addressed = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    child = spawn(REDIS_PROGRAM, [...addressed, ...DURABLE, ...more], { stdio: "ignore" });
    await Promise.race([
      answering(port),
      once(child, "error").then(([error]) => {
        throw error;
      }),
    ]);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(port: number): Promise<void> {
  const deadline = performance.now() + START_PATIENCE_MILLISECONDS;
  for (;;) {
    if (await says(port, "PING\r\n", /^\+PONG/)) return;
    if (performance.now() > deadline) throw new Error(`redis-server on port ${port} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

async function says(port: number, question: string, wanted: RegExp): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = createConnection({ port, host: "127.0.0.1" }, () => socket.write(question));
    socket.on("error", () => resolve(false));
    socket.on("close", () => resolve(false));
    socket.on("data", (answer) => {
      resolve(wanted.test(answer.toString()));
      socket.destroy();
    });
  });
}
