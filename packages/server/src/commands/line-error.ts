import type { Question } from "@guildhall/sdk";

/** What can be wrong with any typed line, or with arguments given as JSON. */
type LineErrorCode =
  | "unbalanced_quote"
  | "unknown_command"
  | "unknown_flag"
  | "unknown_argument"
  | "missing_argument"
  | "missing_value"
  | "extra_argument"
  | "bad_value"
  | "exclusive_arguments"
  | "line_too_long";

/** A line that asks before it runs: with the answers in its middle it is whole. */
export interface AskedLine {
  readonly questions: readonly Question[];
  /** What stands before the answers, which are one word: quoted where they need it. */
  readonly before: string;
  readonly after: string;
}

/** Why a line or its arguments were refused; a value, never thrown. */
export interface LineError {
  /** One of the hall's own, or a command's. */
  readonly code: LineErrorCode | (string & Record<never, never>);
  /** One sentence for the person who typed it, with how to put it right. Plain text: escape it where it is shown. */
  readonly message: string;
  /** Where in the line, counted from 1 in UTF-16 code units; absent for arguments given as JSON. */
  readonly column?: number;
  /** The limit that was exceeded, by its name. */
  readonly limit?: string;
  /** The nearest thing that would have been understood. */
  readonly suggestion?: string;
  /** The argument concerned, by its snake_case name. */
  readonly argument?: string;
  /** What would make the line whole, where somebody can be asked. */
  readonly asked?: AskedLine;
}

const SHOWN_LENGTH = 40;

/**
 * Makes something typed fit into a message: in double quotes, at most 40 UTF-16 code units, and with a replacement
 * character for each control character, so that it cannot steer the terminal on which it is shown.
 */
export function showTyped(typed: string): string {
  const shown = typed.length > SHOWN_LENGTH ? `${typed.slice(0, SHOWN_LENGTH).toWellFormed()}...` : typed;
  return `"${shown.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, "\uFFFD")}"`;
}
