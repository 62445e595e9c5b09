import type { LineError } from "./line-error.ts";

/** One word of a line. */
export interface Token {
  /** The word without its quotes and escapes. */
  readonly value: string;
  /** Where it begins in the line, in UTF-16 code units from 0. */
  readonly start: number;
  /** Just behind its last code unit, closing quote included. */
  readonly end: number;
  /** Whether any part of it stood in quotes. */
  readonly quoted: boolean;
}

/** A quote that was opened and not closed. */
export interface OpenQuote {
  /** Where it stands in the line, from 0. */
  readonly index: number;
  /** The character that opened it. */
  readonly mark: string;
}

const DOUBLE_MARKS = new Set(['"', "\u201C", "\u201D", "\u201E", "\u201F"]);
const SMART_SINGLE_OPEN = "\u2018";
const SMART_SINGLE_CLOSE = "\u2019";
const QUOTE_MARKS = new Set([...DOUBLE_MARKS, "'", SMART_SINGLE_OPEN, SMART_SINGLE_CLOSE]);
const ESCAPED_IN_DOUBLE = new Set([...DOUBLE_MARKS, "\\", "$", "`"]);
const NEEDS_ESCAPE_IN_DOUBLE = new RegExp(`[\\\\${[...DOUBLE_MARKS].join("")}]`, "g");
const WHITESPACE = /\s/;
// Combining marks belong to the letter before them.
const ENDS_IN_LETTER = /[\p{L}\p{N}\p{M}]$/u;

/**
 * Splits a line into words as a POSIX shell quotes them, with these deviations for text typed in a chat:
 *
 * - nothing is expanded or special but quotes, backslash and whitespace;
 * - any of `"` and the smart double quotes opens a double-quoted part, and any of them closes it;
 * - `'` and the smart `‘` open no quote behind a letter or digit, so that `it's` and `rogues' den` are plain;
 *   `’` opens none at all; a part opened by `‘` is closed by `’` or `'`;
 * - outside quotes a backslash escapes only a quote, a backslash or whitespace, and else stands for itself.
 *
 * A backslash before a line break joins the two lines. Whitespace is what `\s` matches.
 */
export function tokenise(
  line: string,
): { readonly ok: true; readonly tokens: Token[] } | { readonly ok: false; readonly error: LineError } {
  const { tokens, openQuote } = scanLine(line);
  return openQuote ? { ok: false, error: unbalancedQuote(openQuote) } : { ok: true, tokens };
}

/** Splits like {@link tokenise}, but takes an unclosed quote to reach to the end of the line and names it. */
export function scanLine(line: string): { readonly tokens: Token[]; readonly openQuote?: OpenQuote } {
  const tokens: Token[] = [];
  let openQuote: OpenQuote | undefined;
  let at = 0;
  while (at < line.length && !openQuote) {
    const blank = blankLength({ line, at });
    if (blank > 0) {
      at += blank;
      continue;
    }
    const start = at;
    let value = "";
    let quoted = false;
    while (at < line.length && !WHITESPACE.test(line.charAt(at))) {
      const mark = line.charAt(at);
      if (opensQuote({ line, at })) {
        const open = at;
        const part = quotedPart({ line, open });
        value += part.value;
        quoted = true;
        at = part.end;
        if (!part.closed) openQuote = { index: open, mark };
      } else if (mark === "\\") {
        const escape = bareEscape({ line, at });
        value += escape.value;
        at = escape.end;
      } else {
        value += mark;
        at += 1;
      }
    }
    tokens.push({ value, start, end: at, quoted });
  }
  return openQuote ? { tokens, openQuote } : { tokens };
}

/** Says which quote is open and how to put it right. */
export function unbalancedQuote({ index, mark }: OpenQuote): LineError {
  const column = index + 1;
  const close = mark === SMART_SINGLE_OPEN ? SMART_SINGLE_CLOSE : mark === "'" ? "'" : '"';
  const kind = DOUBLE_MARKS.has(mark) ? "double" : "single";
  return {
    code: "unbalanced_quote",
    message: `The ${kind} quote ${mark} at column ${column} is not closed: add ${close} where it ends, or write \\${mark} for the character itself.`,
    column,
  };
}

/** Writes a value as one word that {@link tokenise} reads back unchanged; without quotes where none are needed. */
export function quote(value: string): string {
  // The space stands for whatever follows: a backslash at the end would escape it.
  const { tokens, openQuote } = scanLine(`${value} `);
  const [only] = tokens;
  // Whether a value needs quotes is asked of the very rules that will read it.
  if (tokens.length === 1 && !openQuote && only?.value === value) return value;
  return `"${value.replace(NEEDS_ESCAPE_IN_DOUBLE, "\\$&")}"`;
}

function blankLength({ line, at }: { line: string; at: number }): number {
  if (WHITESPACE.test(line.charAt(at))) return 1;
  return continuationLength({ line, at });
}

function continuationLength({ line, at }: { line: string; at: number }): number {
  if (line.startsWith("\\\n", at)) return 2;
  return line.startsWith("\\\r\n", at) ? 3 : 0;
}

function opensQuote({ line, at }: { line: string; at: number }): boolean {
  const mark = line.charAt(at);
  if (DOUBLE_MARKS.has(mark)) return true;
  if (mark !== "'" && mark !== SMART_SINGLE_OPEN) return false;
  return !ENDS_IN_LETTER.test(line.slice(Math.max(0, at - 2), at));
}

function closesQuote({ open, mark }: { open: string; mark: string }): boolean {
  if (DOUBLE_MARKS.has(open)) return DOUBLE_MARKS.has(mark);
  return mark === "'" || (open === SMART_SINGLE_OPEN && mark === SMART_SINGLE_CLOSE);
}

function quotedPart({ line, open }: { line: string; open: number }): {
  readonly value: string;
  readonly end: number;
  readonly closed: boolean;
} {
  const openMark = line.charAt(open);
  const escapes = DOUBLE_MARKS.has(openMark);
  let value = "";
  let at = open + 1;
  while (at < line.length) {
    const mark = line.charAt(at);
    if (closesQuote({ open: openMark, mark })) return { value, end: at + 1, closed: true };
    const next = line.charAt(at + 1);
    if (escapes && mark === "\\" && continuationLength({ line, at }) > 0) {
      at += continuationLength({ line, at });
    } else if (escapes && mark === "\\" && ESCAPED_IN_DOUBLE.has(next)) {
      value += next;
      at += 2;
    } else {
      value += mark;
      at += 1;
    }
  }
  return { value, end: at, closed: false };
}

function bareEscape({ line, at }: { line: string; at: number }): {
  readonly value: string;
  readonly end: number;
} {
  const continuation = continuationLength({ line, at });
  if (continuation > 0) return { value: "", end: at + continuation };
  const next = line.charAt(at + 1);
  const escapes = next === "\\" || QUOTE_MARKS.has(next) || (next !== "" && WHITESPACE.test(next));
  return escapes ? { value: next, end: at + 2 } : { value: "\\", end: at + 1 };
}
