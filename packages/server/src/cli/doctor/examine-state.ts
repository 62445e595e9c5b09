import type { Logger } from "pino";
import { ConfigError } from "../../kernel/config-error.ts";
import type { Settings } from "../settings.ts";
import { doubtful, well, wrong, type Finding } from "./finding.ts";

/** Whether the Redis server that holds the state answers, and keeps what it is told. */
export async function examineState({ stateOnRedis }: Settings, log: Logger): Promise<Finding[]> {
  if (!stateOnRedis) return [well("state", "It is kept in the store.")];
  const { readRedisFacts } = await import("../../data/state/redis-facts.ts");
  try {
    const facts = await readRedisFacts(stateOnRedis, log);
    const findings = [well("state", `Redis ${facts.version} answers.`)];
    if (!facts.isAppendOnly) {
      findings.push(
        doubtful(
          "state",
          "This Redis keeps no log of its writes, so that what it was told last is lost when it dies.",
          "Set appendonly to yes, and appendfsync to always where nothing at all may be lost.",
        ),
      );
    }
    if (facts.eviction !== "noeviction") {
      findings.push(
        wrong(
          "state",
          `This Redis throws keys away when its memory is full (maxmemory-policy ${facts.eviction}).`,
          "Set maxmemory-policy to noeviction, or give the state a Redis server of its own.",
        ),
      );
    }
    if (facts.isReplicaUp === false) {
      findings.push(
        doubtful(
          "state",
          "The replica does not answer, or does not follow the server; reads go to the server.",
          "See that GUILDHALL_REDIS__REPLICA_URL names a replica of the server that holds the state.",
        ),
      );
    }
    return findings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [wrong("state", error.message, "Start it, or mend the setting.")];
  }
}
