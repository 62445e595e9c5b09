import { dialectOf, type Dialect, type DialectName } from "./dialect.ts";
import { DiceError, limitError } from "./dice-error.ts";
import { limitsOf, type Limits } from "./limits.ts";
import { parseAtom, type ParseState } from "./parse-atoms.ts";
import { bindingOf, UNARY_BINDING } from "./print.ts";
import { Scanner, textLimitError } from "./scanner.ts";
import type { Expression, Operator } from "./syntax-tree.ts";

/** How a text is to be read. */
export interface ParseOptions {
  /** `guildhall` when not given. */
  readonly dialect?: DialectName;
  readonly limits?: Partial<Limits>;
}

/** An expression at the beginning of a text. */
export interface ParsedPrefix {
  readonly expression: Expression;
  /** What stands behind it, without the spaces around. */
  readonly rest: string;
}

/**
 * Reads a whole text as an expression.
 *
 * @throws DiceError saying what is wrong, at which column, and which limit it exceeds if that is it
 */
export function parse(text: string, options: ParseOptions = {}): Expression {
  const limits = limitsOf(options.limits);
  const scanner = new Scanner(text, limits);
  return parseAll(scanner, dialectOf(options.dialect ?? "guildhall"));
}

/**
 * Reads the longest beginning of a text that is an expression and ends where a word ends; the rest is what the roll
 * is for. A rest that begins like arithmetic is an error: nobody means a total that leaves out what they typed.
 *
 * @throws DiceError when no beginning is an expression, or what would be one exceeds a limit
 */
export function parsePrefix(text: string, options: ParseOptions = {}): ParsedPrefix {
  const limits = limitsOf(options.limits);
  const window = text.slice(0, limits.text + 1);
  // What was cut off may be all that is wrong with what is left.
  const fault = (error: DiceError) => (text.length > limits.text ? textLimitError(text, limits) : error);
  let candidate = window;
  let first: DiceError | undefined;
  for (;;) {
    try {
      const expression = parse(candidate.slice(0, limits.text), { ...options, limits });
      if (first === undefined && text.length > limits.text) parse(text, { ...options, limits });
      const rest = text.slice(candidate.length).trim();
      if (first && readsAsArithmetic(rest)) throw fault(first);
      return { expression, rest };
    } catch (error) {
      if (!(error instanceof DiceError) || error.code !== "syntax") throw error;
      first ??= error;
      const cut = lastBreak(candidate, error.column - 1);
      if (cut === undefined) throw fault(first);
      candidate = candidate.slice(0, cut);
    }
  }
}

/** The end of the last word that begins before an offset; undefined when there is none to cut off. */
function lastBreak(text: string, before: number): number | undefined {
  const end = Math.min(before + 1, text.length);
  for (let at = end; at > 0; at -= 1) {
    if (/\s/.test(text[at] ?? "") && text.slice(0, at).trim() !== "") {
      const cut = text.slice(0, at).trimEnd().length;
      if (cut < text.length) return cut;
    }
  }
  return undefined;
}

function readsAsArithmetic(rest: string): boolean {
  // "- the big one" is a dash, "*bold*" and "<@U1>" are chat; "+ the rest" and "-5x" are sums gone wrong.
  return /^(?:[+)\]},^\u00D7\u00F7]|[-\u2212\u2013](?!\s+\p{L})|[*/%<>=](?=\s|\d|[($@]|d\d|=|$)(?!@))/u.test(
    rest,
  );
}

function parseAll(scanner: Scanner, dialect: Dialect): Expression {
  const parser = new Parser(scanner, dialect);
  const expression = parser.parseRoot();
  if (!scanner.isAtEnd) throw scanner.unexpected(parser.behind);
  return expression;
}

const FEYRE_WORDS: readonly (readonly [string, Operator])[] = [
  ["plus", "+"],
  ["minus", "-"],
  ["times", "*"],
];

/** A Pratt parser: each operator has a binding power, and operands are read as long as the next binds tighter. */
class Parser {
  readonly #scanner: Scanner;
  readonly #dialect: Dialect;
  readonly #state: ParseState;

  constructor(scanner: Scanner, dialect: Dialect) {
    this.#scanner = scanner;
    this.#dialect = dialect;
    this.#state = { scanner, dialect, parseInside: () => this.#parse(0) };
  }

  /** What to write where an expression could go on. */
  get behind(): string {
    if (this.#dialect.name === "feyre") {
      return "Invalid expressions string. Does it contain any extra characters?\nCheck /help roll for some examples";
    }
    return "put + or - between the parts, as in 1d20+5";
  }

