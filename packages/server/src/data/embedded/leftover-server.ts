import { execFile } from "node:child_process";
import { readFile, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { inUse, systemErrorCode } from "./embedded-store-error.ts";
import { WRAPPER_NAME } from "./server-process.ts";

/** What PostgreSQL's `postmaster.pid` says. */
export interface PostmasterFile {
  readonly pid: number;
  readonly socketFolder: string | undefined;
  /** `starting`, `ready`, `stopping` or `standby`; undefined until the server has written it. */
  readonly status: string | undefined;
}

/** Reads `postmaster.pid` of a cluster's folder; undefined where there is none or it is not whole yet. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | undefined> {
  let text: string;
  try {
    text = await readFile(path.join(cluster, "postmaster.pid"), "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, socketFolder: lines[4] || undefined, status: lines[7]?.trim() || undefined };
}

/**
 * Waits until the server that an earlier process left on a cluster's folder is gone. One whose wrapper
 * still lives is being stopped by it; one without is asked to stop here. Nothing else is ever signalled:
 * a process id may by now belong to another program.
 *
 * Returns the process id a stale `postmaster.pid` names although it is another program's by now, which
 * PostgreSQL must be told to overlook. Throws `embedded_store_in_use` at the deadline.
 *
 * @param options.deadline in milliseconds since the epoch
 */
export async function awaitLeftoverServer(options: {
  readonly folder: string;
  readonly cluster: string;
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly onStop: (pid: number) => void;
}): Promise<number | undefined> {
  let signalled = 0;
  for (;;) {
    const file = await readPostmasterFile(options.cluster);
    if (file === undefined || !isAlive(file.pid)) return undefined;
    const found = await describeProcess(file.pid);
    // Gone this moment, or dead and never collected, as where nothing collects orphans in a container.
    if (found === undefined) return isAlive(file.pid) ? file.pid : undefined;
    if (!(await isServerOf(found, options.cluster))) return file.pid;
    if (file.pid !== signalled) {
      const parent = await describeProcess(found.parent);
      if (parent?.args.includes(WRAPPER_NAME) !== true) {
        signalled = file.pid;
        options.onStop(file.pid);
        process.kill(file.pid, "SIGINT");
      }
    }
    if (Date.now() > options.deadline) throw inUse(options.folder);
    await delay(10, undefined, { signal: options.signal });
  }
}

interface ProcessDescription {
  readonly parent: number;
  readonly args: readonly string[];
  readonly currentFolder: string | undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

/** The server stands in its cluster's folder; a shell of somebody who went there does not count. */
async function isServerOf(found: ProcessDescription, cluster: string): Promise<boolean> {
  if (path.basename(found.args[0] ?? "") !== "postgres") return false;
  if (found.currentFolder === undefined) return found.args.join(" ").includes(cluster);
  try {
    const [here, there] = await Promise.all([stat(found.currentFolder), stat(cluster)]);
    return here.dev === there.dev && here.ino === there.ino;
  } catch {
    return false;
  }
}

/** What the system knows of a process; undefined where it is gone or dead. */
async function describeProcess(pid: number): Promise<ProcessDescription | undefined> {
  if (process.platform !== "linux") return await describeByPs(pid);
  try {
    const [status, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
    ]);
    // The name, in brackets, may itself hold brackets and blanks.
    const [state, parent] = status.slice(status.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return undefined;
    const link = `/proc/${pid}/cwd`;
    const readable = await readlink(link).then(
      () => true,
      () => false,
    );
    return {
      parent: Number(parent),
      args: commandLine.split("\0"),
      currentFolder: readable ? link : undefined,
    };
  } catch {
    return undefined;
  }
}

async function describeByPs(pid: number): Promise<ProcessDescription | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "ppid=,args=", "-p", String(pid)]);
    const [parent, ...args] = stdout.trim().split(/\s+/);
    return { parent: Number(parent), args, currentFolder: undefined };
  } catch {
    return undefined;
  }
}
