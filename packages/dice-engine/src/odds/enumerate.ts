import type { DieShape } from "../die-shape.ts";
import type { Draws } from "../draws.ts";
import { fraction, type Value } from "../value.ts";
import { Distribution } from "./distribution.ts";

/** Shows every way in which dice can fall, one after another; a die's faces may depend on those before it. */
class EveryWay implements Draws {
  readonly #faces: number[] = [];
  readonly #shapes: DieShape[] = [];
  #at = 0;

  draw(shape: DieShape): number {
    const face = this.#faces[this.#at] ?? 0;
    this.#faces[this.#at] = face;
    this.#shapes[this.#at] = shape;
    this.#at += 1;
    return face;
  }

  /** How likely the way was that has just been shown, as weight over total. */
  get likelihood(): { readonly weight: bigint; readonly total: bigint } {
    let weight = 1n;
    let total = 1n;
    this.#shapes.forEach((shape, index) => {
      weight *= BigInt(shape.weightOf(this.#faces[index] ?? 0));
      total *= BigInt(shape.weight);
    });
    return { weight, total };
  }

  /** Turns to the next way; false when there is none. */
  next(): boolean {
    this.#faces.length = this.#at;
    this.#shapes.length = this.#at;
    this.#at = 0;
    while (this.#faces.length > 0) {
      const last = this.#faces.length - 1;
      const face = (this.#faces[last] ?? 0) + 1;
      if (face < (this.#shapes[last]?.size ?? 0)) {
        this.#faces[last] = face;
        return true;
      }
      this.#faces.pop();
      this.#shapes.pop();
    }
    return false;
  }
}

/** Tries every way in which the dice can fall; undefined when there are more than `most`. */
export function enumerate(play: (draws: Draws) => Value, most: number): Distribution | undefined {
  const ways = new EveryWay();
  const seen: { value: Value; weight: bigint; total: bigint }[] = [];
  let common = 1n;
  do {
    if (seen.length >= most) return undefined;
    const value = play(ways);
    const { weight, total } = ways.likelihood;
    seen.push({ value, weight, total });
    if (common % total !== 0n) common = leastCommonMultiple(common, total);
  } while (ways.next());
  return Distribution.of(seen.map(({ value, weight, total }) => [value, (weight * common) / total]));
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  const reduced = fraction(a, b);
  return typeof reduced === "number" ? a : reduced.numerator * b;
}
