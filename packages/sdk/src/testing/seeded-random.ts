import type { Random } from "../surroundings.ts";

const SPAN = 2 ** 32;

/** Randomness that is the same for the same seed: Mulberry32 (Tommy Ettinger, 2017), made uniform by rejection. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  integer(low: number, high: number): number {
    const span = high - low + 1;
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || span < 1 || span > SPAN) {
      throw new RangeError(`no whole number can be drawn from ${low} to ${high}`);
    }
    const limit = SPAN - (SPAN % span);
    for (;;) {
      const value = this.#next();
      if (value < limit) return low + (value % span);
    }
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}