  parseRoot(): Expression {
    const scanner = this.#scanner;
    const at = scanner.at;
    const times = this.#leadingTimes();
    const expression = this.#parse(0);
    if (times !== undefined) return this.#repeat(times, expression, at);
    if (this.#dialect.has.repeats !== "count") return expression;
    if (!scanner.takes("count") && !scanner.takes("c")) return expression;
    const countAt = scanner.at;
    const count = scanner.integer();
    if (count === undefined) throw scanner.unexpected("write how often, as in 1d20c4");
    if (count >= 10) {
      throw limitError("Count operator cannot be greater than 10: 9 is the most", {
        limit: "repeats",
        at: countAt,
      });
    }
    return this.#repeat(count, expression, at);
  }

  #leadingTimes(): number | undefined {
    const scanner = this.#scanner;
    const { repeats } = this.#dialect.has;
    const begin = scanner.end;
    if (repeats === "count" || repeats === "none" || !scanner.seesDigit) return undefined;
    const times = scanner.integer();
    const isRepeat =
      repeats === "hash" ? scanner.takes("#") : /^\s+\d*\s*d\s*[\d%]/i.test(scanner.text.slice(scanner.end));
    if (isRepeat) return times;
    scanner.return(begin);
    return undefined;
  }

  #repeat(times: number, of: Expression, at: number): Expression {
    const most = this.#scanner.limits.repeats;
    if (times > most) {
      throw limitError(`that is too often: ${most} repetitions is the most`, { limit: "repeats", at });
    }
    return { kind: "repeat", times, of, at };
  }

  #parse(least: number): Expression {
    let left = this.#parseUnary();
    for (;;) {
      const joined = this.#parseBehind(left, least);
      if (!joined) return left;
      left = joined;
    }
  }

  #parseUnary(): Expression {
    const scanner = this.#scanner;
    const at = scanner.at;
    if (this.#dialect.unaryMinus) {
      if (scanner.takes("+")) return scanner.within(() => this.#parse(UNARY_BINDING));
      if (scanner.takes("-")) {
        return { kind: "negate", of: scanner.within(() => this.#parse(UNARY_BINDING)), at };
      }
    } else if (this.#dialect.name === "feyre" && scanner.match(/[-+*/<>=]/y) !== undefined) {
      throw scanner.fault(
        "Invalid expression string. Two operators (+, -, /, ...) in a row is not supported",
        "dice or a number",
        at,
      );
    }
    return parseAtom(this.#state);
  }

  /** Reads an operator that binds at least so tightly, and its right side. */
  #parseBehind(left: Expression, least: number): Expression | undefined {
    const scanner = this.#scanner;
    const at = scanner.at;
    if (least <= 1 && this.#dialect.has.checks && scanner.match(/vs(?=[\s\d(@-])/y) !== undefined) {
      return { kind: "check", of: left, target: this.#parse(2), at };
    }
    if (least <= 2 && this.#dialect.name === "feyre" && (scanner.takes("then") || scanner.takes("t"))) {
      return { kind: "then", condition: left, value: this.#parse(3), at };
    }
    const begin = scanner.end;
    const operator = this.#operator();
    if (operator === undefined) return undefined;
    const binding = bindingOf(operator);
    if (binding < least) {
      scanner.return(begin);
      return undefined;
    }
    const isPower = operator === "**";
    const right = scanner.within(() => this.#parse(isPower ? UNARY_BINDING : binding + 1));
    return { kind: "binary", operator, left, right, at };
  }

  #operator(): Operator | undefined {
    const scanner = this.#scanner;
    for (const [word, operator] of this.#dialect.name === "feyre" ? FEYRE_WORDS : []) {
      if (scanner.takes(word)) return operator;
    }
    const begin = scanner.end;
    const typed = scanner.match(/\*\*|\/\/|[<>=!]=|[-+*/%^<>=]/y);
    if (typed === undefined) return undefined;
    const operator = OPERATORS.find(([spelling]) => spelling === typed)?.[1];
    if (operator !== undefined && this.#dialect.operators.includes(operator)) return operator;
    scanner.return(begin);
    return undefined;
  }
}

const OPERATORS: readonly (readonly [string, Operator])[] = [
  ["+", "+"],
  ["-", "-"],
  ["*", "*"],
  ["/", "/"],
  ["//", "//"],
  ["%", "%"],
  ["**", "**"],
  ["^", "**"],
  ["==", "=="],
  ["=", "=="],
  ["!=", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
];
