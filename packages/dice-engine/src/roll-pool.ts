import { testFor } from "./condition.ts";
import { limitError } from "./dice-error.ts";
import type { DieShape } from "./die-shape.ts";
import { settlePool } from "./settle-pool.ts";
import type { DieRecord, Run, Unit } from "./run.ts";
import type { DiceNode, Modifier } from "./syntax-tree.ts";

type Explode = Extract<Modifier, { kind: "explode" }>;
type Reroll = Extract<Modifier, { kind: "reroll" }>;

/**
 * Rolls the dice of a node: all of them, then the re-rolls in order, then what explodes, wave by wave, as people do
 * at a table; then clamps, keeps, drops and counts. Returns what the pool comes to.
 */
export function rollPool(
  node: DiceNode,
  { count, shape, run }: { readonly count: number; readonly shape: DieShape; readonly run: Run },
): number {
  const { modifiers, at } = node;
  run.spend(count, at);
  const twice = modifiers.find((modifier) => modifier.kind === "twice");
  const advantage = netAdvantage(modifiers);
  const units: Unit[] = [];
  for (let index = 0; index < count + Math.abs(advantage); index += 1) {
    units.push(twice ? rollTwice({ node, shape, run, which: twice.which }) : unitOf(run.roll(shape, { at })));
  }
  if (advantage !== 0) dropWorst(units, advantage);
  for (const modifier of modifiers) {
    run.spend(units.length, at);
    if (modifier.kind === "reroll" && !twice) rerollUnits({ modifier, units, node, shape, run });
    if (modifier.kind === "explode") explodeUnits({ modifier, units, node, shape, run });
    if (modifier.kind === "implode") implodeUnits({ modifier, units, node, shape, run });
    if (modifier.kind === "unique") makeUnique({ units, once: modifier.once, node, shape, run });
  }
  return settlePool({ node, units, run, constant: 0 });
}

interface Work {
  readonly units: Unit[];
  readonly node: DiceNode;
  readonly shape: DieShape;
  readonly run: Run;
}

function unitOf(die: DieRecord, { apart = false, sign = 1 }: { apart?: boolean; sign?: 1 | -1 } = {}): Unit {
  return { value: die.value, face: die.face, dice: [die], dropped: false, apart, sign };
}

/** More than 0 for advantage, less for disadvantage: the two cancel each other out. */
function netAdvantage(modifiers: readonly Modifier[]): number {
  let net = 0;
  for (const modifier of modifiers) {
    if (modifier.kind === "advantage") net += modifier.which === "high" ? modifier.count : -modifier.count;
  }
  return net;
}

function dropWorst(units: Unit[], advantage: number): void {
  const ordered = units.toSorted((a, b) => (advantage > 0 ? a.value - b.value : b.value - a.value));
  for (const unit of ordered.slice(0, Math.abs(advantage))) drop(unit);
}

function drop(unit: Unit): void {
  unit.dropped = true;
  for (const die of unit.dice) die.dropped = true;
}

/** Rolls a die twice; a re-roll replaces at most one of the two. */
function rollTwice(given: Omit<Work, "units"> & { readonly which: "high" | "low" }): Unit {
  const { node, shape, run, which } = given;
  const rolls = [run.roll(shape, { at: node.at }), run.roll(shape, { at: node.at })];
  const reroll = node.modifiers.find((modifier) => modifier.kind === "reroll");
  if (reroll) {
    const test = testFor(reroll.on, shape, "lowest");
    const replaced = rolls.findIndex((die) => test(die.face));
    const old = rolls[replaced];
    if (old) {
      old.rerolled = true;
      rolls[replaced] = run.roll(shape, { at: node.at });
    }
  }
  const [first, second] = rolls;
  if (!first || !second) throw new TypeError("a die that is rolled twice shows two faces");
  const better = which === "high" ? second.face > first.face : second.face < first.face;
  const [used, unused] = better ? [second, first] : [first, second];
  unused.dropped = true;
  return unitOf(used);
}

function rerollUnits({ modifier, units, node, shape, run }: Work & { readonly modifier: Reroll }): void {
  const test = testFor(modifier.on, shape, "lowest");
  for (const [index, unit] of units.slice().entries()) {
    if (unit.dropped || !test(unit.face)) continue;
    if (modifier.how === "add") {
      units.push(unitOf(run.roll(shape, { at: node.at, added: true })));
      continue;
    }
    let replaced = unit;
    let chain = 0;
    do {
      chain = nextInChain(chain, { run, at: node.at });
      for (const die of replaced.dice) die.rerolled = true;
      replaced = unitOf(run.roll(shape, { at: node.at }));
    } while (modifier.how === "until" && test(replaced.face));
    units[index] = replaced;
  }
}

function nextInChain(chain: number, { run, at }: { run: Run; at: number }): number {
  if (chain >= run.limits.chain) {
    throw limitError(`one die exploded or was rolled again ${run.limits.chain} times, which is the most`, {
      limit: "chain",
      at,
    });
  }
  return chain + 1;
}

function explodeUnits({ modifier, units, node, shape, run }: Work & { readonly modifier: Explode }): void {
  const test = testFor(modifier.on, shape, "highest");
  const compounds = modifier.style.startsWith("compound");
  const loss = modifier.style.endsWith("penetrate") ? 1 : 0;
  let wave = units.filter((unit) => !unit.dropped && unit.sign === 1 && !unit.apart);
  let chain = 0;
  let added = 0;
  while (wave.length > 0) {
    const next: Unit[] = [];
    for (const unit of wave) {
      if (!test(unit.face) || (modifier.most !== null && added >= modifier.most)) continue;
      nextInChain(chain, { run, at: node.at });
      added += 1;
      const last = unit.dice.at(-1);
      if (last) last.exploded = true;
      const die = run.roll(shape, { at: node.at, added: true });
      die.value -= loss;
      if (compounds) {
        unit.dice.push(die);
        unit.value += die.value;
        unit.face = die.face;
        next.push(unit);
      } else {
        const brought = unitOf(die, { apart: modifier.apart });
        units.push(brought);
        next.push(brought);
      }
    }
    if (modifier.once) return;
    chain += 1;
    run.spend(next.length, node.at);
    wave = next;
  }
}

function implodeUnits(given: Work & { readonly modifier: Extract<Modifier, { kind: "implode" }> }): void {
  const { modifier, units, node, shape, run } = given;
  const test = testFor(modifier.on, shape, "lowest");
  for (const unit of units.slice()) {
    if (unit.dropped || unit.dice[0]?.added || !test(unit.dice[0]?.face ?? unit.face)) continue;
    units.push(unitOf(run.roll(shape, { at: node.at, added: true }), { apart: true, sign: -1 }));
  }
}

function makeUnique({ units, once, node, shape, run }: Work & { readonly once: boolean }): void {
  const seen = new Set<number>();
  for (const [index, unit] of units.entries()) {
    if (unit.dropped || unit.apart) continue;
    let replaced = unit;
    let chain = 0;
    while (seen.has(replaced.face) && !(once && chain > 0)) {
      chain = nextInChain(chain, { run, at: node.at });
      for (const die of replaced.dice) die.rerolled = true;
      replaced = unitOf(run.roll(shape, { at: node.at }));
    }
    seen.add(replaced.face);
    units[index] = replaced;
  }
}
