const FIRST_DELAY = 500;
const LONGEST_DELAY = 30_000;

/**
 * How long to wait before the next attempt, in milliseconds: doubling from half a second to half a minute, of which
 * the upper half is left to chance so that many pages do not come back at the same moment.
 */
export function backOff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 16));
  return full / 2 + (full / 2) * random();
}
