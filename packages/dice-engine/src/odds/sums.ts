import { add as addValues, type Value } from "../value.ts";
import { Distribution } from "./distribution.ts";
import { Packing } from "./packed-polynomial.ts";
import type { Budget } from "./budget.ts";

/** The sum of two independent values. */
export function addDistributions(a: Distribution, b: Distribution, budget: Budget): Distribution {
  const boundsA = a.wholeBounds;
  const boundsB = b.wholeBounds;
  if (boundsA && boundsB && isDense(a, boundsA) && isDense(b, boundsB)) {
    const packing = new Packing(a.total * b.total);
    budget.spendBits((boundsA[1] - boundsA[0] + boundsB[1] - boundsB[0] + 1) * Number(packing.bits));
    return packing.unpack(packing.pack(a, boundsA[0]) * packing.pack(b, boundsB[0]), boundsA[0] + boundsB[0]);
  }
  return combineDistributions(a, b, { budget, calculate: addValues });
}

function isDense({ size }: Distribution, [low, high]: readonly [number, number]): boolean {
  return high - low < 16 * size + 64;
}

/** What becomes of two independent values. */
export function combineDistributions(
  a: Distribution,
  b: Distribution,
  { budget, calculate }: { readonly budget: Budget; readonly calculate: (a: Value, b: Value) => Value },
): Distribution {
  budget.spend(a.size * b.size);
  const entries: [Value, bigint][] = [];
  for (const [valueA, weightA] of a.entries()) {
    for (const [valueB, weightB] of b.entries()) entries.push([calculate(valueA, valueB), weightA * weightB]);
  }
  return budget.checked(Distribution.of(entries));
}

/** The sum of `count` independent values of one distribution. */
export function sumOfMany(one: Distribution, count: number, budget: Budget): Distribution {
  if (count === 0) return Distribution.certain(0);
  if (count === 1) return one;
  const bounds = one.wholeBounds;
  if (!bounds || !isDense(one, bounds)) {
    let sum = one;
    for (let index = 1; index < count; index += 1) sum = addDistributions(sum, one, budget);
    return sum;
  }
  const [low, high] = bounds;
  const size = high - low + 1;
  budget.checkSize((size - 1) * count + 1);
  if (one.size === size && size > 1 && one.weights.every((weight) => weight === 1n)) {
    return Distribution.dense(low * count, uniformPower(size, count, budget));
  }
  const packing = new Packing(one.total ** BigInt(count));
  budget.spendBits(((size - 1) * count + 1) * Number(packing.bits) * 4);
  return packing.unpack(packing.pack(one, low) ** BigInt(count), low * count);
}

/**
 * The coefficients of `(1 + x + ... + x^(s-1))^n`. With `P = 1 - x^s` and `Q = 1 - x` the power is `y = P^n / Q^n`, so
 * `y' P Q = n (P' Q - P Q') y`, which gives each coefficient from six earlier ones (the recurrence of Euler, as J. C. P.
 * Miller used it). Both halves are the same backwards.
 */
function uniformPower(sides: number, count: number, budget: Budget): bigint[] {
  const last = (sides - 1) * count;
  budget.spend(last * 4);
  const n = BigInt(count);
  const s = BigInt(sides);
  const coefficients: bigint[] = [1n];
  const at = (index: number) => coefficients[index] ?? 0n;
  const half = Math.floor(last / 2);
  for (let k = 1; k <= half; k += 1) {
    const K = BigInt(k);
    // n (P'Q - PQ') = n (1 - s x^(s-1) + (s-1) x^s); PQ = 1 - x - x^s + x^(s+1).
    let sum = (K - 1n + n) * at(k - 1);
    if (k >= sides) sum += (K - s - n * s) * at(k - sides);
    if (k > sides) sum += (n * (s - 1n) - (K - s - 1n)) * at(k - sides - 1);
    coefficients.push(sum / K);
  }
  for (let k = half + 1; k <= last; k += 1) coefficients.push(at(last - k));
  return coefficients;
}
