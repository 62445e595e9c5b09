import type { LimitName } from "./limits.ts";

/**
 * What was wrong. `syntax`: the text is no expression of its dialect. `limit`: it is one, and asks for too much.
 * `arithmetic`: a division by zero and its like. `faces`: the faces that were given do not fit the dice.
 * `unknown_name`: a variable or a saved roll that nobody knows.
 */
export type DiceErrorCode = "syntax" | "limit" | "arithmetic" | "faces" | "unknown_name";

/** The only error that this package throws for what somebody typed. */
export class DiceError extends Error {
  readonly code: DiceErrorCode;
  /** Where in the text, counted from 1 in UTF-16 code units. */
  readonly column: number;
  /** What would have been understood there. */
  readonly expected: string | undefined;
  /** The limit that was exceeded. */
  readonly limit: LimitName | undefined;

  constructor(
    message: string,
    facts: {
      readonly code: DiceErrorCode;
      readonly column: number;
      readonly expected?: string | undefined;
      readonly limit?: LimitName;
    },
  ) {
    super(message);
    this.name = "DiceError";
    this.code = facts.code;
    this.column = facts.column;
    this.expected = facts.expected;
    this.limit = facts.limit;
  }
}

/** The error of an exceeded limit, at an offset counted from 0. */
export function limitError(
  message: string,
  { limit, at }: { readonly limit: LimitName; readonly at: number },
): DiceError {
  return new DiceError(message, { code: "limit", column: at + 1, limit });
}
