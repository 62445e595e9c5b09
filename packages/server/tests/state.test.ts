import { inject } from "vitest";
import { MemoryState } from "@guildhall/sdk/testing";
import { openDatabase } from "../src/data/database.ts";
import { RedisState } from "../src/data/state/redis-state.ts";
import { TableState } from "../src/data/state/table-state.ts";
import { startRedis } from "./support/redis-server.ts";
import { silentLog } from "./support/silent-log.ts";
import { stateSuite } from "./support/state-suite.ts";
import { stores } from "./support/stores.ts";

for (const store of stores()) {
  stateSuite(`in the tables of the ${store.name} store`, async () => {
    const made = await store.createDatabase();
    const database = openDatabase({ url: made.url, log: silentLog });
    return {
      open: (now) => new TableState({ database, now }),
      close: async () => {
        await database.close();
        await made.drop();
      },
    };
  });
}

stateSuite("in memory, for tests of modules", async () => {
  const shared = new MemoryState({ now: () => new Date(0) });
  return { open: (now) => new MemoryState({ now, shared }), close: async () => undefined };
});

if (inject("redis")) {
  stateSuite("on Redis", async () => {
    const server = await startRedis();
    const state = await RedisState.open({ url: server.url, now: () => new Date(0), log: silentLog });
    return {
      open: (now) => state.withClock(now),
      close: async () => {
        await state.close();
        await server.stop();
      },
    };
  });

  stateSuite("on Redis with a replica for reads", async () => {
    const server = await startRedis();
    const replica = await startRedis({ replicaOf: server.port });
    const state = await RedisState.open({
      url: server.url,
      replicaUrl: replica.url,
      now: () => new Date(0),
      log: silentLog,
    });
    return {
      open: (now) => state.withClock(now),
      close: async () => {
        await state.close();
        await replica.stop();
        await server.stop();
      },
    };
  });
}
