import { testFor, testOf } from "../condition.ts";
import type { DieShape } from "../die-shape.ts";
import type { Condition, Modifier, Selector } from "../syntax-tree.ts";
import type { Budget } from "./budget.ts";
import { Distribution, mixture } from "./distribution.ts";
import { keptSum } from "./kept-dice.ts";
import { addDistributions, combineDistributions, sumOfMany } from "./sums.ts";
import { add, negate, toNumber } from "../value.ts";

type Keep = Extract<Modifier, { kind: "keep" | "drop" }>;
type Explode = Extract<Modifier, { kind: "explode" }>;

/** A pool's distribution, and how likely the results are that were left out. */
export interface PoolOdds {
  readonly distribution: Distribution;
  /** An upper bound of the likelihood that was cut off; 0 when nothing was. */
  readonly tail: number;
}

/** What chance of longer chains of explosions is left out. */
const TAIL = 1e-12;

/** How likely each result of a pool is; undefined where its dice depend on each other in another way. */
export function poolOdds(given: {
  readonly shape: DieShape;
  readonly count: number;
  readonly modifiers: readonly Modifier[];
  readonly budget: Budget;
  readonly chain: number;
}): PoolOdds | undefined {
  const { shape, count, modifiers, budget } = given;
  budget.spend(shape.size);
  budget.checkSize(shape.size);
  const explodes = modifiers.filter((modifier) => modifier.kind === "explode");
  const keeps = modifiers.filter(
    (modifier): modifier is Keep => modifier.kind === "keep" || modifier.kind === "drop",
  );
  if (modifiers.some((modifier) => NEVER.has(modifier.kind)) || explodes.length > 1 || keeps.length > 1) {
    return undefined;
  }
  if (
    modifiers.some(({ kind }) => kind === "match") &&
    modifiers.some((m) => m.kind === "match" && m.counts)
  ) {
    return undefined;
  }
  const [explode] = explodes;
  if (explode && explode.most !== null) return undefined;
  const raw = faceWeights(shape);
  const settled = settledFace({ raw, shape, modifiers });
  if (!settled) return undefined;
  const counts = contributionOf(modifiers);
  const clamp = clampOf(modifiers);
  const [keep] = keeps;
  const compounds = explode?.style.startsWith("compound") ?? false;
  let tail = 0;
  let unit: Distribution;
  if (explode) {
    const depth = explode.once ? 1 : chainDepth({ raw, shape, explode, count, chain: given.chain });
    tail = explode.once ? 0 : count * likelihood(raw, testFor(explode.on, shape, "highest")) ** depth;
    const finish = (value: number) => (compounds ? value : counts(clamp(value)));
    unit = chained({ raw, settled, shape, explode, depth, finish, budget });
    if (compounds) unit = unit.map((value) => clamp(toNumber(value)));
  } else {
    unit = settled.map((value) => clamp(toNumber(value)));
  }
  const separate = explode !== undefined && !compounds;
  if (keep) {
    if (separate) return undefined;
    const distribution = keptOdds({ unit, count, keep, counts, budget });
    return distribution && { distribution: withMargin(distribution, modifiers), tail };
  }
  const counted = separate ? unit : unit.map((value) => counts(toNumber(value)));
  return { distribution: withMargin(sumOfMany(counted, count, budget), modifiers), tail };
}

const NEVER: ReadonlySet<Modifier["kind"]> = new Set(["twice", "advantage", "unique", "cancel", "implode"]);

function faceWeights(shape: DieShape): Distribution {
  return Distribution.of(
    Array.from({ length: shape.size }, (_, face) => [shape.valueOf(face), BigInt(shape.weightOf(face))]),
  );
}

function filtered(of: Distribution, test: (value: number) => boolean): Distribution {
  return Distribution.of([...of.entries()].filter(([value]) => test(toNumber(value))));
}

function likelihood(of: Distribution, test: (value: number) => boolean): number {
  return Number((filtered(of, test).total * 10n ** 18n) / of.total) / 1e18;
}

/** The face of one die after its re-rolls. */
function settledFace(given: {
  readonly raw: Distribution;
  readonly shape: DieShape;
  readonly modifiers: readonly Modifier[];
}): Distribution | undefined {
  const { raw, shape, modifiers } = given;
  let face = raw;
  for (const modifier of modifiers) {
    if (modifier.kind !== "reroll") continue;
    if (modifier.how === "add") return undefined;
    const test = testFor(modifier.on, shape, "lowest");
    const stays = filtered(face, (value) => !test(value));
    const again = face.total - stays.total;
    if (again === 0n) continue;
    const second = modifier.how === "once" ? raw : filtered(raw, (value) => !test(value));
    face =
      stays.size === 0
        ? second
        : mixture([
            { of: stays, weight: stays.total },
            { of: second, weight: again },
          ]);
  }
  return face;
}

