import type { Logger } from "@guildhall/sdk";
import { RedisClient } from "./redis-client.ts";
import type { RedisPlace } from "./redis-state.ts";

/** What matters of a Redis server that is to hold the state. */
export interface RedisFacts {
  readonly version: string;
  /** Whether each write goes into a log on its disk. */
  readonly isAppendOnly: boolean;
  /** What it throws away when its memory is full; "noeviction" for nothing. */
  readonly eviction: string;
  /** Undefined without a replica; false when it does not answer or is no replica. */
  readonly isReplicaUp: boolean | undefined;
}

/** Asks a server, and its replica, what they are. @throws ConfigError when the server does not answer */
export async function readRedisFacts(place: RedisPlace, log: Logger): Promise<RedisFacts> {
  const client = await RedisClient.open({ url: place.url, setting: "GUILDHALL_STATE__URL", log });
  try {
    const [server, memory, persistence] = [
      await client.info("server"),
      await client.info("memory"),
      await client.info("persistence"),
    ];
    return {
      version: server.get("redis_version") ?? "unknown",
      isAppendOnly: persistence.get("aof_enabled") === "1",
      eviction: memory.get("maxmemory_policy") ?? "noeviction",
      isReplicaUp: place.replicaUrl === undefined ? undefined : await isReplica(place.replicaUrl, log),
    };
  } finally {
    await client.close();
  }
}

async function isReplica(url: string, log: Logger): Promise<boolean> {
  const replica = await RedisClient.open({
    url,
    setting: "GUILDHALL_REDIS__REPLICA_URL",
    log,
    mayBeAway: true,
  });
  try {
    return replica.isReady && (await replica.info("replication")).get("master_link_status") === "up";
  } finally {
    await replica.close();
  }
}
