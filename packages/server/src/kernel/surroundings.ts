import { randomFillSync } from "node:crypto";
import type { Clock, Random } from "@guildhall/sdk";

/** The system's clock. */
export const systemClock: Clock = { now: () => new Date() };

const SPAN_LIMIT = 2 ** 32;

/** Randomness of the operating system, fetched in blocks, made uniform by rejection. */
export class SystemRandom implements Random {
  readonly #block = new Uint32Array(1024);
  #used = this.#block.length;

  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high) {
      throw new RangeError(`no whole number lies from ${low} to ${high}`);
    }
    const span = high - low + 1;
    if (span > SPAN_LIMIT) throw new RangeError(`the span from ${low} to ${high} is larger than 2^32`);
    // Values from the last, incomplete run of `span` would make the low numbers likelier.
    const limit = SPAN_LIMIT - (SPAN_LIMIT % span);
    for (;;) {
      if (this.#used === this.#block.length) {
        randomFillSync(this.#block);
        this.#used = 0;
      }
      const value = this.#block[this.#used++] ?? 0;
      if (value < limit) return low + (value % span);
    }
  }
}
