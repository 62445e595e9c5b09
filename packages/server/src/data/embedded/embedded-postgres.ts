import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { removeSocketFolder, socketFolder } from "../socket-folder.ts";
import { prepareCluster, STORE_NAME } from "./cluster-folder.ts";
import type { ClusterFolder } from "./cluster-folder.ts";
import { ensureDatabase, type StoreConnection } from "./ensure-database.ts";
import { findPostgresBinaries } from "./postgres-binaries.ts";
import { launchServer } from "./launch-server.ts";
import { giveToAccount } from "./server-account.ts";
import { logServerLine } from "./server-log.ts";
import type { StoreLog } from "./server-log.ts";
import type { ProcessEnd, StoreProcess } from "./server-process.ts";

/** An unexpected end of the server, which is started again after `restartIn` milliseconds. */
export interface UnexpectedExit extends ProcessEnd {
  readonly restartIn: number;
  /** The last lines it wrote, oldest first. */
  readonly lines: readonly string[];
}

/** A supervised PostgreSQL server of our own. */
export interface EmbeddedPostgres {
  /** Stays the same across restarts. */
  readonly connection: StoreConnection;
  /** A connection string for `pg`, usable by every process of the same user. Stays the same across restarts. */
  readonly url: string;
  /** The process id of the current server, or of the last one while it is being restarted. */
  readonly pid: number;
  readonly state: "running" | "restarting" | "stopped";
  /** Resolves after `stop()`, to the end of the last server process. A server that dies is restarted instead. */
  readonly exited: Promise<ProcessEnd>;
  /**
   * Stops the server: open transactions are rolled back, everything acknowledged is on disk. Removes the
   * socket folder. After 10 s the server is stopped the hard way, which loses nothing either but makes the
   * next start longer. Never rejects; further calls return the same promise.
   */
  stop(): Promise<void>;
}

const PORT = 5432;
const SOCKET_NAME = `.s.PGSQL.${PORT}`;
const START_TIMEOUT_MS = 30_000;
// A restart may have much to recover, and to interrupt it would only begin that again.
const RESTART_TIMEOUT_MS = 30 * 60_000;
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 5_000;
/** A server that ran this long was healthy: its end starts the back-off anew. */
const HEALTHY_AFTER_MS = 30_000;
const FAST_STOP_MS = 10_000;
const IMMEDIATE_STOP_MS = 5_000;

/**
 * Starts the embedded PostgreSQL on a store's folder, makes the cluster and the database at the first
 * start, and keeps the server running until `stop()`. The server ends with this process, even at kill -9,
 * but not by the terminal's signals. It listens on a Unix socket only.
 *
 * Resolves when the database takes connections: in about a second at the first start, in about 0.1 s later.
 * Throws {@link EmbeddedStoreError}, after 30 s at the latest.
 */
