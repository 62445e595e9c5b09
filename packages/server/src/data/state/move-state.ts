import type { Logger } from "@guildhall/sdk";
import type { Database } from "../database.ts";
import { isHallOpen } from "../action-runs.ts";
import { CountCarrier } from "./count-carrier.ts";
import { RedisClient } from "./redis-client.ts";
import { RedisStateCopy } from "./redis-state-copy.ts";
import { RedisState, type RedisPlace } from "./redis-state.ts";
import { setStatePlace, statePlace, type StateBackend } from "./state-place.ts";
import { TableStateCopy } from "./table-state-copy.ts";

/** The state cannot be moved as asked. The message says what to do. */
export class StateMoveError extends Error {
  readonly code = "state_move_refused";
}

/**
 * Moves the state of a hall that is closed, with its times, between its store and a Redis server. The store's note of
 * where the state lies changes in the same transaction as its tables; until then the old place counts, so that a move
 * which is cut short can simply be made again.
 *
 * @returns how many keys were moved; undefined when the state lies there already
 * @throws StateMoveError when a hall is open on the store, or the server holds a state already
 * @throws CommandError `state_unavailable`
 */
export async function moveState(given: {
  readonly database: Database;
  readonly redis: RedisPlace;
  readonly to: StateBackend;
  readonly now: () => Date;
  readonly log: Logger;
}): Promise<number | undefined> {
  const { database, redis, to, now, log } = given;
  if ((await statePlace(database)) === to) return undefined;
  if (await isHallOpen(database)) {
    throw new StateMoveError("A hall is open on this store: stop every server of it, then move its state.");
  }
  const client = await RedisClient.open({ url: redis.url, setting: "GUILDHALL_STATE__URL", log });
  try {
    const copy = new RedisStateCopy({ client });
    return to === "redis"
      ? await toRedis({ database, copy, now })
      : await toTable({ database, copy, redis, now, log });
  } finally {
    await client.close();
  }
}

async function toRedis(given: {
  readonly database: Database;
  readonly copy: RedisStateCopy;
  readonly now: () => Date;
}): Promise<number> {
  const { database, copy, now } = given;
  const there = await copy.size();
  if (there > 0) {
    throw new StateMoveError(
      `The Redis server holds a state of ${there} keys already: name another database of it, such as redis://HOST/1, or empty that one.`,
    );
  }
  await copy.beginFilling();
  const moved = await database.queries
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (transaction) => {
      const tables = new TableStateCopy({ queries: transaction });
      let count = 0;
      for await (const entries of tables.entries()) count += await copy.apply(entries);
      await tables.clear();
      await setStatePlace({ queries: transaction }, "redis", now());
      return count;
    });
  await copy.endFilling();
  return moved;
}

async function toTable(given: {
  readonly database: Database;
  readonly copy: RedisStateCopy;
  readonly redis: RedisPlace;
  readonly now: () => Date;
  readonly log: Logger;
}): Promise<number> {
  const { database, copy, redis, now, log } = given;
  // What was counted last may still lie in the store.
  const state = await RedisState.open({ url: redis.url, now, log });
  try {
    await new CountCarrier({ database, state, log }).carry();
  } finally {
    await state.close();
  }
  const moved = await database.queries.transaction().execute(async (transaction) => {
    const tables = new TableStateCopy({ queries: transaction });
    await tables.clear();
    const count = await copy.changedSince(undefined, async ({ pages }) => {
      let arrived = 0;
      for await (const entries of pages) arrived += await tables.apply(entries);
      return arrived;
    });
    await setStatePlace({ queries: transaction }, "table", now());
    return count;
  });
  await copy.clear();
  return moved;
}
