// The other side of thread-watch.ts, in a thread of its own.
import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { workerData } from "node:worker_threads";
import { z } from "zod";
import { HELD_HOOK } from "./held-hook.ts";

const { beats, limitSeconds } = z
  .object({ beats: z.instanceof(Int32Array), limitSeconds: z.int() })
  .parse(workerData);

const STANDARD_ERROR = 2;
const ANSWER_LIMIT_MILLISECONDS = 2000;

let known = -1;
let secondsHeld = 0;
// Seconds of this thread count and not the clock's: while the machine sleeps both stand.
setInterval(() => {
  const now = Atomics.load(beats, 0);
  secondsHeld = now === known ? secondsHeld + 1 : 0;
  known = now;
  // Asked again each time: what has it by then may be another.
  if (secondsHeld > 0 && secondsHeld % limitSeconds === 0) askWho();
}, 1000);

/** Calls the hook in the held thread, which the inspector can do in the middle of a loop. */
function askWho(): void {
  const session = new Session();
  session.connectToMainThread();
  const silence = setTimeout(() => {
    writeSync(
      STANDARD_ERROR,
      "guildhall: The hall's thread is held by a call of the system, or of the engine, that does not end; nobody can tell whose it is.\n",
    );
  }, ANSWER_LIMIT_MILLISECONDS);
  const name = JSON.stringify(Symbol.keyFor(HELD_HOOK));
  session.post("Runtime.evaluate", { expression: `globalThis[Symbol.for(${name})]?.()` }, () => {
    clearTimeout(silence);
    session.disconnect();
  });
}
