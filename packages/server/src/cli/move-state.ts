import { CommandError } from "@guildhall/sdk";
import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { openDatabase } from "../data/database.ts";
import { pendingMigrations } from "../data/migrations.ts";
import { moveState, StateMoveError } from "../data/state/move-state.ts";
import type { StateBackend } from "../data/state/state-place.ts";
import { systemClock } from "../kernel/surroundings.ts";
import type { Settings } from "./settings.ts";
import { withStore } from "./with-store.ts";

/** Moves the state of a closed hall between its store and the Redis server that the settings name. */
export async function moveStateVerb(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly to: StateBackend;
}): Promise<number> {
  const { settings, log, output, to } = given;
  const redis = settings.stateOnRedis;
  const refuse = (sentence: string) => {
    output.err(`guildhall: ${sentence}\n`);
    return 1;
  };
  if (!redis)
    return refuse("Set GUILDHALL_STATE__URL to the Redis server, also to move the state away from it.");
  return await withStore({ settings, log }, async (url) => {
    const database = openDatabase({ url, log });
    try {
      if ((await pendingMigrations(database)).length > 0)
        return refuse('The store is not up to date: run "guildhall migrate" first.');
      const moved = await moveState({ database, redis, to, now: () => systemClock.now(), log });
      const place = to === "redis" ? "Redis" : "the store";
      if (moved === undefined) output.out(`The state is in ${place} already.\n`);
      else output.out(`Moved ${moved} keys. The state is in ${place} now.\n`);
      if (to === "table") output.out("Unset GUILDHALL_STATE__URL before the next start.\n");
      return 0;
    } catch (error) {
      if (error instanceof StateMoveError || error instanceof CommandError) return refuse(error.message);
      throw error;
    } finally {
      await database.close();
    }
  });
}
