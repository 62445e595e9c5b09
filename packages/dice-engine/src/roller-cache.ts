import { Roller, type RollerOptions } from "./roller.ts";

const GENERATION = 256;

/**
 * Keeps what was read, so that a text that is rolled again need not be read again. Two generations: what was not asked
 * for while 256 others were is forgotten.
 */
export class RollerCache {
  readonly #options: RollerOptions;
  #young = new Map<string, Roller>();
  #old = new Map<string, Roller>();

  /** @param options how every text is read: one cache for each dialect and each set of names */
  constructor(options: RollerOptions = {}) {
    this.#options = options;
  }

  /** @throws DiceError when the text is no expression */
  get(text: string): Roller {
    const known = this.#young.get(text);
    if (known) return known;
    const roller = this.#old.get(text) ?? new Roller(text, this.#options);
    if (this.#young.size >= GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, roller);
    return roller;
  }
}