/** What one die counts by its value: itself, or successes less failures. */
function contributionOf(modifiers: readonly Modifier[]): (value: number) => number {
  const successes = modifiers
    .filter((modifier) => modifier.kind === "success")
    .map(({ on, worth }) => ({ test: testOf(on), worth }));
  const failures = modifiers
    .filter((modifier) => modifier.kind === "failure")
    .map(({ on, effect }) => ({ test: testOf(on), effect }));
  if (successes.length === 0 && failures.length === 0) return (value) => value;
  const counting = successes.length > 0;
  const onlyCounts = !counting && failures.every(({ effect }) => effect === "count");
  return (value) => {
    const wins = successes.reduce((most, { test, worth }) => (test(value) ? Math.max(most, worth) : most), 0);
    const fail = failures.find(({ test }) => test(value))?.effect;
    const counted = counting ? wins : onlyCounts ? 0 : value;
    if (fail === undefined) return counted;
    if (fail === "count") return onlyCounts ? counted + 1 : counted;
    if (fail === "face") return 0 - value;
    return counting ? counted - 1 : -1;
  };
}

function clampOf(modifiers: readonly Modifier[]): (value: number) => number {
  const clamps = modifiers.filter((modifier) => modifier.kind === "clamp");
  return (value) =>
    clamps.reduce(
      (clamped, { which, value: bound }) =>
        which === "min" ? Math.max(clamped, bound) : Math.min(clamped, bound),
      value,
    );
}

/** How long a chain must be told so that what is left out is less likely than {@link TAIL}. */
function chainDepth(given: {
  readonly raw: Distribution;
  readonly shape: DieShape;
  readonly explode: Explode;
  readonly count: number;
  readonly chain: number;
}): number {
  const { raw, shape, explode, count, chain } = given;
  const chance = likelihood(raw, testFor(explode.on, shape, "highest"));
  if (chance === 0) return 1;
  return Math.min(chain, Math.max(1, Math.ceil(Math.log(TAIL / count) / Math.log(chance))));
}

/** One die with all that its explosions bring, each finished by itself and added up. */
function chained(given: {
  readonly raw: Distribution;
  readonly settled: Distribution;
  readonly shape: DieShape;
  readonly explode: Explode;
  readonly depth: number;
  readonly finish: (value: number) => number;
  readonly budget: Budget;
}): Distribution {
  const { raw, settled, shape, explode, depth, finish, budget } = given;
  const test = testFor(explode.on, shape, "highest");
  const loss = explode.style.endsWith("penetrate") ? 1 : 0;
  let added = raw.map((value) => finish(toNumber(value) - loss));
  const step = (face: Distribution, less: number): Distribution => {
    const entries: { of: Distribution; weight: bigint }[] = [];
    for (const [value, weight] of face.entries()) {
      const shown = finish(toNumber(value) - less);
      const alone = Distribution.certain(shown);
      const of = test(toNumber(value))
        ? combineDistributions(alone, added, { budget, calculate: add })
        : alone;
      entries.push({ of, weight });
    }
    return common(entries);
  };
  for (let index = 1; index < depth; index += 1) added = step(raw, loss);
  return step(settled, 0);
}

/** Like a mixture, for parts whose totals are 1 or one common number. */
function common(parts: readonly { readonly of: Distribution; readonly weight: bigint }[]): Distribution {
  const largest = parts.reduce((most, { of }) => (of.total > most ? of.total : most), 1n);
  return Distribution.of(
    parts.flatMap(({ of, weight }) =>
      [...of.entries()].map(([value, one]) => [value, (one * weight * largest) / of.total] as const),
    ),
  );
}

function keptOdds(given: {
  readonly unit: Distribution;
  readonly count: number;
  readonly keep: Keep;
  readonly counts: (value: number) => number;
  readonly budget: Budget;
}): Distribution | undefined {
  const { unit, count, keep, counts, budget } = given;
  const [selector, ...others]: readonly Selector[] = keep.selectors;
  if (!selector || others.length > 0) return undefined;
  if (selector.pick === "match") {
    const test = testOf(selector.on satisfies Condition);
    const counted = unit.map((value) =>
      test(toNumber(value)) === (keep.kind === "keep") ? counts(toNumber(value)) : 0,
    );
    return sumOfMany(counted, count, budget);
  }
  if (selector.pick === "middle") return undefined;
  const keeps = keep.kind === "keep";
  const kept = keeps ? selector.count : count - selector.count;
  if (kept <= 0) return Distribution.certain(0);
  if (kept >= count)
    return sumOfMany(
      unit.map((value) => counts(toNumber(value))),
      count,
      budget,
    );
  const end = (selector.pick === "high") === keeps ? "high" : "low";
  const faces = [...unit.entries()].map(([value, weight]) => ({
    value: toNumber(value),
    weight,
    counts: counts(toNumber(value)),
  }));
  return keptSum(faces, { count, keep: kept, end, budget });
}

function withMargin(distribution: Distribution, modifiers: readonly Modifier[]): Distribution {
  const margin = modifiers.find((modifier) => modifier.kind === "margin");
  if (!margin) return distribution;
  return distribution.map((value) =>
    margin.test === ">" ? add(value, -margin.value) : add(margin.value, negate(value)),
  );
}

/** The sum of a pool and something else, with what was left out of either. */
export function addOdds(a: PoolOdds, b: PoolOdds, budget: Budget): PoolOdds {
  return {
    distribution: addDistributions(a.distribution, b.distribution, budget),
    tail: a.tail + b.tail,
  };
}
