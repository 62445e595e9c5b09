import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClient } from "./redis-client.ts";

const POLL_MILLISECONDS = 5;
const LONGEST_POLL_MILLISECONDS = 200;
const LOOK_MILLISECONDS = 1000;
const MOST_KEYS = 10_000;

/**
 * Says which server may answer a read. The replica may when its link is up and it has all that this process wrote to
 * the key: after each write the primary's place in the stream of changes is compared with the replica's. What other
 * servers wrote may lag behind.
 */
export class ReplicaReads {
  readonly #primary: RedisClient;
  readonly #replica: RedisClient;
  readonly #written = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  #writes = 0;
  /** Every write up to this one has arrived at the replica. */
  #arrived = 0;
  /** No key may be read there before this write has arrived; too many were written to remember each. */
  #floor = 0;
  #isLinked = false;
  #wake: () => void = () => undefined;

  constructor({ primary, replica }: { readonly primary: RedisClient; readonly replica: RedisClient }) {
    this.#primary = primary;
    this.#replica = replica;
    this.#following = this.#follow();
  }

  /** The server for a read of a key; of any key when left out. */
  serverFor(key?: string): RedisClient {
    const last = key === undefined ? this.#writes : Math.max(this.#floor, this.#written.get(key) ?? 0);
    return this.#isLinked && this.#replica.isReady && last <= this.#arrived ? this.#replica : this.#primary;
  }

  /** Notes a write that was sent, whether or not it was answered; call it before the writer goes on. */
  wrote(keys: readonly string[]): void {
    this.#writes += 1;
    if (this.#written.size + keys.length > MOST_KEYS) {
      this.#written.clear();
      this.#floor = this.#writes;
    } else {
      for (const key of keys) this.#written.set(key, this.#writes);
    }
    this.#wake();
  }

  /** Stops looking; both connections stay open. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#wake();
    await this.#following;
  }

  async #follow(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        await this.#look();
      } catch {
        // Whoever reads is told by the primary; here a failure only means that the replica is not used.
        this.#isLinked = false;
      }
      if (this.#arrived < this.#writes && this.#isLinked) await sleep(POLL_MILLISECONDS);
      else await this.#untilWokenOr(LOOK_MILLISECONDS);
    }
  }

  async #look(): Promise<void> {
    const upTo = this.#writes;
    const wanted = await this.#primary.info("replication");
    for (let pause = POLL_MILLISECONDS; !this.#closing.signal.aborted;) {
      const found = await this.#replica.info("replication");
      this.#isLinked = found.get("role") === "slave" && found.get("master_link_status") === "up";
      if (!this.#isLinked || found.get("master_replid") !== wanted.get("master_replid")) {
        this.#isLinked = false;
        return;
      }
      if (Number(found.get("slave_repl_offset")) >= Number(wanted.get("master_repl_offset"))) break;
      await sleep(pause);
      pause = Math.min(pause * 2, LONGEST_POLL_MILLISECONDS);
    }
    this.#arrived = Math.max(this.#arrived, upTo);
    for (const [key, write] of this.#written) if (write <= this.#arrived) this.#written.delete(key);
  }

  async #untilWokenOr(milliseconds: number): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(milliseconds, undefined, { signal: woken.signal, ref: false }).catch(() => undefined);
    this.#wake = () => undefined;
  }
}
