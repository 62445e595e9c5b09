import { DiceError } from "@guildhall/dice-engine";
import { LineRefusedError } from "@guildhall/sdk";

/** What a person is told of an expression that cannot be rolled. */
export function refusal(error: DiceError): LineRefusedError {
  const { code, column, limit } = error;
  const where =
    code === "faces"
      ? "The faces do not fit"
      : `The dice cannot be read, at column ${column} of the expression`;
  return new LineRefusedError(`${where}: ${error.message}.`, {
    code: CODES[code],
    column,
    limit,
  });
}

const CODES = {
  syntax: "bad_expression",
  limit: "expression_limit",
  arithmetic: "bad_arithmetic",
  faces: "bad_faces",
  unknown_name: "unknown_name",
} as const;

/** Does something with an expression; what is wrong with it refuses the line. */
export function refusing<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof DiceError) throw refusal(error);
    throw error;
  }
}
