import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { removeSocketFolder } from "../socket-folder.ts";
import type { ClusterFolder } from "./cluster-folder.ts";
import { diagnose, EmbeddedStoreError } from "./embedded-store-error.ts";
import { awaitLeftoverServer, readPostmasterFile } from "./leftover-server.ts";
import { LOG_LINE_PREFIX } from "./server-log.ts";
import type { StoreLog } from "./server-log.ts";
import { startStoreProcess } from "./server-process.ts";
import type { StoreProcess } from "./server-process.ts";

/** What one launch of the server needs to know. */
export interface Launch {
  /** The `postgres` program. */
  readonly program: string;
  readonly folder: string;
  readonly cluster: ClusterFolder;
  readonly sockets: string;
  readonly port: number;
  /** How long the server may take to be ready, in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly log: StoreLog;
  readonly onLine: (line: string) => void;
  /** Called when the process is there, long before it takes connections. */
  readonly onLaunched: (() => void) | undefined;
}

/** How long processes of an earlier server may keep the store before a start gives up. */
const HELD_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 5;
const HELD_POLL_MS = 50;

/**
 * Starts `postgres` on a cluster and resolves when it takes connections. Waits up to 10 s for an earlier
 * server that is still ending. Throws {@link EmbeddedStoreError}, or the abort error of `signal`; no
 * process is left behind then.
 */
export async function launchServer(
  launch: Launch,
): Promise<{ readonly process: StoreProcess; readonly pid: number }> {
  const heldUntil = Date.now() + HELD_TIMEOUT_MS;
  const stale = await readPostmasterFile(launch.cluster.path);
  for (;;) {
    const otherProgram = await awaitLeftoverServer({
      folder: launch.folder,
      cluster: launch.cluster.path,
      deadline: heldUntil,
      signal: launch.signal,
      onStop: (pid) =>
        launch.log.warn({ pid }, "Stopping the PostgreSQL server that an earlier process left"),
    });
    try {
      const server = await launchOnce(launch, otherProgram);
      // Of a server that was killed with its wrapper. Only now is it certain that it no longer serves there.
      if (stale?.socketFolder !== undefined && stale.socketFolder !== launch.sockets) {
        await removeSocketFolder(stale.socketFolder);
      }
      return server;
    } catch (error) {
      const held = error instanceof EmbeddedStoreError && error.code === "embedded_store_in_use";
      if (!held || Date.now() > heldUntil) throw error;
      await delay(HELD_POLL_MS, undefined, { signal: launch.signal });
    }
  }
}

async function launchOnce(
  launch: Launch,
  otherProgram: number | undefined,
): Promise<{ readonly process: StoreProcess; readonly pid: number }> {
  launch.signal.throwIfAborted();
  const server = startStoreProcess({
    program: launch.program,
    args: ["-D", launch.cluster.path, ...settings(launch)],
    account: launch.cluster.account,
    signal: "INT",
    lockFile: path.join(launch.cluster.path, "guildhall.lock"),
    socketFolder: launch.sockets,
    // pg_ctl's way to say which process id in a stale lock file is not a server.
    ...(otherProgram === undefined ? {} : { env: { PG_GRANDPARENT_PID: String(otherProgram) } }),
    onLine: launch.onLine,
  });
  launch.onLaunched?.();
  const over = new AbortController();
  try {
    const pid = await Promise.race([
      ready({ server, cluster: launch.cluster.path, signal: over.signal }),
      server.ended.then(() => undefined),
      whenAborted(launch.signal, over.signal),
      timeout(launch.timeout, over.signal),
    ]);
    launch.signal.throwIfAborted();
    if (pid !== undefined) return { process: server, pid };
    throw diagnose({ what: "Starting PostgreSQL", folder: launch.folder, lines: server.lastLines() });
  } catch (error) {
    server.end();
    await server.ended;
    throw error;
  } finally {
    over.abort();
  }
}

/** Few connections and little memory: one hall, on a small machine. Durable: what is acknowledged stays. */
function settings(launch: Launch): string[] {
  const values = {
    listen_addresses: "",
    unix_socket_directories: quoteListItem(launch.sockets),
    unix_socket_permissions: "0700",
    port: launch.port,
    max_connections: 50,
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    shared_buffers: "24MB",
    maintenance_work_mem: "32MB",
    min_wal_size: "32MB",
    max_wal_size: "256MB",
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    logging_collector: "off",
    log_destination: "stderr",
    log_line_prefix: LOG_LINE_PREFIX,
    // Statements and the details of errors hold what people wrote, which belongs in no log.
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function quoteListItem(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** Resolves to the process id when the server says in its lock file that it takes connections. */
async function ready(options: {
  readonly server: StoreProcess;
  readonly cluster: string;
  readonly signal: AbortSignal;
}): Promise<number | undefined> {
  const pid = await options.server.pid;
  // The end of the server says what happened.
  if (pid === undefined) return await options.server.ended.then(() => undefined);
  while (!options.signal.aborted) {
    const file = await readPostmasterFile(options.cluster);
    if (file?.pid === pid && file.status === "ready") return pid;
    await delay(READY_POLL_MS);
  }
  return undefined;
}

async function whenAborted(abort: AbortSignal, over: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  abort.addEventListener("abort", () => resolve(undefined), { once: true, signal: over });
  return await promise;
}

async function timeout(milliseconds: number, over: AbortSignal): Promise<undefined> {
  try {
    return await delay(milliseconds, undefined, { signal: over });
  } catch {
    return undefined;
  }
}
