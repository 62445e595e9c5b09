import { limitError } from "../dice-error.ts";
import type { Limits } from "../limits.ts";
import type { Distribution } from "./distribution.ts";

// So many bits of a product cost about as much as one multiplication of small numbers.
const BITS_A_STEP = 32;

/** How much work one distribution may be. */
export class Budget {
  readonly #limits: Limits;
  #work = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @throws DiceError when the work is more than the limit */
  spend(steps: number): void {
    this.#work += steps;
    if (this.#work > this.#limits.work) {
      throw limitError("its odds are too much work to tell", { limit: "work", at: 0 });
    }
  }

  spendBits(bits: number): void {
    this.spend(Math.ceil(bits / BITS_A_STEP));
  }

  /** @throws DiceError for more different results than the limit */
  checkSize(outcomes: number): void {
    if (outcomes > this.#limits.outcomes) {
      throw limitError(
        `it has more than ${this.#limits.outcomes.toLocaleString("en")} different results, which is the most`,
        { limit: "outcomes", at: 0 },
      );
    }
  }

  checked(distribution: Distribution): Distribution {
    this.checkSize(distribution.size);
    return distribution;
  }
}
