import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@guildhall/sdk";

/** Time for answers: what it is, and how to let some pass. */
export interface AnswerTime extends Clock {
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The hall's clock, with the machine's timers. */
export function answerTime(clock: Clock): AnswerTime {
  return {
    now: () => clock.now(),
    wait: async (milliseconds, signal) => {
      if (signal?.aborted) return;
      try {
        await delay(milliseconds, undefined, { ...(signal ? { signal } : {}), ref: false });
      } catch {
        // Aborted: whoever waited looks for themselves.
      }
    },
  };
}
