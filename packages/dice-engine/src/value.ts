/** A number of an expression: a whole one as it is, any other as an exact fraction. */
export type Value = number | Fraction;

/** An exact fraction in lowest terms whose denominator is 2 or more. */
export class Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;

  constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator;
    this.denominator = denominator;
  }
}

/** Why a number cannot be had. */
export type ValueFault = "magnitude" | "zero" | "whole" | "undefined";

/** Thrown by arithmetic; whoever knows the place makes a DiceError of it. */
export class ValueError extends Error {
  readonly fault: ValueFault;

  constructor(fault: ValueFault) {
    super(fault);
    this.fault = fault;
  }
}

// A fraction may grow to this many bits above and below its line.
const FRACTION_BITS = 512n;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

/** The value of numerator over denominator. */
export function fraction(numerator: bigint, denominator: bigint): Value {
  if (denominator === 0n) throw new ValueError("zero");
  const sign = denominator < 0n ? -1n : 1n;
  const common = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator * sign);
  const top = (numerator * sign) / common;
  const bottom = (denominator * sign) / common;
  const whole = top / bottom;
  if (whole > LARGEST || whole < -LARGEST || bottom >> FRACTION_BITS !== 0n)
    throw new ValueError("magnitude");
  return bottom === 1n ? Number(top) : new Fraction(top, bottom);
}

/** A whole number within the safe range, or the fault. */
function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new ValueError("magnitude");
  // 0 - 0 is 0, where -0 would be a negative zero.
  return value + 0;
}

function numeratorOf(value: Value): bigint {
  return typeof value === "number" ? BigInt(value) : value.numerator;
}

function denominatorOf(value: Value): bigint {
  return typeof value === "number" ? 1n : value.denominator;
}

export function add(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") return safe(a + b);
  return fraction(
    numeratorOf(a) * denominatorOf(b) + numeratorOf(b) * denominatorOf(a),
    denominatorOf(a) * denominatorOf(b),
  );
}

export function negate(a: Value): Value {
  return typeof a === "number" ? 0 - a : new Fraction(-a.numerator, a.denominator);
}

export function multiply(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") return safe(a * b);
  return fraction(numeratorOf(a) * numeratorOf(b), denominatorOf(a) * denominatorOf(b));
}

export function divide(a: Value, b: Value): Value {
  if (b === 0) throw new ValueError("zero");
  return fraction(numeratorOf(a) * denominatorOf(b), denominatorOf(a) * numeratorOf(b));
}

/** The largest whole number that is not above. */
export function floor(a: Value): number {
  if (typeof a === "number") return a;
  const cut = a.numerator / a.denominator;
  return Number(a.numerator < 0n ? cut - 1n : cut);
}

/** What is left of a after taking away b as often as it goes; it has b's sign. */
export function modulo(a: Value, b: Value): Value {
  return add(a, negate(multiply(b, floor(divide(a, b)))));
}

/** A power with a whole exponent exactly, any other as near as a double is. */
export function power(a: Value, b: Value): Value {
  if (typeof b !== "number") return fromDouble(toNumber(a) ** toNumber(b));
  if (b < 0) return divide(1, power(a, -b));
  if (a === 0 || a === 1 || b === 0) return a === 0 && b > 0 ? 0 : 1;
  if (a === -1) return b % 2 === 0 ? 1 : -1;
  // Of 2 or more, or of a fraction, no power beyond these bits can be told.
  if (BigInt(b) > FRACTION_BITS) throw new ValueError("magnitude");
  return fraction(numeratorOf(a) ** BigInt(b), denominatorOf(a) ** BigInt(b));
}

/** Below, equal or above: negative, zero or positive. */
export function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const difference = numeratorOf(a) * denominatorOf(b) - numeratorOf(b) * denominatorOf(a);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The value of a double, to 256 binary places. */
export function fromDouble(value: number): Value {
  if (Number.isSafeInteger(value)) return value + 0;
  if (Number.isNaN(value)) throw new ValueError("undefined");
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new ValueError("magnitude");
  let scale = 0;
  let scaled = value;
  while (!Number.isInteger(scaled) && scale < 256) {
    scaled *= 2;
    scale += 1;
  }
  return fraction(BigInt(Math.round(scaled)), 1n << BigInt(scale));
}

/** A decimal such as "2.50". */
export function fromDecimal(text: string): Value {
  const [digits = "", behind = ""] = text.split(".");
  if (digits.length + behind.length > 40) throw new ValueError("magnitude");
  return fraction(BigInt(digits + behind), 10n ** BigInt(behind.length));
}

/** The nearest double. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  const integral = value.numerator / value.denominator;
  const rest = value.numerator - integral * value.denominator;
  // 64 bits behind the point are more than a double holds.
  return Number(integral) + Number((rest << 64n) / value.denominator) / 2 ** 64;
}

/** As people read it: at most six decimals, rounded half away from zero. */
export function showValue(value: Value): string {
  if (typeof value === "number") return String(value);
  const negative = value.numerator < 0n;
  const magnitude = negative ? -value.numerator : value.numerator;
  const millionths = (magnitude * 2_000_000n + value.denominator) / (value.denominator * 2n);
  const decimals = (millionths % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
  const shown = `${millionths / 1_000_000n}${decimals === "" ? "" : `.${decimals}`}`;
  return negative && shown !== "0" ? `-${shown}` : shown;
}

/** By Euclid. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
