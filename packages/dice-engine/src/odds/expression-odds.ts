import { atPlace, callFunction, operate } from "../arithmetic.ts";
import type { CompileContext } from "../compile.ts";
import { compile } from "../compile.ts";
import { dialectOf } from "../dialect.ts";
import { plainDie, shapeOf } from "../die-shape.ts";
import type { DiceNode, Expression, GroupNode } from "../syntax-tree.ts";
import { compare, multiply, negate, type Value } from "../value.ts";
import type { Budget } from "./budget.ts";
import { Distribution, mixture } from "./distribution.ts";
import { addOdds, poolOdds, type PoolOdds } from "./pool-odds.ts";
import { combineDistributions, sumOfMany } from "./sums.ts";

/** What the calculation of odds works with. */
export interface OddsContext extends CompileContext {
  readonly budget: Budget;
}

/** How likely each total is; undefined where the dice depend on each other in a way that is not calculated. */
export function expressionOdds(node: Expression, context: OddsContext): PoolOdds | undefined {
  const { budget } = context;
  switch (node.kind) {
    case "number":
    case "variable":
    case "query":
    case "saved":
      return sure(compile(node, context).constant ?? 0);
    case "dice":
      return diceOdds(node, context);
    case "group":
      return groupOdds(node, context);
    case "negate":
      return mapped(expressionOdds(node.of, context), negate);
    case "label":
    case "check":
      return expressionOdds(node.of, context);
    case "binary": {
      const left = expressionOdds(node.left, context);
      const right = left && expressionOdds(node.right, context);
      if (!left || !right) return undefined;
      if (node.operator === "+") return addOdds(left, right, budget);
      if (node.operator === "-") return addOdds(left, negated(right), budget);
      const calculate = operate(node.operator, dialectOf(context.dialect));
      return combined(left, right, { budget, calculate: (a, b) => atPlace(node.at, () => calculate(a, b)) });
    }
    case "then": {
      const condition = expressionOdds(node.condition, context);
      const value = condition && expressionOdds(node.value, context);
      return (
        value && combined(condition, value, { budget, calculate: (a, b) => multiply(a === 0 ? 0 : 1, b) })
      );
    }
    case "call":
      return callOdds(node, context);
    case "repeat": {
      const one = expressionOdds(node.of, context);
      return (
        one && {
          distribution: sumOfMany(one.distribution, node.times, budget),
          tail: one.tail * node.times,
        }
      );
    }
  }
}

function sure(value: Value): PoolOdds {
  return { distribution: Distribution.certain(value), tail: 0 };
}

function mapped(odds: PoolOdds | undefined, change: (value: Value) => Value): PoolOdds | undefined {
  return odds && { distribution: odds.distribution.map(change), tail: odds.tail };
}

function negated({ distribution, tail }: PoolOdds): PoolOdds {
  return { distribution: distribution.map(negate), tail };
}

function combined(
  a: PoolOdds,
  b: PoolOdds,
  given: { readonly budget: Budget; readonly calculate: (a: Value, b: Value) => Value },
): PoolOdds {
  return {
    distribution: combineDistributions(a.distribution, b.distribution, given),
    tail: a.tail + b.tail,
  };
}

function callOdds(node: Extract<Expression, { kind: "call" }>, context: OddsContext): PoolOdds | undefined {
  const { budget } = context;
  const given = node.arguments.map((one) => expressionOdds(one, context));
  const [first, second, third] = given;
  if (given.some((one) => one === undefined) || !first) return undefined;
  const call = (...values: Value[]) => atPlace(node.at, () => callFunction(node.name, values));
  if (node.name === "min" || node.name === "max") {
    return given.reduce<PoolOdds>(
      (odds, other) => (other ? combined(odds, other, { budget, calculate: call }) : odds),
      first,
    );
  }
  if (node.name === "if") {
    if (!second || !third) return undefined;
    const yes = first.distribution.map((value) => (compare(value, 0) === 0 ? 0 : 1));
    const weightOf = (wanted: number) =>
      [...yes.entries()].reduce((sum, [value, weight]) => (value === wanted ? sum + weight : sum), 0n);
    const parts = [
      { of: second.distribution, weight: weightOf(1) },
      { of: third.distribution, weight: weightOf(0) },
    ].filter(({ weight }) => weight > 0n);
    return { distribution: mixture(parts), tail: first.tail + second.tail + third.tail };
  }
  return second
    ? combined(first, second, { budget, calculate: call })
    : mapped(first, (value) => call(value));
}

function diceOdds(node: DiceNode, context: OddsContext): PoolOdds | undefined {
  const { budget, limits } = context;
  compile(node, context);
  const counts = expressionOdds(node.count, context);
  const { sides } = node;
  const faces = sides.kind === "computed" ? expressionOdds(sides.of, context) : undefined;
  if (!counts || (sides.kind === "computed" && !faces)) return undefined;
  const parts: { of: Distribution; weight: bigint }[] = [];
  let tail = counts.tail + (faces?.tail ?? 0);
  for (const [count, weight] of counts.distribution.entries()) {
    for (const [size, sizeWeight] of faces?.distribution.entries() ?? ONE) {
      if (typeof count !== "number" || count < 0 || count > limits.draws || typeof size !== "number") {
        return undefined;
      }
      if (sides.kind === "computed" && (size < 1 || size > limits.sides)) return undefined;
      const shape = sides.kind === "computed" ? plainDie(size) : shapeOf(sides);
      const odds = poolOdds({
        shape,
        count,
        modifiers: [...context.everyDie, ...node.modifiers],
        budget,
        chain: limits.chain,
      });
      if (!odds) return undefined;
      tail = Math.max(tail, odds.tail);
      parts.push({ of: odds.distribution, weight: weight * sizeWeight });
    }
  }
  const [only] = parts;
  return { distribution: parts.length === 1 && only ? only.of : mixture(parts), tail };
}

const ONE: Iterable<readonly [Value, bigint]> = [[0, 1n]];

function groupOdds(node: GroupNode, context: OddsContext): PoolOdds | undefined {
  const { items, modifiers } = node;
  const [first, ...others] = items;
  if (first && others.length === 0) {
    if (modifiers.length === 0) return expressionOdds(first, context);
    // Braces around one kind of plain dice change nothing.
    if (first.kind !== "dice" || first.modifiers.length + context.everyDie.length > 0) return undefined;
    return diceOdds({ ...first, modifiers }, context);
  }
  const odds = items.map((item) => expressionOdds(item, context));
  const known = odds.filter((one) => one !== undefined);
  const [start, ...rest] = known;
  if (known.length < odds.length || !start) return undefined;
  if (modifiers.length === 0) return rest.reduce((sum, one) => addOdds(sum, one, context.budget), start);
  const [keep, ...more] = modifiers;
  const [selector] = keep?.kind === "keep" ? keep.selectors : [];
  if (more.length > 0 || !selector || !("count" in selector) || selector.count !== 1) return undefined;
  if (selector.pick === "middle") return undefined;
  const sign = selector.pick === "high" ? 1 : -1;
  const better = (a: Value, b: Value) => (sign * compare(a, b) >= 0 ? a : b);
  return rest.reduce(
    (best, one) => combined(best, one, { budget: context.budget, calculate: better }),
    start,
  );
}
