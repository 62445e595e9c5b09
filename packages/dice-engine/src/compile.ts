import { atPlace, callFunction, operate } from "./arithmetic.ts";
import { testFor } from "./condition.ts";
import { DiceError, limitError } from "./dice-error.ts";
import { dialectOf, type DialectName } from "./dialect.ts";
import { plainDie, shapeOf, type DieShape } from "./die-shape.ts";
import type { Limits } from "./limits.ts";
import { rollPool } from "./roll-pool.ts";
import type { Evaluate } from "./run.ts";
import { rollGroup } from "./roll-group.ts";
import type { DiceNode, Expression, Modifier } from "./syntax-tree.ts";
import { fromDecimal, multiply, negate, type Value } from "./value.ts";

/** What the names in an expression stand for. */
export interface Names {
  /** The value of `@name`; undefined when there is none. */
  readonly variable?: (name: string) => number | undefined;
  /** The answer to `?{prompt}`; undefined for its default. */
  readonly answer?: (prompt: string) => number | undefined;
}

/** What a compiler works with. */
export interface CompileContext {
  readonly dialect: DialectName;
  readonly limits: Limits;
  readonly names: Names;
  /** Done to every die, before what its own operators do. */
  readonly everyDie: readonly Modifier[];
}

/** An expression ready to be rolled; `constant` when it needs no dice. */
export interface Compiled {
  readonly evaluate: Evaluate;
  readonly constant: Value | undefined;
  /** The dice that it rolls at least, as far as the text tells. */
  readonly dice: number;
}

/**
 * Makes functions of an expression. What can be known without rolling is worked out and checked here: constants,
 * the number of dice, dice of which every face explodes.
 *
 * @throws DiceError
 */
export function compile(node: Expression, context: CompileContext): Compiled {
  const { at } = node;
  switch (node.kind) {
    case "number":
      return constant(node.text.includes(".") ? fromDecimal(node.text) : Number(node.text));
    case "dice":
      return compileDice(node, context);
    case "group": {
      const items = node.items.map((item) => compile(item, context));
      const evaluates = items.map(({ evaluate }) => evaluate);
      return {
        evaluate: (run) => rollGroup(node, { items: evaluates, run }),
        constant: undefined,
        dice: checkedDice(items, { context, at }),
      };
    }
    case "negate":
      return combined([compile(node.of, context)], { context, at, calculate: ([of = 0]) => negate(of) });
    case "binary": {
      const calculate = operate(node.operator, dialectOf(context.dialect));
      return combined([compile(node.left, context), compile(node.right, context)], {
        context,
        at,
        calculate: ([left = 0, right = 0]) => calculate(left, right),
      });
    }
    case "call":
      return combined(
        node.arguments.map((one) => compile(one, context)),
        { context, at, calculate: (given) => callFunction(node.name, given) },
      );
    case "variable": {
      const value = context.names.variable?.(node.name);
      if (value === undefined) throw unknownName(`there is no value called "${node.name}"`, at);
      return constant(value);
    }
    case "query":
      return constant(answerOf(node, context));
    case "saved":
      throw unknownName(`there is no saved roll called "${node.name}"`, at);
    case "label":
      return compile(node.of, context);
    case "then":
      return combined([compile(node.condition, context), compile(node.value, context)], {
        context,
        at,
        calculate: ([holds = 0, value = 0]) => multiply(holds === 0 ? 0 : 1, value),
      });
    case "check":
      return combined([compile(node.of, context), compile(node.target, context)], {
        context,
        at,
        calculate: ([of = 0]) => of,
      });
    case "repeat":
      throw new TypeError("only the root of an expression is repeated");
  }
}

function unknownName(message: string, at: number): DiceError {
  return new DiceError(message, { code: "unknown_name", column: at + 1 });
}

function answerOf(
  { prompt, fallback, at }: Extract<Expression, { kind: "query" }>,
  { names }: CompileContext,
): Value {
  const answer = names.answer?.(prompt);
  if (answer !== undefined) return answer;
  if (fallback !== null && /^-?\d{1,15}$/.test(fallback)) return Number(fallback) + 0;
  throw unknownName(`give a number for "${prompt}"`, at);
}

function constant(value: Value): Compiled {
  return { evaluate: () => value, constant: value, dice: 0 };
}