export async function startEmbeddedPostgres(options: {
  /** The store's own folder; made with mode 0700 where it is missing. */
  readonly folder: string;
  readonly log: StoreLog;
  /** Called when the server's process is there, long before it takes connections. */
  readonly onLaunched?: () => void;
  /** Called at each unexpected end of the server. */
  readonly onExit?: (exit: UnexpectedExit) => void;
}): Promise<EmbeddedPostgres> {
  const { log } = options;
  const folder = path.resolve(options.folder);
  const binaries = await findPostgresBinaries();
  const onLine = (line: string): void => logServerLine(log, line);
  const cluster = await prepareCluster({ folder, binaries, onLine });
  const sockets = await socketFolder(SOCKET_NAME);
  const supervisor = new Supervisor({
    cluster,
    sockets,
    log,
    onExit: options.onExit,
    launch: (signal, timeout) =>
      launchServer({
        program: binaries.postgres,
        folder,
        cluster,
        sockets,
        port: PORT,
        timeout,
        signal,
        log,
        onLine,
        onLaunched: options.onLaunched,
      }),
  });
  try {
    await supervisor.start();
    await ensureDatabase(supervisor.connection);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return supervisor;
}

interface RunningServer {
  readonly process: StoreProcess;
  readonly pid: number;
}

interface SupervisorOptions {
  readonly cluster: ClusterFolder;
  readonly sockets: string;
  readonly log: StoreLog;
  readonly onExit: ((exit: UnexpectedExit) => void) | undefined;
  readonly launch: (signal: AbortSignal, timeout: number) => Promise<RunningServer>;
}

class Supervisor implements EmbeddedPostgres {
  readonly connection: StoreConnection;
  readonly url: string;
  readonly exited: Promise<ProcessEnd>;
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #finish: (end: ProcessEnd) => void;
  #server: RunningServer | undefined;
  #state: EmbeddedPostgres["state"] = "restarting";
  #lastEnd: ProcessEnd = { code: null, signal: null };
  #watching: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.connection = { host: options.sockets, port: PORT, user: STORE_NAME, database: STORE_NAME };
    this.url = `postgresql://${STORE_NAME}@/${STORE_NAME}?host=${encodeURIComponent(options.sockets)}&port=${PORT}`;
    const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
    this.exited = promise;
    this.#finish = resolve;
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  get state(): EmbeddedPostgres["state"] {
    return this.#state;
  }

  async start(): Promise<void> {
    await this.#launch(START_TIMEOUT_MS);
    this.#watching = this.#watch();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #launch(timeout: number): Promise<void> {
    // A cleaner of temporary folders may have taken it while no server had its sockets inside.
    await mkdir(this.#options.sockets, { recursive: true, mode: 0o700 });
    await giveToAccount(this.#options.sockets, this.#options.cluster.account);
    this.#server = await this.#options.launch(this.#stopping.signal, timeout);
    this.#state = "running";
  }

  /** Starts the server again whenever it ends, until it is told to stop. */
  async #watch(): Promise<void> {
    const { log, onExit } = this.#options;
    let restartIn = FIRST_BACK_OFF_MS;
    let startedAt = performance.now();
    while (this.#server !== undefined) {
      if (this.#state === "running") {
        const { process: server, pid } = this.#server;
        this.#lastEnd = await server.ended;
        if (this.#stopping.signal.aborted) return;
        this.#state = "restarting";
        if (performance.now() - startedAt > HEALTHY_AFTER_MS) restartIn = FIRST_BACK_OFF_MS;
        log.error(
          { pid, ...this.#lastEnd, restartIn },
          "The store's PostgreSQL ended unexpectedly; restarting it",
        );
        onExit?.({ ...this.#lastEnd, restartIn, lines: server.lastLines() });
      }
      try {
        await delay(restartIn, undefined, { signal: this.#stopping.signal });
        restartIn = Math.min(restartIn * 2, LONGEST_BACK_OFF_MS);
        startedAt = performance.now();
        await this.#launch(RESTART_TIMEOUT_MS);
        log.info({ pid: this.#server.pid }, "The store's PostgreSQL runs again");
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        log.error({ err: error, restartIn }, "The store's PostgreSQL could not be restarted; trying again");
      }
    }
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const server = this.#state === "running" ? this.#server : undefined;
    if (server !== undefined) this.#lastEnd = await stopServer(server);
    await this.#watching;
    this.#state = "stopped";
    await removeSocketFolder(this.#options.sockets);
    this.#finish(this.#lastEnd);
  }
}

async function stopServer(server: RunningServer): Promise<ProcessEnd> {
  server.process.end();
  for (const [patience, signal] of [
    [FAST_STOP_MS, "SIGQUIT"],
    [IMMEDIATE_STOP_MS, "SIGKILL"],
  ] as const) {
    if (await endsWithin(server.process, patience)) break;
    try {
      process.kill(server.pid, signal);
    } catch {
      // It ended in this very moment.
    }
  }
  return await server.process.ended;
}

async function endsWithin(server: StoreProcess, milliseconds: number): Promise<boolean> {
  const over = new AbortController();
  const timeout = delay(milliseconds, false, { signal: over.signal }).catch(() => false);
  const ended = await Promise.race([server.ended.then(() => true), timeout]);
  over.abort();
  return ended;
}
