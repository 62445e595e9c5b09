/** How evenly a die fell. */
export interface Fairness {
  readonly rolls: number;
  /** How often each face came, from 1. */
  readonly counts: readonly number[];
  /** The sum of squared deviations over what was expected (Pearson 1900). */
  readonly chiSquare: number;
  /** How likely a fair die falls at least this unevenly, 0 to 1. */
  readonly chance: number;
}

/** Rolls a die so often, and holds what came against what a fair die does. */
export function fairnessOf({
  sides,
  rolls,
  roll,
}: {
  readonly sides: number;
  readonly rolls: number;
  /** A face from 1. */
  readonly roll: () => number;
}): Fairness {
  const counts = Array.from({ length: sides }, () => 0);
  for (let index = 0; index < rolls; index += 1) {
    const face = roll() - 1;
    counts[face] = (counts[face] ?? 0) + 1;
  }
  const expected = rolls / sides;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return { rolls, counts, chiSquare, chance: chiSquareTail(chiSquare, sides - 1) };
}

/** How likely a chi-square with so many degrees of freedom is at least this, by Wilson and Hilferty (1931). */
export function chiSquareTail(chiSquare: number, freedom: number): number {
  const scale = 2 / (9 * freedom);
  return normalTail((Math.cbrt(chiSquare / freedom) - (1 - scale)) / Math.sqrt(scale));
}

/** The upper tail of the normal distribution (Abramowitz and Stegun 26.2.17, to 7.5e-8). */
function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const t = 1 / (1 + 0.231_641_9 * z);
  const series =
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