function combined(
  parts: readonly Compiled[],
  given: {
    readonly context: CompileContext;
    readonly at: number;
    readonly calculate: (values: readonly Value[]) => Value;
  },
): Compiled {
  const { at, calculate, context } = given;
  const dice = checkedDice(parts, { context, at });
  const constants = parts.map((part) => part.constant);
  if (constants.every((value) => value !== undefined)) {
    return constant(atPlace(at, () => calculate(constants)));
  }
  const evaluates = parts.map(({ evaluate }) => evaluate);
  return {
    dice,
    constant: undefined,
    evaluate: (run) => {
      const values = evaluates.map((evaluate) => evaluate(run));
      return atPlace(at, () => calculate(values));
    },
  };
}

function checkedDice(
  parts: readonly { readonly dice: number }[],
  { context, at }: { context: CompileContext; at: number },
): number {
  const dice = parts.reduce((sum, part) => sum + part.dice, 0);
  return checkDice(dice, { limits: context.limits, at });
}

/** @throws DiceError for more dice than one roll may have */
export function checkDice(dice: number, { limits, at }: { limits: Limits; at: number }): number {
  if (dice <= limits.draws) return dice;
  throw limitError(`that is too many dice: ${limits.draws.toLocaleString("en")} is the most`, {
    limit: "draws",
    at,
  });
}

function compileDice(written: DiceNode, context: CompileContext): Compiled {
  const node = { ...written, modifiers: [...context.everyDie, ...written.modifiers] };
  const { limits } = context;
  const { at, sides } = node;
  const count = compile(node.count, context);
  const known = count.constant === undefined ? undefined : checkedCount(count.constant, { limits, at });
  const faces = sides.kind === "computed" ? compile(sides.of, context) : undefined;
  const fixed = sides.kind === "computed" ? computedShape(faces?.constant, { limits, at }) : shapeOf(sides);
  if (fixed) checkEnds(node, { shape: fixed, limits, count: known });
  return {
    constant: undefined,
    dice: checkDice(count.dice + (faces?.dice ?? 0) + (known ?? 0), { limits, at }),
    evaluate: (run) => {
      const rolled = known ?? checkedCount(count.evaluate(run), { limits, at });
      const shape = fixed ?? computedShape(faces?.evaluate(run) ?? 0, { limits, at });
      if (!shape) throw new TypeError("dice without faces");
      if (!fixed) checkEnds(node, { shape, limits, count: rolled });
      return rollPool(node, { count: rolled, shape, run });
    },
  };
}

function checkedCount(value: Value, { limits, at }: { limits: Limits; at: number }): number {
  if (typeof value !== "number" || value < 0) {
    throw new DiceError("the number of dice must be a whole number, and not below 0", {
      code: "arithmetic",
      column: at + 1,
    });
  }
  return checkDice(value, { limits, at });
}

function computedShape(
  value: Value | undefined,
  { limits, at }: { limits: Limits; at: number },
): DieShape | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || value < 1) {
    throw new DiceError("the faces of a die must be a whole number from 1", {
      code: "arithmetic",
      column: at + 1,
    });
  }
  if (value > limits.sides) {
    throw limitError(`a die can have at most ${limits.sides.toLocaleString("en")} faces`, {
      limit: "sides",
      at,
    });
  }
  return plainDie(value);
}

/** Refuses dice that could never come to rest. */
function checkEnds(
  { modifiers, at }: DiceNode,
  { shape, limits, count }: { shape: DieShape; limits: Limits; count: number | undefined },
): void {
  const endless = (what: string) =>
    limitError(`every face ${what}, so the roll would never end: ${limits.chain} times is the most`, {
      limit: "chain",
      at,
    });
  for (const modifier of modifiers) {
    if (
      modifier.kind === "explode" &&
      !modifier.once &&
      modifier.most === null &&
      shape.every(testFor(modifier.on, shape, "highest"))
    ) {
      throw endless("explodes");
    }
    if (
      modifier.kind === "reroll" &&
      modifier.how === "until" &&
      shape.every(testFor(modifier.on, shape, "lowest"))
    ) {
      throw endless("is rolled again");
    }
    if (modifier.kind === "unique" && !modifier.once && count !== undefined && count > shape.size) {
      throw endless("has been there and is rolled again");
    }
  }
}
