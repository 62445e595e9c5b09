import inspector from "node:inspector";
import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { BarredModules } from "../kernel/barred-modules.ts";
import type { ModuleSuspects } from "../kernel/module-at-fault.ts";
import { isThreadLimited } from "../kernel/thread-limit.ts";
import { endProcess } from "./hold-process.ts";
import { HELD_HOOK } from "./held-hook.ts";

const BEAT_MILLISECONDS = 250;
const STACK_LINES = 200;

/**
 * Watches from another thread whether a module holds the hall's own for good: a loop without end in a command, in a
 * timer, or behind an `await` of `initialize`. Nothing can take the thread back from a function without taking the work
 * of everybody else with it, so the module is barred and the process begins again without it, as after a crash; what was
 * accepted is in the store. A hall that is being debugged is not watched: there it is a person who holds the thread.
 *
 * Beyond it: a module that waits in one call of the system for good (`execSync` of what never ends) can be neither named
 * nor ended; standard error has that the thread is held.
 *
 * @param given.begin begins the process again; or ends it, where that cannot be or nobody would want it
 * @returns what ends the watch
 */
export function watchThread(given: {
  readonly suspects: ModuleSuspects;
  readonly barred: BarredModules;
  /** How long the thread may be held before the watch asks who does. */
  readonly limitSeconds: number;
  readonly log: Logger;
  readonly begin: () => never;
}): () => void {
  if (inspector.url() !== undefined) return () => undefined;

  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), BEAT_MILLISECONDS).unref();
  // The other thread has it called in the middle of whatever holds this one, whose stack is then below it.
  Object.defineProperty(globalThis, HELD_HOOK, { configurable: true, value: () => onHeld(given) });
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(`./thread-watch-worker${isSource ? ".ts" : ".js"}`, import.meta.url), {
    workerData: { beats, limitSeconds: given.limitSeconds },
  });
  worker.unref();
  worker.on("error", (err) => given.log.error({ err }, "the watch over the hall's thread has ended"));
  return () => {
    clearInterval(beating);
    Reflect.deleteProperty(globalThis, HELD_HOOK);
    void worker.terminate();
  };
}

/** Begins the process again as it was begun, under its own number; ends it with 1 where the system has no such thing. */
export function beginAgain(): never {
  try {
    process.execve?.(
      process.execPath,
      [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      process.env,
    );
  } catch {
    // Windows has no such call: what looks after the process starts it again.
  }
  return endProcess(1);
}

function onHeld(given: Parameters<typeof watchThread>[0]): void {
  const { suspects, barred, limitSeconds, log, begin } = given;
  // What has a limit of its own is given the time for that.
  if (isThreadLimited()) return;
  const err = new Error(`the hall's thread was held for ${limitSeconds} s`);
  const lines = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_LINES;
  Error.captureStackTrace(err, onHeld);
  Error.stackTraceLimit = lines;
  const module = suspects.find(err.stack, { elsewhere: true });
  if (module === undefined) {
    log.error({ err }, "the hall does not get on");
    return;
  }
  const reason = `It held the hall's thread for more than ${limitSeconds} s and was barred: mend it and start the hall again`;
  barred.bar(module, reason);
  log.child({ module: module.name }).error({ err }, "the module held the hall's thread; it is barred");
  process.stderr.write(
    `guildhall: The module ${module.name} held the hall's thread for more than ${limitSeconds} s and was barred.\n`,
  );
  begin();
}
