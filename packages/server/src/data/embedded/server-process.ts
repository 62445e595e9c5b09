import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { ServerAccount } from "./server-account.ts";

/** How a process of the embedded store ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running `postgres` or `initdb`, which ends with this process, however this process ends. */
export interface StoreProcess {
  /** Resolves to the program's process id, or to undefined where it did not start. */
  readonly pid: Promise<number | undefined>;
  /** Resolves when the program and its wrapper are gone. Never rejects. */
  readonly ended: Promise<ProcessEnd>;
  /** The last lines it wrote, oldest first, at most 30. */
  lastLines(): readonly string[];
  /** Asks it to end, by the signal it was started with. */
  end(): void;
}

/** The name of the wrapper in the process list, by which a later start knows it. */
export const WRAPPER_NAME = "guildhall-store";
/** The wrapper's exit code when another process holds the store's lock. */
export const LOCK_HELD_EXIT = 75;

// The wrapper outlives its parent: when the pipe on its standard input closes, which the kernel sees to
// even at kill -9, it stops the program and then removes the socket folder, which nobody else will.
// The lock travels by inheritance to every process of the server and is free when the last one is gone; it
// also holds between containers, whose process ids and abstract sockets do not meet. No flock, no lock.
// A service manager may signal the whole group, which must not take the wrapper away before the server.
const WRAPPER = `
signal=$1 lock=$2 sockets=$3
shift 3
trap '' HUP INT TERM
exec 3<&0 </dev/null
if [ -n "$lock" ] && command -v flock >/dev/null; then
  exec 9>>"$lock"
  flock -n -E ${LOCK_HELD_EXIT} 9
  if [ $? -eq ${LOCK_HELD_EXIT} ]; then echo "store lock is held: $lock" >&2; exit ${LOCK_HELD_EXIT}; fi
fi
"$@" 3<&- >&2 &
program=$!
echo "$program"
( while read -r line; do :; done <&3; kill -s "$signal" "$program" ) 9>&- >/dev/null 2>&1 &
watcher=$!
exec 3<&- >&-
wait "$program"
status=$?
exec 2>/dev/null
kill -s KILL "$watcher"
if wait "$watcher" && [ -n "$sockets" ]; then rmdir "$sockets"; fi
exit "$status"
`;

const KEPT_LINES = 30;

/**
 * Starts a program of the embedded store in a session of its own, so that a terminal's Ctrl-C passes it by.
 * It gets `signal` when `end()` is called and when this process is gone.
 */
export function startStoreProcess(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly account: ServerAccount;
  readonly signal: "INT" | "TERM";
  /** A file to hold locked while it runs. */
  readonly lockFile?: string;
  /** An otherwise empty folder to remove if this process is gone when the program ends. */
  readonly socketFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}): StoreProcess {
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.onLine?.(line);
  };
  const child = spawn(
    "/bin/sh",
    [
      "-c",
      WRAPPER,
      WRAPPER_NAME,
      options.signal,
      options.lockFile ?? "",
      options.socketFolder ?? "",
      ...options.account.prefix,
      options.program,
      ...options.args,
    ],
    {
      detached: true,
      // The root folder, because this process may stand in one which the server's account cannot enter.
      cwd: "/",
      stdio: ["pipe", "pipe", "pipe"],
      env: programEnvironment(options.env),
      ...options.account.spawnAs,
    },
  );
  // A wrapper that dies first breaks the pipe, and its end is what reports that.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stderr }).on("line", keep);
  return {
    pid: readPid(child.stdout, child),
    ended: whenEnded(child, keep),
    lastLines: () => lines,
    end: () => child.stdin.end(),
  };
}

/** Only what the programs need: the hall's environment holds secrets. */
function programEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const search = process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  return { PATH: search, LC_ALL: "C", TZ: "UTC", ...extra };
}

function readPid(stdout: NodeJS.ReadableStream, child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stdout });
    lines.once("line", (line) => {
      const pid = Number(line);
      resolve(Number.isSafeInteger(pid) && pid > 0 ? pid : undefined);
    });
    lines.once("close", () => resolve(undefined));
    child.once("error", () => resolve(undefined));
  });
}

function whenEnded(child: ChildProcess, keep: (line: string) => void): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const finish = (end: ProcessEnd): void => {
      // Tells the watcher to stop a program whose wrapper was killed.
      child.stdin?.destroy();
      resolve(end);
    };
    child.once("error", (error) => {
      keep(error.message);
      finish({ code: null, signal: null });
    });
    child.once("exit", (code, signal) => {
      // The last lines may still be in the pipe; processes that live on may hold it open for long.
      const end = { code, signal };
      const late = setTimeout(() => finish(end), 100);
      child.once("close", () => {
        clearTimeout(late);
        finish(end);
      });
    });
  });
}
