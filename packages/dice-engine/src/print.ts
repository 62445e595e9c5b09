import { dialectOf, type Dialect, type DialectName } from "./dialect.ts";
import { writeComparison } from "./modifier-table.ts";
import type { DiceNode, Expression, Face, GroupNode, Modifier, Operator, Sides } from "./syntax-tree.ts";

const BINDING: Readonly<Record<Operator, number>> = {
  "==": 2,
  "!=": 2,
  "<": 2,
  "<=": 2,
  ">": 2,
  ">=": 2,
  "+": 3,
  "-": 3,
  "*": 4,
  "/": 4,
  "//": 4,
  "%": 4,
  "**": 6,
};

/** How tightly an operator binds; a larger number binds tighter. */
export function bindingOf(operator: Operator): number {
  return BINDING[operator];
}

/** How tightly a minus in front binds. */
export const UNARY_BINDING = 5;
const ATOM = 8;

/**
 * The one plain form of an expression in its dialect. Reading it again gives the same expression, so printing is a
 * fixed point.
 */
export function print(expression: Expression, dialect: DialectName): string {
  return write(expression, dialectOf(dialect));
}

function write(node: Expression, dialect: Dialect): string {
  switch (node.kind) {
    case "number":
      return node.text;
    case "dice":
      return writeDice(node, dialect);
    case "group":
      return writeGroup(node, dialect);
    case "negate":
      return `-${bracketed(node.of, UNARY_BINDING, dialect)}`;
    case "binary":
      return writeBinary(node, dialect);
    case "call":
      return `${node.name}(${node.arguments.map((one) => write(one, dialect)).join(", ")})`;
    case "variable":
      return writeName("@", node.name);
    case "query":
      return `?{${node.prompt}${node.fallback === null ? "" : `|${node.fallback}`}}`;
    case "saved":
      return `$${node.name}${node.arguments.length === 0 ? "" : `(${node.arguments.map((one) => write(one, dialect)).join(", ")})`}`;
    case "label":
      return `${bracketed(node.of, ATOM, dialect)}[${node.label}]`;
    case "then":
      return `${write(node.condition, dialect)}t${bracketed(node.value, 3, dialect)}`;
    case "check":
      return `${bracketed(node.of, 2, dialect)} vs ${bracketed(node.target, 2, dialect)}`;
    case "repeat":
      return writeRepeat(node.times, write(node.of, dialect), dialect);
  }
}

function writeRepeat(times: number, of: string, { has }: Dialect): string {
  switch (has.repeats) {
    case "leading":
      return `${times} ${of}`;
    case "count":
      return `${of}c${times}`;
    case "hash":
    case "none":
      return `${times}#${of}`;
  }
}

/** How tightly the outermost part of a node binds. */
function binding(node: Expression): number {
  switch (node.kind) {
    case "binary":
      return bindingOf(node.operator);
    case "negate":
      return UNARY_BINDING;
    case "then":
      return 2;
    case "check":
      return 1;
    case "repeat":
      return 0;
    case "number":
    case "dice":
    case "group":
    case "call":
    case "variable":
    case "query":
    case "saved":
    case "label":
      return ATOM;
  }
}

function bracketed(node: Expression, least: number, dialect: Dialect): string {
  const text = write(node, dialect);
  return binding(node) < least ? `(${text})` : text;
}

function writeBinary(node: Extract<Expression, { kind: "binary" }>, dialect: Dialect): string {
  const own = bindingOf(node.operator);
  const isPower = node.operator === "**";
  // Behind a pool a comparison counts its dice; the sum is compared only outside brackets.
  const counts = own === 2 && dialect.successStyle !== null && endsInPool(node.left);
  const left = counts ? `(${write(node.left, dialect)})` : bracketed(node.left, isPower ? 7 : own, dialect);
  const right = bracketed(node.right, isPower ? UNARY_BINDING : own + 1, dialect);
  const operator = dialect.name === "feyre" && node.operator === "==" ? "=" : node.operator;
  return `${left}${operator}${right}`;
}

function endsInPool(node: Expression): boolean {
  switch (node.kind) {
    case "dice":
    case "group":
      return true;
    case "binary":
      return endsInPool(node.right);
    case "negate":
      return endsInPool(node.of);
    case "number":
    case "call":
    case "variable":
    case "query":
    case "saved":
    case "label":
    case "then":
    case "check":
    case "repeat":
      return false;
  }
}

function writeName(sign: string, name: string): string {
  return /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/i.test(name) ? sign + name : `${sign}{${name}}`;
}

function writeDice({ count, sides, modifiers }: DiceNode, dialect: Dialect): string {
  const number = count.kind === "number" ? count.text : `(${write(count, dialect)})`;
  return `${number}${writeSides(sides, dialect)}${writeModifiers(modifiers, dialect)}`;
}

function writeGroup({ items, modifiers }: GroupNode, dialect: Dialect): string {
  const inside = items.map((item) => write(item, dialect)).join(", ");
  return `{${inside}}${writeModifiers(modifiers, dialect)}`;
}

function writeSides(sides: Sides, dialect: Dialect): string {
  switch (sides.kind) {
    case "number":
      return `d${sides.of}`;
    case "computed":
      return `d(${write(sides.of, dialect)})`;
    case "percent":
      return "d%";
    case "tens":
      return dialect.percent === "tens" ? "d%" : "d%%";
    case "zero":
      return `z${sides.of}`;
    case "fudge":
      return sides.variant === 2 ? "dF" : "dF.1";
    case "coin":
      return "dc";
    case "faces":
      return `d[${sides.faces.map(writeFace).join(",")}]`;
  }
}

function writeFace({ value, symbol, weight }: Face): string {
  return `${symbol === null ? "" : `${symbol}=`}${value}${weight === 1 ? "" : `:${weight}`}`;
}

/** The operators behind a pool, each as its dialect spells it. */
function writeModifiers(modifiers: readonly Modifier[], dialect: Dialect): string {
  // Bare comparisons stand first: behind an operator they would be its condition.
  const isBare = (modifier: Modifier) =>
    modifier.kind === "success" &&
    modifier.worth === 1 &&
    "value" in modifier.on &&
    dialect.successStyle !== null;
  const parts = [...modifiers.filter(isBare), ...modifiers.filter((modifier) => !isBare(modifier))].map(
    (modifier) => writeModifier(modifier, dialect),
  );
  let text = "";
  for (const part of parts) {
    // Letters that meet could be read as one other operator.
    const meets = /[a-z!]$/.test(text) && /^[a-z!]/.test(part);
    text += `${meets || (dialect.name === "maiden" && part !== "") ? " " : ""}${part}`;
  }
  return text;
}

function writeModifier(modifier: Modifier, dialect: Dialect): string {
  if (modifier.kind === "twice") return "";
  for (const entry of dialect.modifiers) {
    const text = entry.write(modifier);
    if (text !== undefined) return text;
  }
  if (modifier.kind === "success" && dialect.successStyle) {
    return writeComparison(modifier.on, dialect.successStyle);
  }
  if (modifier.kind === "keep") {
    // Avrae's several keeps.
    return modifier.selectors
      .map((selector) => writeModifier({ kind: "keep", selectors: [selector] }, dialect))
      .join("");
  }
  throw new TypeError(`${dialect.name} has no spelling for ${JSON.stringify(modifier)}`);
}
