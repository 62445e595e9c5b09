import type { Distribution } from "./distribution.ts";
import { Packing } from "./packed-polynomial.ts";
import type { Budget } from "./budget.ts";

/** A die's value with its weight, and what it counts when it is kept. */
export interface WeighedFace {
  readonly value: number;
  readonly weight: bigint;
  readonly counts: number;
}

/**
 * What the `keep` highest (or lowest) of `count` equal dice come to: face by face from that end, how many dice lie
 * so far, by the binomial formula for how many show this face. Once enough are kept the others do not matter.
 */
export function keptSum(
  faces: readonly WeighedFace[],
  given: {
    readonly count: number;
    readonly keep: number;
    readonly end: "high" | "low";
    readonly budget: Budget;
  },
): Distribution {
  const { count, keep, end, budget } = given;
  const ordered = faces.toSorted((a, b) => (end === "high" ? b.value - a.value : a.value - b.value));
  const total = faces.reduce((sum, { weight }) => sum + weight, 0n);
  const least = Math.min(...faces.map(({ counts }) => counts));
  const most = Math.max(...faces.map(({ counts }) => counts));
  const packing = new Packing(total ** BigInt(count));
  budget.checkSize((most - least) * keep + 1);
  const bits = Number(packing.bits) * ((most - least) * keep + 1);
  let states: bigint[] = [1n];
  let done = 0n;
  let remaining = total;
  for (const { weight, counts } of ordered) {
    remaining -= weight;
    const next: bigint[] = [];
    const step = BigInt(counts - least) * packing.bits;
    states.forEach((state, lying) => {
      if (state === 0n) return;
      const free = count - lying;
      const needed = keep - lying;
      budget.spendBits(bits * needed);
      let shown = 1n;
      let ways = 0n;
      for (let here = 0; here <= free; here += 1) {
        if (here > 0) shown = (shown * BigInt(free - here + 1)) / BigInt(here);
        const power = weight ** BigInt(here);
        if (here < needed) {
          const moved = (state * shown * power) << (step * BigInt(here));
          next[lying + here] = (next[lying + here] ?? 0n) + moved;
        } else {
          ways += shown * power * remaining ** BigInt(free - here);
        }
      }
      done += (state * ways) << (step * BigInt(needed));
    });
    states = Array.from(next, (state) => state ?? 0n);
  }
  return packing.unpack(done, least * keep);
}
