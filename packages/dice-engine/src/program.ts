import { atPlace } from "./arithmetic.ts";
import { checkDice, compile, type CompileContext } from "./compile.ts";
import { Run, type DieRecord, type Evaluate } from "./run.ts";
import type { Draws } from "./draws.ts";
import { print } from "./print.ts";
import type { Degree, Mark, RollDetail, RolledDie, RolledTerm } from "./roll-result.ts";
import type { Expression } from "./syntax-tree.ts";
import { add, compare, negate, showValue, toNumber, type Value } from "./value.ts";

interface Term {
  readonly text: string;
  readonly sign: 1 | -1;
  readonly label: string | null;
  readonly evaluate: Evaluate;
  readonly at: number;
}

interface Outcome {
  readonly value: Value;
  readonly terms: readonly RolledTerm[];
  readonly passed: boolean | null;
  readonly degree: Degree | null;
}

type Play = (run: Run) => Outcome;

/** A compiled expression that tells everything about a roll. */
export class Program {
  readonly #expression: Expression;
  #canonical: string | undefined;
  readonly #context: CompileContext;
  readonly #play: Play;
  readonly #times: number | null;

  /** @throws DiceError for what no roll of it could satisfy */
  constructor(expression: Expression, context: CompileContext) {
    this.#context = context;
    this.#expression = expression;
    const body = expression.kind === "repeat" ? expression.of : expression;
    this.#times = expression.kind === "repeat" ? expression.times : null;
    const { dice } = compile(body, context);
    checkDice(dice * (this.#times ?? 1), { limits: context.limits, at: expression.at });
    this.#play = playOf(body, context);
  }

  /** The expression in plain form. */
  get canonical(): string {
    this.#canonical ??= print(this.#expression, this.#context.dialect);
    return this.#canonical;
  }

  roll(draws: Draws, source: "random" | "faces"): RollDetail {
    const run = new Run(draws, this.#context.limits);
    if (this.#times === null) return this.#detail(run, { from: 0, pools: 0, source });
    const repeats: RollDetail[] = [];
    for (let index = 0; index < this.#times; index += 1) {
      repeats.push(this.#detail(run, { from: run.dice.length, pools: run.pools.length, source }));
    }
    return summed(repeats, { run, canonical: this.canonical, dialect: this.#context.dialect, source });
  }

  /** The exact total alone. */
  total(draws: Draws): Value {
    const run = new Run(draws, this.#context.limits);
    let total: Value = 0;
    for (let index = 0; index < (this.#times ?? 1); index += 1) total = add(total, this.#play(run).value);
    return total;
  }

  #detail(
    run: Run,
    { from, pools, source }: { from: number; pools: number; source: "random" | "faces" },
  ): RollDetail {
    const { value, terms, passed, degree } = this.#play(run);
    const inside = run.pools.slice(pools);
    return {
      total: toNumber(value),
      shown: showValue(value),
      passed,
      degree,
      successes: sumOf(inside.map(({ successes }) => successes)),
      failures: sumOf(inside.map(({ failures }) => failures)),
      terms,
      faces: run.dice.slice(from).map(({ face }) => face),
      dice: run.dice.slice(from).map(rolledDie),
      matches: inside.flatMap(({ matches }) => matches),
      labels: labelsOf(terms),
      repeats: [],
      canonical: this.canonical,
      dialect: this.#context.dialect,
      used: { draws: run.dice.length, steps: run.steps },
      source,
    };
  }
}

function summed(
  repeats: readonly RollDetail[],
  given: { readonly run: Run } & Pick<RollDetail, "canonical" | "dialect" | "source">,
): RollDetail {
  const { run, canonical, dialect, source } = given;
  const total = repeats.reduce((sum, { total: one }) => sum + one, 0);
  const labels: Record<string, number> = {};
  for (const repeat of repeats) {
    for (const [label, sum] of Object.entries(repeat.labels)) labels[label] = (labels[label] ?? 0) + sum;
  }
  return {
    total,
    shown: repeats.map(({ shown }) => shown).join(", "),
    passed: null,
    degree: null,
    successes: sumOf(repeats.map(({ successes }) => successes)),
    failures: sumOf(repeats.map(({ failures }) => failures)),
    terms: repeats.flatMap(({ terms }) => terms),
    faces: repeats.flatMap(({ faces }) => [...faces]),
    dice: repeats.flatMap(({ dice }) => dice),
    matches: [],
    labels,
    repeats,
    canonical,
    dialect,
    used: { draws: run.dice.length, steps: run.steps, repeats: repeats.length },
    source,
  };
}

function sumOf(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

function labelsOf(terms: readonly RolledTerm[]): Record<string, number> {
  const labels: Record<string, number> = {};
  for (const { label, subtotal } of terms) {
    if (label !== null) labels[label] = (labels[label] ?? 0) + subtotal;
  }
  return labels;
}

function rolledDie(die: DieRecord): RolledDie {
  const marks: Mark[] = [];
  if (die.added) marks.push("added");
  if (die.critical) marks.push("critical");
  if (die.fumble) marks.push("fumble");
  if (die.success) marks.push("success");
  if (die.failure) marks.push("failure");
  const fate = die.rerolled
    ? "rerolled"
    : die.dropped
      ? "dropped"
      : die.exploded
        ? "exploded"
        : die.clamped
          ? "clamped"
          : "kept";
  const { order, face, symbol, value, shape } = die;
  return { sides: shape.sides, face, symbol, value, fate, marks, order };
}

/** Sums are told term by term, also on both sides of a comparison. */
function playOf(node: Expression, context: CompileContext): Play {
  if (node.kind === "binary" && isComparison(node.operator)) {
    const left = sumPlay(node.left, context);
    const right = sumPlay(node.right, context);
    const calculate = comparisonOf(node.operator);
    return (run) => {
      const one = left(run);
      const other = right(run);
      const holds = calculate(compare(one.value, other.value));
      return { value: holds ? 1 : 0, terms: [...one.terms, ...other.terms], passed: holds, degree: null };
    };
  }
  if (node.kind === "check") {
    const of = sumPlay(node.of, context);
    const target = sumPlay(node.target, context);
    return (run) => {
      const rolled = of(run);
      const aim = target(run);
      const degree = degreeOf({ rolled: rolled.value, target: aim.value, run });
      const terms = [...rolled.terms, ...aim.terms.filter(({ dice: [from, to] }) => to > from)];
      return { value: rolled.value, terms, degree, passed: degree.endsWith("success") };
    };
  }
  return sumPlay(node, context);
}

type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";

function isComparison(operator: string): operator is ComparisonOperator {
  return ["==", "!=", "<", "<=", ">", ">="].includes(operator);
}

function comparisonOf(operator: ComparisonOperator): (difference: number) => boolean {
  switch (operator) {
    case "==":
      return (difference) => difference === 0;
    case "!=":
      return (difference) => difference !== 0;
    case "<":
      return (difference) => difference < 0;
    case "<=":
      return (difference) => difference <= 0;
    case ">":
      return (difference) => difference > 0;
    case ">=":
      return (difference) => difference >= 0;
  }
}

const DEGREES: readonly Degree[] = ["critical failure", "failure", "success", "critical success"];

function degreeOf({ rolled, target, run }: { rolled: Value; target: Value; run: Run }): Degree {
  const above = compare(add(rolled, negate(target)), 0);
  const critical = compare(add(rolled, negate(add(target, 10))), 0) >= 0;
  const fumble = compare(add(rolled, 10), target) <= 0;
  let rank = critical ? 3 : above >= 0 ? 2 : fumble ? 0 : 1;
  const natural = run.dice.find((die) => die.shape.sides === 20 && !die.dropped && !die.rerolled);
  if (natural?.face === 20) rank = Math.min(3, rank + 1);
  if (natural?.face === 1) rank = Math.max(0, rank - 1);
  return DEGREES[rank] ?? "failure";
}

function sumPlay(node: Expression, context: CompileContext): Play {
  const terms = termsOf(node, { context, sign: 1, label: null });
  return (run) => {
    let value: Value = 0;
    const rolled: RolledTerm[] = [];
    for (const { text, sign, label, evaluate, at } of terms) {
      const from = run.dice.length;
      const one = evaluate(run);
      const signed = sign === 1 ? one : negate(one);
      value = atPlace(at, () => add(value, signed));
      rolled.push({ text, subtotal: toNumber(signed), dice: [from, run.dice.length], label });
    }
    return { value, terms: rolled, passed: null, degree: null };
  };
}

function termsOf(
  node: Expression,
  given: { readonly context: CompileContext; readonly sign: 1 | -1; readonly label: string | null },
): readonly Term[] {
  const { context, sign, label } = given;
  if (node.kind === "binary" && (node.operator === "+" || node.operator === "-")) {
    const right = node.operator === "+" ? sign : sign === 1 ? -1 : 1;
    return [...termsOf(node.left, given), ...termsOf(node.right, { ...given, sign: right })];
  }
  if (node.kind === "negate") return termsOf(node.of, { ...given, sign: sign === 1 ? -1 : 1 });
  if (node.kind === "label") return termsOf(node.of, { ...given, label: node.label });
  const written = print(node, context.dialect);
  const text = `${sign === 1 ? "" : "-"}${written}${label === null ? "" : `[${label}]`}`;
  return [{ text, sign, label, evaluate: compile(node, context).evaluate, at: node.at }];
}
