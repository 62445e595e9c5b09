import { CommandError, defineService, type Service } from "@guildhall/sdk";
import type { DiceLog } from "./dice-log.ts";
import type { RollNotes } from "./note-rolls.ts";

const EVERY_SECONDS = 60;
const TIME_LIMIT_SECONDS = 300;
const MOST_AT_ONCE = 100;
const TRIED_MILLISECONDS = 24 * 3_600_000;

/**
 * The service that tells blind and private rolls to their channels where that failed at first, and puts into the log what a
 * hall that died could not look up any more; tried for a day.
 */
export function tellRollsService({
  log,
  notes,
}: {
  readonly log: DiceLog;
  readonly notes: RollNotes;
}): Service {
  return defineService({
    name: "blind-rolls",
    summary: "Tells blind and private rolls to the channels that could not be reached at first",
    schedule: { everySeconds: EVERY_SECONDS },
    timeLimitSeconds: TIME_LIMIT_SECONDS,
    run: async ({ clock, signal }) => {
      const now = clock.now().getTime();
      const span = {
        since: new Date(now - TRIED_MILLISECONDS),
        // Younger ones are in the hands of whoever rolled them.
        before: new Date(now - EVERY_SECONDS * 1000),
        limit: MOST_AT_ONCE,
      };
      for (const row of await log.unnamed(span)) {
        if (signal.aborted) break;
        await notes.name(row);
      }
      const left = await log.untold(span);
      let told = 0;
      for (const row of left) {
        if (signal.aborted) break;
        try {
          await notes.tell(row);
          told += 1;
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
        }
      }
      return left.length === 0 ? undefined : { note: `${told} of ${left.length} rolls were told.` };
    },
  });
}
