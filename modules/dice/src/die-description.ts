/** How often each face of a die came, from 1 on. */
export type FaceCounts = readonly number[];

// The bounds of what one face is more likely than another (M-32).
const LEAST = 0.001;
const MOST = 1_000;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const SEARCH_STEPS = 60;
// Two models as likely as each other to within this are the same; the simpler one is told.
const SAME = 1e-9;

/**
 * Describes a die by the likeliest of three models (M-32): fair; slanted, where the weights of the faces lie on a line; and
 * extreme, where they lie on a parabola around the mean face. Of equal ones the fair die is told.
 */
export function describeDieOf(counts: FaceCounts): string {
  const models = [
    { weights: fair, telling: () => "A fair die." },
    {
      weights: slanted,
      telling: (ratio: number) =>
        ratio >= 1
          ? `Large values are ${moreLikely(ratio)} more likely than small.`
          : `Small values are ${moreLikely(1 / ratio)} more likely than large.`,
    },
    {
      weights: extreme,
      telling: (ratio: number) =>
        ratio >= 1
          ? `Extreme values are ${moreLikely(ratio)} more likely than average.`
          : `Average values are ${moreLikely(1 / ratio)} more likely than extreme.`,
    },
  ].map(({ weights, telling }) => {
    const cost = (power: number) => surprise(counts, weights(counts.length, Math.exp(power)));
    const power = lowest(cost, Math.log(LEAST), Math.log(MOST));
    return { cost: cost(power), text: telling(Math.exp(power)) };
  });
  const best = models.reduce((one, other) => (other.cost < one.cost - SAME ? other : one));
  return best.text;
}

/** Above 100 without decimals, above 2 with one, each as a factor; below that as what is more, in percent. */
function moreLikely(ratio: number): string {
  if (ratio > 100) return `${ratio.toFixed(0)}x`;
  if (ratio > 2) return `${ratio.toFixed(1)}x`;
  return `${((ratio - 1) * 100).toFixed(1)}%`;
}

function fair(faces: number): number[] {
  return Array.from({ length: faces }, () => 1);
}

/** From 1 for the smallest face to the ratio for the largest. */
function slanted(faces: number, ratio: number): number[] {
  return Array.from({ length: faces }, (_, face) => 1 + ((ratio - 1) * face) / Math.max(1, faces - 1));
}

/** From 1 in the middle to the ratio at both ends. */
function extreme(faces: number, ratio: number): number[] {
  const half = Math.max(1, faces - 1) / 2;
  return Array.from({ length: faces }, (_, face) => 1 + (ratio - 1) * ((face - half) / half) ** 2);
}

/** The negative logarithm of how likely the counts are. */
function surprise(counts: FaceCounts, weights: readonly number[]): number {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return counts.reduce(
    (sum, count, face) => (count === 0 ? sum : sum - count * Math.log((weights[face] ?? 0) / whole)),
    0,
  );
}

/** Where a function with one valley is lowest, by golden-section search (Kiefer 1953). */
function lowest(cost: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (cost(left) <= cost(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
