import { testOf } from "./condition.ts";
import type { Run, Unit } from "./run.ts";
import type { Condition, DiceNode, GroupNode, Modifier, Selector } from "./syntax-tree.ts";

/**
 * What a pool comes to once its dice lie: clamps, keeps and drops, counts, and records it in the run.
 *
 * @param given.constant what belongs to the pool and is no die; added unless dice are counted
 */
export function settlePool(given: {
  readonly node: DiceNode | GroupNode;
  readonly units: readonly Unit[];
  readonly run: Run;
  readonly constant: number;
}): number {
  const { node, units, run } = given;
  for (const modifier of node.modifiers) {
    run.spend(units.length, node.at);
    if (modifier.kind === "clamp") clampUnits(units, modifier);
    if (modifier.kind === "keep" || modifier.kind === "drop") keepUnits(units, modifier);
  }
  const counts = countUnits(units, node.modifiers);
  const sum = counts.value + (counts.isCount ? 0 : given.constant);
  const match = node.modifiers.find((modifier) => modifier.kind === "match");
  const matches = match ? matchesOf(units, match.size) : [];
  const margin = node.modifiers.find((modifier) => modifier.kind === "margin");
  let value = match?.counts ? matches.length : sum;
  if (margin) value = margin.test === ">" ? sum - margin.value : margin.value - sum;
  markUnits(units, node.modifiers);
  run.pools.push({
    node,
    units,
    value,
    successes: counts.successes,
    failures: counts.failures,
    matches,
  });
  return value;
}

function clampUnits(units: readonly Unit[], { which, value }: Extract<Modifier, { kind: "clamp" }>): void {
  for (const unit of units) {
    const clamped = which === "min" ? Math.max(unit.value, value) : Math.min(unit.value, value);
    if (unit.dropped || clamped === unit.value) continue;
    for (const die of unit.dice) die.clamped = true;
    const [first] = unit.dice;
    if (first && unit.dice.length === 1) first.value = clamped;
    unit.value = clamped;
  }
}

function keepUnits(
  units: readonly Unit[],
  { kind, selectors }: Extract<Modifier, { kind: "keep" | "drop" }>,
): void {
  const pool = units.filter((unit) => !unit.dropped && !unit.apart);
  const chosen = new Set<Unit>();
  for (const selector of selectors) for (const unit of selected(pool, selector)) chosen.add(unit);
  for (const unit of pool) {
    if (chosen.has(unit) === (kind === "keep")) continue;
    unit.dropped = true;
    for (const die of unit.dice) die.dropped = true;
  }
}

function selected(pool: readonly Unit[], selector: Selector): readonly Unit[] {
  if (selector.pick === "match") {
    const test = testOf(selector.on);
    return pool.filter(({ value }) => test(value));
  }
  const { pick, count } = selector;
  // The sort is stable: of equal dice the first is chosen.
  if (pick === "high") return pool.toSorted((a, b) => b.value - a.value).slice(0, count);
  const rising = pool.toSorted((a, b) => a.value - b.value);
  if (pick === "low") return rising.slice(0, count);
  const from = Math.max(0, Math.floor((rising.length - count) / 2));
  return rising.slice(from, from + count);
}

interface Counts {
  readonly value: number;
  readonly isCount: boolean;
  readonly successes: number | null;
  readonly failures: number | null;
}

function countUnits(units: readonly Unit[], modifiers: readonly Modifier[]): Counts {
  const successes = modifiers.filter((modifier) => modifier.kind === "success");
  const failures = modifiers.filter((modifier) => modifier.kind === "failure");
  if (successes.length === 0 && failures.length === 0) {
    let value = 0;
    for (const unit of units) if (!unit.dropped) value += unit.sign * unit.value;
    return { value, isCount: false, successes: null, failures: null };
  }
  const worth = worthOf(successes);
  const fails = failures.map(({ on, effect }) => ({ test: testOf(on), effect }));
  const onlyCountsFailures = successes.length === 0 && failures.every(({ effect }) => effect === "count");
  let value = 0;
  let succeeded = 0;
  let failed = 0;
  let highest = 0;
  for (const unit of units) {
    if (unit.dropped) continue;
    if (successes.length > 0 && unit.sign === -1) continue;
    const wins = worth(unit.value);
    const fail = fails.find(({ test }) => test(unit.value));
    succeeded += wins;
    if (fail) failed += 1;
    if (unit.dice[0] && unit.face === unit.dice[0].shape.highest) highest += 1;
    for (const die of unit.dice) {
      die.success = wins > 0;
      die.failure = fail !== undefined;
    }
    const counted = successes.length > 0 ? wins : onlyCountsFailures ? 0 : unit.sign * unit.value;
    value +=
      counted +
      failureEffect({
        fail: fail?.effect,
        unit,
        counted,
        isCounting: successes.length > 0,
        onlyCountsFailures,
      });
  }
  if (modifiers.some(({ kind }) => kind === "cancel")) {
    const cancelled = Math.min(failed, highest);
    value += cancelled;
    failed -= cancelled;
  }
  return {
    value,
    isCount: successes.length > 0 || onlyCountsFailures,
    successes: successes.length > 0 ? succeeded : null,
    failures: failures.length > 0 ? failed : null,
  };
}

/** What a failing die adds to what it counts already. */
function failureEffect(given: {
  readonly fail: "subtract" | "face" | "count" | undefined;
  readonly unit: Unit;
  readonly counted: number;
  readonly isCounting: boolean;
  readonly onlyCountsFailures: boolean;
}): number {
  const { fail, unit, counted, isCounting, onlyCountsFailures } = given;
  if (fail === undefined) return 0;
  if (fail === "count") return onlyCountsFailures ? 1 : 0;
  if (fail === "face") return -counted - unit.value;
  // Of dice that are added up, a failing one counts -1 instead of its value.
  return isCounting ? -1 : -1 - counted;
}

function worthOf(
  successes: readonly { readonly on: Condition; readonly worth: 1 | 2 }[],
): (value: number) => number {
  const tests = successes.map(({ on, worth }) => ({ test: testOf(on), worth }));
  return (value) => {
    let most = 0;
    for (const { test, worth } of tests) if (worth > most && test(value)) most = worth;
    return most;
  };
}

function matchesOf(units: readonly Unit[], size: number): { value: number; count: number }[] {
  const counts = new Map<number, number>();
  for (const { value, dropped } of units) if (!dropped) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= size)
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => a.value - b.value);
}

function markUnits(units: readonly Unit[], modifiers: readonly Modifier[]): void {
  for (const modifier of modifiers) {
    if (modifier.kind !== "mark") continue;
    const test = testOf(modifier.on);
    for (const { dice, value } of units) {
      if (test(value)) for (const die of dice) die[modifier.as] = true;
    }
  }
}
