import { DiceError, limitError } from "./dice-error.ts";
import type { Limits } from "./limits.ts";

const SHOWN_LENGTH = 12;

/** The error of a text that is longer than its limit. */
export function textLimitError(text: string, limits: Limits): DiceError {
  return limitError(
    `the expression has ${text.length.toLocaleString("en")} characters: ${limits.text.toLocaleString("en")} is the most`,
    { limit: "text", at: limits.text },
  );
}

/** Reads a text from left to right; letter case does not count, and spaces may stand between the parts. */
export class Scanner {
  readonly text: string;
  readonly limits: Limits;
  readonly #plain: string;
  #at = 0;
  #tokens = 0;
  #nesting = 0;

  /** @throws DiceError for a text that is longer than its limit */
  constructor(text: string, limits: Limits) {
    if (text.length > limits.text) throw textLimitError(text, limits);
    this.text = text;
    this.limits = limits;
    // One code unit for one, so that places stay the same.
    this.#plain = text
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      .replace(/[\u2212\u2013]/g, "-")
      .replace(/\u00D7/g, "*")
      .replace(/\u00F7/g, "/");
  }

  /** The offset of the next character that is no space. */
  get at(): number {
    this.#skipSpace();
    return this.#at;
  }

  /** The offset behind the last part that was read. */
  get end(): number {
    return this.#at;
  }

  /** Goes back to an offset that {@link end} gave. */
  return(offset: number): void {
    this.#at = offset;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#plain.length;
  }

  /** Whether the text goes on with these characters. */
  sees(literal: string): boolean {
    return this.#plain.startsWith(literal, this.at);
  }

  /** Whether a digit comes next. */
  get seesDigit(): boolean {
    const code = this.#plain.charCodeAt(this.at);
    return code >= 48 && code <= 57;
  }

  /** Whether the sides of dice come next, as in `d6`. */
  get seesDice(): boolean {
    const sides = /d[\d%(]/y;
    sides.lastIndex = this.#at;
    return sides.test(this.#plain);
  }

  /** Reads these characters if they come next. */
  takes(literal: string): boolean {
    if (!this.sees(literal)) return false;
    this.#at += literal.length;
    this.count();
    return true;
  }

  /** Reads these characters, or fails. */
  needs(literal: string, what: string): void {
    if (!this.takes(literal)) throw this.unexpected(what);
  }

  /** Reads what a sticky pattern matches, in its plain form. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#plain)?.[0];
    if (found === undefined || found === "") return undefined;
    this.#at += found.length;
    this.count();
    return found;
  }

  /** Reads what a sticky pattern matches, as it was typed. */
  matchTyped(pattern: RegExp): string | undefined {
    const begin = this.at;
    return this.match(pattern) === undefined ? undefined : this.text.slice(begin, this.#at);
  }

  /** Reads a whole number without a sign. */
  integer(): number | undefined {
    const at = this.at;
    const digits = this.match(/\d+/y);
    if (digits === undefined) return undefined;
    const value = Number(digits);
    if (value > this.limits.magnitude) {
      throw limitError(
        `that number is too large: ${this.limits.magnitude.toLocaleString("en")} is the most`,
        {
          limit: "magnitude",
          at,
        },
      );
    }
    return value;
  }

  /** Counts one part of the text. */
  count(): void {
    this.#tokens += 1;
    if (this.#tokens > this.limits.tokens) {
      throw limitError(`the expression has too many parts: ${this.limits.tokens} is the most`, {
        limit: "tokens",
        at: this.#at,
      });
    }
  }

  /** Reads something that stands in brackets, or behind a sign. */
  within<Read>(read: () => Read): Read {
    this.#nesting += 1;
    if (this.#nesting > this.limits.nesting) {
      throw limitError(`too many brackets in brackets: ${this.limits.nesting} is the most`, {
        limit: "nesting",
        at: this.#at,
      });
    }
    const value = read();
    this.#nesting -= 1;
    return value;
  }

  /** The error that what comes next is not understood. */
  unexpected(expected: string): DiceError {
    return this.fault(`${this.#found()}: ${expected}`, expected);
  }

  /** An error at the next character, or at the given offset. */
  fault(message: string, expected?: string, at = this.at): DiceError {
    return new DiceError(message, { code: "syntax", column: at + 1, expected });
  }

  #found(): string {
    const rest = this.text.slice(this.at).trimEnd();
    if (rest === "") return "something is missing at the end";
    const [word = ""] = rest.split(/\s/);
    const shown = word.length > SHOWN_LENGTH ? `${word.slice(0, SHOWN_LENGTH).toWellFormed()}...` : word;
    return `"${shown.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, "\uFFFD")}" is not understood`;
  }

  #skipSpace(): void {
    while (isSpace(this.#plain.charCodeAt(this.#at))) this.#at += 1;
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}
