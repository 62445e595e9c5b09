import { DiceError } from "./dice-error.ts";
import type { DieShape } from "./die-shape.ts";
import type { RandomSource } from "./random-source.ts";

/** Rolls one die after another. */
export interface Draws {
  /** Rolls a die: which face it shows, counted from 0. */
  draw(shape: DieShape): number;
}

/** Dice that are rolled by chance. */
export class RandomDraws implements Draws {
  readonly #source: RandomSource;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  draw(shape: DieShape): number {
    return shape.faceAt(this.#source.below(shape.weight));
  }
}

/** Dice that lie on the table: what they show is given, in the order in which they would be rolled. */
export class GivenDraws implements Draws {
  readonly #values: readonly number[];
  #used = 0;

  constructor(values: readonly number[]) {
    this.#values = values;
  }

  draw(shape: DieShape): number {
    const value = this.#values[this.#used];
    if (value === undefined) {
      throw facesError(
        `${count(this.#values.length)} given, and the roll needs more: give what every die shows, in the order in which they are rolled`,
      );
    }
    this.#used += 1;
    const face = shape.faceOf(value);
    if (face >= 0) return face;
    const die =
      typeof shape.sides === "number" ? `a die of ${shape.sides} faces` : `this die (${shape.sides})`;
    throw facesError(`face number ${this.#used} is ${value}, which ${die} does not show`);
  }

  /** @throws DiceError when some were not used */
  finish(): void {
    if (this.#used < this.#values.length) {
      throw facesError(`${count(this.#values.length)} given, and the roll needs only ${this.#used}`);
    }
  }
}

function count(faces: number): string {
  return faces === 1 ? "1 face is" : `${faces} faces are`;
}

function facesError(message: string): DiceError {
  return new DiceError(message, { code: "faces", column: 1 });
}
