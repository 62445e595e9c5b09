import { compare, toNumber, type Value } from "../value.ts";

/** How likely each value is: whole weights over their sum, so nothing is rounded. */
export class Distribution {
  /** Rising. */
  readonly values: readonly Value[];
  /** As many as there are values, each more than 0. */
  readonly weights: readonly bigint[];
  readonly total: bigint;

  private constructor(values: readonly Value[], weights: readonly bigint[]) {
    this.values = values;
    this.weights = weights;
    this.total = weights.reduce((sum, weight) => sum + weight, 0n);
  }

  /** Adds up the weights of equal values, and leaves out those of no weight. */
  static of(entries: Iterable<readonly [Value, bigint]>): Distribution {
    const whole = new Map<number, bigint>();
    const others = new Map<string, [Value, bigint]>();
    for (const [value, weight] of entries) {
      if (weight === 0n) continue;
      if (typeof value === "number") {
        whole.set(value, (whole.get(value) ?? 0n) + weight);
      } else {
        const key = `${value.numerator}/${value.denominator}`;
        others.set(key, [value, (others.get(key)?.[1] ?? 0n) + weight]);
      }
    }
    const all: [Value, bigint][] = [...whole, ...others.values()];
    all.sort(([a], [b]) => compare(a, b));
    return new Distribution(
      all.map(([value]) => value),
      all.map(([, weight]) => weight),
    );
  }

  static certain(value: Value): Distribution {
    return new Distribution([value], [1n]);
  }

  /** From weights of `from`, `from + 1`, and so on. */
  static dense(from: number, weights: readonly bigint[]): Distribution {
    const values: number[] = [];
    const kept: bigint[] = [];
    weights.forEach((weight, index) => {
      if (weight === 0n) return;
      values.push(from + index);
      kept.push(weight);
    });
    return new Distribution(values, kept);
  }

  get size(): number {
    return this.values.length;
  }

  *entries(): Generator<readonly [Value, bigint]> {
    for (let index = 0; index < this.size; index += 1) {
      yield [this.values[index] ?? 0, this.weights[index] ?? 0n];
    }
  }

  map(change: (value: Value) => Value): Distribution {
    return Distribution.of([...this.entries()].map(([value, weight]) => [change(value), weight]));
  }

  /** The lowest and the highest value when all are whole; undefined when one is not. */
  get wholeBounds(): readonly [number, number] | undefined {
    if (!this.values.every((value) => typeof value === "number")) return undefined;
    return [toNumber(this.values[0] ?? 0), toNumber(this.values.at(-1) ?? 0)];
  }
}

/** One of several distributions, each so likely; the weights must add up to a common total. */
export function mixture(
  parts: readonly { readonly of: Distribution; readonly weight: bigint }[],
): Distribution {
  const common = parts.reduce((product, { of }) => product * of.total, 1n);
  return Distribution.of(
    parts.flatMap(({ of, weight }) => {
      const factor = (common / of.total) * weight;
      return [...of.entries()].map(([value, one]): [Value, bigint] => [value, one * factor]);
    }),
  );
}
