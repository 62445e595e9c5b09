import type { Random } from "@guildhall/sdk";

/**
 * The exact distribution of what `make` returns: every way that its rolls can go is tried once, by scripting the
 * randomness, and weighs as much as it is likely.
 *
 * @returns the chance of each outcome in percent, to nine decimals
 */
export function distributionOf(make: (random: Random) => string): Readonly<Record<string, number>> {
  const chances = new Map<string, number>();
  const scripts: number[][] = [[]];
  for (let script = scripts.pop(); script; script = scripts.pop()) {
    let asked = 0;
    let chance = 100;
    const taken = [...script];
    const random: Random = {
      integer: (low, high) => {
        const at = asked;
        asked += 1;
        chance /= high - low + 1;
        if (at >= script.length) {
          // The other faces of a die that is rolled for the first time are ways of their own.
          for (let face = low + 1; face <= high; face += 1) scripts.push([...taken, face]);
          taken.push(low);
        }
        return taken[at] ?? low;
      },
    };
    const outcome = make(random);
    chances.set(outcome, (chances.get(outcome) ?? 0) + chance);
  }
  return Object.fromEntries([...chances].map(([outcome, chance]) => [outcome, Number(chance.toFixed(9))]));
}
