import type { Logger, State } from "@guildhall/sdk";
import type { Database } from "../data/database.ts";
import { CountCarrier } from "../data/state/count-carrier.ts";
import type { RedisPlace } from "../data/state/redis-state.ts";
import type { StateCopy } from "../data/state/state-copy.ts";
import { setStatePlace, stateTablesAreEmpty, statePlace } from "../data/state/state-place.ts";
import { TableState } from "../data/state/table-state.ts";
import { TableStateCopy } from "../data/state/table-state-copy.ts";
import { StoreRefusedError } from "./store-refused-error.ts";

/** The state where it lies. */
export interface OpenState {
  readonly state: State;
  /** The same as a whole, for the mirror. */
  readonly copy: StateCopy;
  /** Says that the store has counted something with an action. */
  counted(): void;
  /** Looks again whether the state still lies there. @throws StoreRefusedError when it was moved since */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the state where the settings and the store both say that it is: in the store's tables, or on a Redis server.
 *
 * @throws StoreRefusedError when they differ, since what is at the one place would seem lost at the other
 */
export async function openState(given: {
  readonly database: Database;
  readonly redis: RedisPlace | undefined;
  readonly now: () => Date;
  readonly log: Logger;
}): Promise<OpenState> {
  const { database, redis, now, log } = given;
  if (redis && (await statePlace(database)) === "table" && (await stateTablesAreEmpty(database))) {
    await setStatePlace(database, "redis", now());
  }
  const check = async () => requirePlace({ actual: await statePlace(database), redis });
  await check();
  if (!redis) {
    return {
      state: new TableState({ database, now }),
      copy: new TableStateCopy(database),
      counted: () => undefined,
      check,
      close: async () => undefined,
    };
  }
  // Only a hall that has one needs Redis' client.
  const { RedisState } = await import("../data/state/redis-state.ts");
  const state = await RedisState.open({ ...redis, now, log });
  const carrier = new CountCarrier({ database, state, log });
  // What an earlier process could not bring any more.
  carrier.counted();
  return {
    state,
    copy: state.copy,
    counted: () => carrier.counted(),
    check,
    close: async () => {
      await carrier.close();
      await state.close();
    },
  };
}

function requirePlace({ actual, redis }: { actual: "table" | "redis"; redis: RedisPlace | undefined }): void {
  if (actual === "table" && redis) {
    throw new StoreRefusedError(
      'The state of this hall is in its store, not in Redis: run "guildhall state move --to redis", or unset GUILDHALL_STATE__URL.',
    );
  }
  if (actual === "redis" && !redis) {
    throw new StoreRefusedError(
      'The state of this hall is in Redis: set GUILDHALL_STATE__URL to it, or run "guildhall state move --to table" with it once.',
    );
  }
}
