import { Distribution } from "./distribution.ts";

/**
 * Weights of whole values as one large number, so many bits a value (Kronecker substitution): adding dice is then
 * multiplying such numbers, which the runtime does fast.
 */
export class Packing {
  /** A multiple of 4, so that the places are whole hexadecimal digits. */
  readonly bits: bigint;
  readonly #digits: number;

  /** @param largest no weight is larger */
  constructor(largest: bigint) {
    this.#digits = largest.toString(16).length + 1;
    this.bits = BigInt(this.#digits * 4);
  }

  /** The number for weights, with `from` in the lowest place. */
  pack(distribution: Distribution, from: number): bigint {
    let text = "";
    let next: number | undefined;
    const places: string[] = [];
    for (const [value, weight] of distribution.entries()) {
      const place = Number(value) - from;
      for (let gap = next ?? 0; gap < place; gap += 1) places.push("0".repeat(this.#digits));
      places.push(weight.toString(16).padStart(this.#digits, "0"));
      next = place + 1;
    }
    text = places.toReversed().join("");
    return BigInt(`0x${text}`);
  }

  /** The weights in a number. */
  unpack(packed: bigint, from: number): Distribution {
    const text = packed.toString(16);
    const weights: bigint[] = [];
    for (let end = text.length; end > 0; end -= this.#digits) {
      weights.push(BigInt(`0x${text.slice(Math.max(0, end - this.#digits), end)}`));
    }
    return Distribution.dense(from, weights);
  }
}
