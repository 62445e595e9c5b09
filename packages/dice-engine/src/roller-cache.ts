import { RecentMap } from "./recent-map.ts";
import { Roller, type RollerOptions } from "./roller.ts";

/** Keeps what was read, so that a text that is rolled again need not be read again. */
export class RollerCache {
  readonly #options: RollerOptions;
  readonly #rollers = new RecentMap<Roller>();

  /** @param options how every text is read: one cache for each dialect and each set of names */
  constructor(options: RollerOptions = {}) {
    this.#options = options;
  }

  /** @throws DiceError when the text is no expression */
  get(text: string): Roller {
    return this.#rollers.get(text, this.#read);
  }

  readonly #read = (text: string): Roller => new Roller(text, this.#options);
}
