import { DiceError } from "./dice-error.ts";
import type { Evaluate, Run, Unit } from "./run.ts";
import { settlePool } from "./settle-pool.ts";
import type { GroupNode } from "./syntax-tree.ts";

/**
 * Rolls the items of a group. Of several items each is one compound die; of a single one the dice themselves are
 * the pool, and what it adds besides is added to the sum.
 */
export function rollGroup(
  node: GroupNode,
  { items, run }: { readonly items: readonly Evaluate[]; readonly run: Run },
): number {
  const [only] = items;
  if (items.length === 1 && only) {
    const pools = run.pools.length;
    const total = wholeOf(only(run), node);
    const inside = run.pools.slice(pools);
    const units = inside.flatMap((pool) => pool.units).filter(({ dropped }) => !dropped);
    const ofDice = inside.reduce((sum, pool) => sum + pool.value, 0);
    return settlePool({ node, units, run, constant: total - ofDice });
  }
  const units = items.map((item): Unit => {
    const from = run.dice.length;
    const value = wholeOf(item(run), node);
    const dice = run.dice.slice(from);
    return { value, face: value, dice, dropped: false, apart: false, sign: 1 };
  });
  return settlePool({ node, units, run, constant: 0 });
}

function wholeOf(value: unknown, { at }: GroupNode): number {
  if (typeof value === "number") return value;
  throw new DiceError("what stands in braces must be a whole number: round it", {
    code: "arithmetic",
    column: at + 1,
  });
}
