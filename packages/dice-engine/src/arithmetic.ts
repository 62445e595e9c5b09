import { DiceError, limitError } from "./dice-error.ts";
import type { Operator } from "./syntax-tree.ts";
import {
  add,
  compare,
  divide,
  floor,
  fraction,
  fromDouble,
  modulo,
  multiply,
  negate,
  power,
  toNumber,
  ValueError,
  type Value,
} from "./value.ts";

/** Does arithmetic for a place in the text, so that its faults name the column. */
export function atPlace<Result>(at: number, calculate: () => Result): Result {
  try {
    return calculate();
  } catch (error) {
    if (error instanceof ValueError) throw arithmeticError(error, at);
    throw error;
  }
}

function arithmeticError(error: ValueError, at: number): DiceError {
  const column = at + 1;
  switch (error.fault) {
    case "magnitude":
      return limitError(
        `the result is too large: ${Number.MAX_SAFE_INTEGER.toLocaleString("en")} is the most`,
        { limit: "magnitude", at },
      );
    case "zero":
      return new DiceError("that divides by zero", { code: "arithmetic", column });
    case "whole":
      return new DiceError("a whole number is needed here", { code: "arithmetic", column });
    case "undefined":
      return new DiceError("that has no result, like the root of a negative number", {
        code: "arithmetic",
        column,
      });
  }
}

/** What an operator makes of two numbers; a comparison makes 1 or 0. */
export function operate(
  operator: Operator,
  { floorsDivision }: { readonly floorsDivision: boolean },
): (left: Value, right: Value) => Value {
  switch (operator) {
    case "+":
      return add;
    case "-":
      return (left, right) => add(left, negate(right));
    case "*":
      return multiply;
    case "/":
      return floorsDivision ? (left, right) => floor(divide(left, right)) : divide;
    case "//":
      return (left, right) => floor(divide(left, right));
    case "%":
      return (left, right) => (right === 0 ? divide(left, right) : modulo(left, right));
    case "**":
      return power;
    case "==":
      return (left, right) => truth(compare(left, right) === 0);
    case "!=":
      return (left, right) => truth(compare(left, right) !== 0);
    case "<":
      return (left, right) => truth(compare(left, right) < 0);
    case "<=":
      return (left, right) => truth(compare(left, right) <= 0);
    case ">":
      return (left, right) => truth(compare(left, right) > 0);
    case ">=":
      return (left, right) => truth(compare(left, right) >= 0);
  }
}

function truth(holds: boolean): number {
  return holds ? 1 : 0;
}

const HALF: Value = fraction(1n, 2n);

/** What a function makes of its arguments, whose number the parser has checked. */
export function callFunction(name: string, given: readonly Value[]): Value {
  const [first = 0, second = 0, third = 0] = given;
  const real = (calculate: (value: number) => number) => fromDouble(calculate(toNumber(first)));
  switch (name) {
    case "abs":
      return compare(first, 0) < 0 ? negate(first) : first;
    case "floor":
      return floor(first);
    case "ceil":
      return 0 - floor(negate(first));
    case "round":
      // Half away from zero, as people do.
      return compare(first, 0) < 0 ? 0 - floor(add(negate(first), HALF)) : floor(add(first, HALF));
    case "sign":
      return Math.sign(compare(first, 0));
    case "sqrt":
      return real(Math.sqrt);
    case "log":
      return real(Math.log);
    case "exp":
      return real(Math.exp);
    case "sin":
      return real(Math.sin);
    case "cos":
      return real(Math.cos);
    case "tan":
      return real(Math.tan);
    case "pow":
      return power(first, second);
    case "min":
      return given.reduce((least, value) => (compare(value, least) < 0 ? value : least));
    case "max":
      return given.reduce((most, value) => (compare(value, most) > 0 ? value : most));
    case "if":
      return compare(first, 0) !== 0 ? second : third;
    default:
      throw new TypeError(`there is no function "${name}"`);
  }
}
