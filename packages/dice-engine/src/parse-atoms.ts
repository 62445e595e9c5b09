import type { Dialect } from "./dialect.ts";
import { limitError } from "./dice-error.ts";
import { parseModifiers } from "./parse-modifiers.ts";
import type { Scanner } from "./scanner.ts";
import type { Expression, Face, Sides } from "./syntax-tree.ts";

/** What the parts of a parser share. */
export interface ParseState {
  readonly scanner: Scanner;
  readonly dialect: Dialect;
  /** Reads a whole expression within brackets. */
  readonly parseInside: () => Expression;
}

const NAME = /[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*/iy;
const FUNCTION = /[a-z]+(?=\s*\()/iy;
const DECIMAL = /\d+\.\d+|\.\d+/y;
const INSIDE_BRACES = /[^{}]{1,100}/y;
const LABEL = /[^[\]]{1,100}/y;

/** The functions and how many arguments each takes. */
export const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  abs: [1, 1],
  floor: [1, 1],
  ceil: [1, 1],
  round: [1, 1],
  sign: [1, 1],
  sqrt: [1, 1],
  pow: [2, 2],
  log: [1, 1],
  exp: [1, 1],
  sin: [1, 1],
  cos: [1, 1],
  tan: [1, 1],
  min: [1, 20],
  max: [1, 20],
  if: [3, 3],
};

const WHAT_TO_WRITE = "write dice such as 2d6, or a number";

/** Reads a number, dice, a group, a name or something in round brackets, with its label. */
export function parseAtom(state: ParseState): Expression {
  const { scanner, dialect } = state;
  const at = scanner.at;
  const atom = parseBareAtom(state, at);
  if (!dialect.has.labels || scanner.sees("[[") || !scanner.takes("[")) return atom;
  const label = scanner.matchTyped(LABEL)?.trim().replace(/\s+/g, " ");
  if (label === undefined || label === "") throw scanner.unexpected("write what it is, as in [fire]");
  scanner.needs("]", "close the label with ]");
  return { kind: "label", label, of: atom, at };
}

function parseBareAtom(state: ParseState, at: number): Expression {
  const { scanner, dialect } = state;
  const { has } = dialect;
  if (has.inlineRolls && scanner.takes("[[")) {
    const inside = scanner.within(state.parseInside);
    scanner.needs("]]", "close the inline roll with ]]");
    return diceBehind(state, inside, at);
  }
  if (scanner.takes("(")) {
    const inside = scanner.within(state.parseInside);
    scanner.needs(")", "close the bracket with )");
    return diceBehind(state, inside, at);
  }
  if (has.groups && scanner.takes("{")) return parseGroup(state, at);
  if (has.names) {
    const name = parseName(state, at);
    if (name) return name;
  }
  if (has.functions) {
    const call = parseCall(state, at);
    if (call) return call;
  }
  const decimal = has.decimals ? scanner.match(DECIMAL) : undefined;
  if (decimal !== undefined) return { kind: "number", text: plainDecimal(decimal, scanner, at), at };
  const number = scanner.integer();
  const count: Expression = { kind: "number", text: String(number ?? 1), at };
  const dice = parseDice(state, count, at);
  if (dice) return dice;
  if (number === undefined) throw scanner.unexpected(WHAT_TO_WRITE);
  return count;
}

/** Something in brackets may be the number of dice. */
function diceBehind(state: ParseState, count: Expression, at: number): Expression {
  return (state.dialect.has.computedDice && parseDice(state, count, at)) || count;
}

function plainDecimal(typed: string, scanner: Scanner, at: number): string {
  if (typed.length > 30) {
    throw limitError("that number has too many digits", { limit: "magnitude", at });
  }
  const [whole = "", behind = ""] = typed.split(".");
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  if (Number(digits) > scanner.limits.magnitude) {
    throw limitError("that number is too large", { limit: "magnitude", at });
  }
  const decimals = behind.replace(/0+$/, "");
  return decimals === "" ? digits : `${digits}.${decimals}`;
}

function parseDice(state: ParseState, count: Expression, at: number): Expression | undefined {
  const { scanner, dialect } = state;
  const zero = dialect.has.zeroBased && scanner.sees("z");
  if (!scanner.sees("d") && !zero) return undefined;
  // A word such as "damage" is no die.
  if (scanner.match(/[dz](?=\s*[0-9%([]|\s*f(?![a-z])|c(?![a-z]))/y) === undefined) {
    if (count.kind !== "number" || count.at !== scanner.at) {
      scanner.takes("d");
      throw scanner.unexpected("write the faces of the die, as in 1d6 or d%");
    }
    return undefined;
  }
  if (count.kind === "number" && Number(count.text) > scanner.limits.draws) {
    throw limitError(`that is too many dice: ${scanner.limits.draws.toLocaleString("en")} is the most`, {
      limit: "draws",
      at,
    });
  }
  if (count.kind === "number" && count.text === "0") {
    throw scanner.fault("that rolls no dice: give at least one, as in 1d6", "1d6", at);
  }
  const sides = parseSides(state, zero);
  const modifiers = parseModifiers(scanner, { dialect, onGroup: false });
  return { kind: "dice", count, sides, modifiers, at };
}

function parseSides(state: ParseState, zero: boolean): Sides {
  const { scanner, dialect } = state;
  const { has, percent } = dialect;
  const at = scanner.at;
  if (scanner.seesDigit) {
    const of = scanner.integer() ?? 0;
    if (of === 0) throw scanner.fault("a die needs at least one face, as in 1d6", "1d6", at);
    if (of > scanner.limits.sides) {
      throw limitError(`a die can have at most ${scanner.limits.sides.toLocaleString("en")} faces`, {
        limit: "sides",
        at,
      });
    }
    return { kind: zero ? "zero" : "number", of };
  }
  if (percent === "percent" && has.fudge && scanner.takes("%%")) return { kind: "tens" };
  if (scanner.takes("%")) return { kind: percent };
  if (has.fudge && scanner.takes("f.1")) return { kind: "fudge", variant: 1 };
  if (has.fudge && (scanner.takes("f.2") || scanner.takes("f"))) return { kind: "fudge", variant: 2 };
  if (has.coin && scanner.takes("c")) return { kind: "coin" };
  if (has.computedDice && scanner.takes("(")) {
    const of = scanner.within(state.parseInside);
    scanner.needs(")", "close the bracket with )");
    return { kind: "computed", of };
  }
  if (has.customFaces && scanner.takes("[")) return { kind: "faces", faces: parseFaces(scanner) };
  throw scanner.unexpected("write the faces of the die, as in 1d6 or d%");
}

const SYMBOL = /[^\s,:=[\]]{1,30}/y;
const MOST_FACES = 200;

/** `d[0,0,1,2:3]`, `d[hit=1:2,miss=0]`: values, each with a symbol before it and how many sides show it behind. */
function parseFaces(scanner: Scanner): readonly Face[] {
  const faces: Face[] = [];
  do {
    const at = scanner.at;
    const first = scanner.matchTyped(SYMBOL);
    if (first === undefined) throw scanner.unexpected("write what the faces show, as in d[1,1,2,3]");
    const named = scanner.takes("=");
    const sign = named && scanner.takes("-") ? -1 : 1;
    const valued = named ? sign * needInteger(scanner) : /^-?\d{1,9}$/.test(first) ? Number(first) : 0;
    const weight = scanner.takes(":") ? needInteger(scanner) : 1;
    if (weight < 1 || weight > 1000) throw scanner.fault("a face is on 1 to 1,000 sides", "1", at);
    const symbol = named || !/^-?\d{1,9}$/.test(first) ? first : null;
    faces.push({ value: valued + 0, symbol, weight });
    if (faces.length > MOST_FACES) {
      throw limitError(`a die can list at most ${MOST_FACES} faces`, { limit: "sides", at });
    }
  } while (scanner.takes(","));
  scanner.needs("]", "close the faces with ]");
  return faces;
}

function needInteger(scanner: Scanner): number {
  const value = scanner.integer();
  if (value === undefined) throw scanner.unexpected("write a whole number");
  return value;
}

function parseGroup(state: ParseState, at: number): Expression {
  const { scanner, dialect } = state;
  const items: Expression[] = [];
  do items.push(scanner.within(state.parseInside));
  while (scanner.takes(","));
  scanner.needs("}", "close the group with }");
  const modifiers = parseModifiers(scanner, { dialect, onGroup: true });
  return { kind: "group", items, modifiers, at };
}

function parseName(state: ParseState, at: number): Expression | undefined {
  const { scanner } = state;
  if (scanner.takes("@{")) {
    const name = scanner.matchTyped(INSIDE_BRACES)?.trim().replace(/\s+/g, " ");
    if (name === undefined || name === "") throw scanner.unexpected("write a name, as in @{strength}");
    scanner.needs("}", "close the name with }");
    return { kind: "variable", name, at };
  }
  if (scanner.takes("@")) {
    const name = scanner.matchTyped(NAME);
    if (name === undefined) throw scanner.unexpected("write a name, as in @strength");
    return { kind: "variable", name, at };
  }
  if (scanner.takes("?{")) {
    const [prompt = "", ...fallback] = (scanner.matchTyped(INSIDE_BRACES) ?? "").split("|");
    if (prompt.trim() === "") throw scanner.unexpected("write what to ask, as in ?{Bonus|2}");
    scanner.needs("}", "close the question with }");
    const rest = fallback.length === 0 ? null : fallback.join("|").trim();
    return { kind: "query", prompt: prompt.trim(), fallback: rest, at };
  }
  if (!scanner.takes("$")) return undefined;
  const name = scanner.match(NAME);
  if (name === undefined) throw scanner.unexpected("write the name of a saved roll, as in $smite");
  return { kind: "saved", name, arguments: scanner.takes("(") ? parseArguments(state) : [], at };
}

function parseCall(state: ParseState, at: number): Expression | undefined {
  const { scanner } = state;
  const begin = scanner.end;
  const name = scanner.match(FUNCTION);
  if (name === undefined) return undefined;
  const bounds = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!bounds) {
    scanner.return(begin);
    return undefined;
  }
  scanner.needs("(", "open a bracket");
  const given = parseArguments(state);
  const [least, most] = bounds;
  if (given.length < least || given.length > most) {
    const wanted = least === most ? String(least) : `${least} to ${most}`;
    throw scanner.fault(`${name} takes ${wanted} ${wanted === "1" ? "argument" : "arguments"}`, wanted, at);
  }
  return { kind: "call", name, arguments: given, at };
}

function parseArguments(state: ParseState): Expression[] {
  const { scanner } = state;
  const given: Expression[] = [];
  if (scanner.takes(")")) return given;
  do given.push(scanner.within(state.parseInside));
  while (scanner.takes(","));
  scanner.needs(")", "close the bracket with )");
  return given;
}
