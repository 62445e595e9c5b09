import type { Comparison, Condition, Modifier, Selector } from "./syntax-tree.ts";
import type { Scanner } from "./scanner.ts";

/** One operator of a dialect behind a pool: how it is spelled, read and written. */
export interface ModifierEntry {
  readonly spelling: string;
  /** Reads what stands behind the spelling; undefined when this is not it after all. */
  readonly read: (scanner: Scanner) => Modifier | undefined;
  /** The whole operator, or undefined when this entry does not write such a modifier. */
  readonly write: (modifier: Modifier) => string | undefined;
}

/** The operators of a dialect, tried in this order: a longer spelling stands before its beginning. */
export type ModifierTable = readonly ModifierEntry[];

/** How a dialect writes conditions. */
export interface ConditionStyle {
  /** What `>` and `<` mean. */
  readonly bounds: "strict" | "inclusive";
  /** What a bare number means. */
  readonly bare: Comparison;
  /** Whether `>=3d4` is a comparison with dice, and so no condition; else `d4` drops. */
  readonly comparesDice?: boolean;
}

const SYMBOLS = /(?:>=|<=|!=|==|[<>=])/y;

/** Reads a condition such as `>5`, `5` or `<=3`; undefined when there is none. */
export function readCondition(scanner: Scanner, style: ConditionStyle): Condition | undefined {
  const begin = scanner.end;
  if (scanner.seesDigit) return { test: style.bare, value: scanner.integer() ?? 0 };
  const symbol = scanner.match(SYMBOLS);
  if (symbol === undefined) return undefined;
  const sign = scanner.takes("-") ? -1 : 1;
  const value = scanner.integer();
  if (value === undefined || (style.comparesDice && scanner.seesDice)) {
    scanner.return(begin);
    return undefined;
  }
  return { test: comparisonOf(symbol, style), value: 0 + sign * value };
}

/** Reads a condition that must be there. */
export function needCondition(scanner: Scanner, style: ConditionStyle, spelling: string): Condition {
  const found = readCondition(scanner, style);
  if (found) return found;
  throw scanner.unexpected(
    `write a number or a comparison after ${spelling}, as in ${spelling}5 or ${spelling}>5`,
  );
}

function comparisonOf(symbol: string, style: ConditionStyle): Comparison {
  switch (symbol) {
    case ">":
      return style.bounds === "strict" ? ">" : ">=";
    case "<":
      return style.bounds === "strict" ? "<" : "<=";
    case ">=":
    case "<=":
    case "!=":
      return symbol;
    default:
      return "=";
  }
}

/** A condition as the dialect spells it. */
export function writeCondition(condition: Condition | null, style: ConditionStyle): string {
  if (condition === null) return "";
  if (!("value" in condition)) return condition.test;
  const { test, value } = condition;
  if (test === style.bare && value >= 0) return String(value);
  return `${symbolOf(test, style)}${value}`;
}

/** A condition with its comparison always written. */
export function writeComparison(condition: Condition, style: ConditionStyle): string {
  if (!("value" in condition)) return condition.test;
  return `${symbolOf(condition.test, style)}${condition.value}`;
}

function symbolOf(test: Comparison, { bounds }: ConditionStyle): string {
  if (bounds === "strict") return test;
  return test === ">=" ? ">" : test === "<=" ? "<" : test;
}

/** Reads the number behind an operator that needs one. */
export function needNumber(scanner: Scanner, spelling: string): number {
  const value = scanner.integer();
  if (value === undefined) {
    throw scanner.unexpected(`write a number after ${spelling}, as in ${spelling}1`);
  }
  return value;
}

/** Reads how many dice an operator picks: at least one. */
export function needCount(scanner: Scanner, spelling: string, fallback?: number): number {
  const at = scanner.at;
  const count = fallback !== undefined && !scanner.seesDigit ? fallback : needNumber(scanner, spelling);
  if (count < 1) throw scanner.fault(`${spelling}0 names no dice: give at least 1`, `${spelling}1`, at);
  return count;
}

/** An entry that keeps or drops so many dice of one end. */
export function picks(given: {
  readonly spelling: string;
  readonly kind: "keep" | "drop";
  readonly pick: "high" | "low" | "middle";
  /** How many are meant where no number stands; without it a number is needed. */
  readonly fallback?: number;
  /** Whether this is how the dialect writes it. */
  readonly plain?: boolean;
}): ModifierEntry {
  const { spelling, kind, pick, fallback, plain = true } = given;
  return {
    spelling,
    read: (scanner) => ({
      kind,
      selectors: [{ pick, count: needCount(scanner, spelling, fallback) }],
    }),
    write: (modifier) => {
      if (!plain || modifier.kind !== kind) return undefined;
      const [only, ...others] = modifier.selectors;
      if (!only || others.length > 0 || only.pick !== pick || !("count" in only)) return undefined;
      return `${spelling}${only.count}`;
    },
  };
}

/** An entry with a condition that may be left out, or may not. */
export function conditional(given: {
  readonly spelling: string;
  readonly style: ConditionStyle;
  readonly optional: boolean;
  readonly make: (on: Condition | null) => Modifier;
  /** Whether a modifier is of this entry, whatever its condition. */
  readonly is: (modifier: Modifier) => boolean;
}): ModifierEntry {
  const { spelling, style, optional, make, is } = given;
  return {
    spelling,
    read: (scanner) =>
      make(optional ? (readCondition(scanner, style) ?? null) : needCondition(scanner, style, spelling)),
    write: (modifier) =>
      is(modifier) && "on" in modifier ? `${spelling}${writeCondition(modifier.on, style)}` : undefined,
  };
}

/** An entry with nothing behind its spelling. */
export function bare(
  spelling: string,
  modifier: Modifier,
  also?: (modifier: Modifier) => boolean,
): ModifierEntry {
  const same = also ?? ((other: Modifier) => JSON.stringify(other) === JSON.stringify(modifier));
  return { spelling, read: () => modifier, write: (other) => (same(other) ? spelling : undefined) };
}

/** An entry with a number behind its spelling. */
export function numbered(given: {
  readonly spelling: string;
  readonly make: (value: number) => Modifier;
  readonly valueOf: (modifier: Modifier) => number | undefined;
  readonly fallback?: number;
  readonly least?: number;
}): ModifierEntry {
  const { spelling, make, valueOf, fallback, least = 0 } = given;
  return {
    spelling,
    read: (scanner) => {
      const at = scanner.at;
      const value = fallback !== undefined && !scanner.seesDigit ? fallback : needNumber(scanner, spelling);
      if (value < least)
        throw scanner.fault(`${spelling} needs at least ${least}`, `${spelling}${least}`, at);
      return make(value);
    },
    write: (modifier) => {
      const value = valueOf(modifier);
      return value === undefined ? undefined : `${spelling}${value}`;
    },
  };
}

/** Which dice a selector means, in words for keep and drop by condition. */
export function matchSelector(modifier: Modifier, kind: "keep" | "drop"): Condition | undefined {
  if (modifier.kind !== kind) return undefined;
  const [only, ...others]: readonly Selector[] = modifier.selectors;
  return only?.pick === "match" && others.length === 0 ? only.on : undefined;
}
