import type { AnswerTime } from "../../src/adapters/discord/answer-time.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so, for clocks and timers alike. */
export class VirtualTime implements AnswerTime {
  #now: number;
  #sleepers: Sleeper[] = [];

  constructor(start = new Date("2026-03-01T12:00:00Z")) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  /** How many wait for time to pass. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  async wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.wake !== wake);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      this.#sleepers.push({ at: this.#now + milliseconds, wake });
      signal?.addEventListener("abort", wake, { once: true });
    });
  }

  /** Lets time pass and wakes whoever waited for it, in order. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const [next] = this.#sleepers.toSorted((one, other) => one.at - other.at);
      if (!next || next.at > until) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      // What was woken goes on before time does.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = until;
  }
}
