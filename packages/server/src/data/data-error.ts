/** Why the store refused an operation that is well formed. */
export type DataErrorCode =
  | "not_found"
  | "email_taken"
  | "action_already_in_thread"
  | "action_ended"
  | "no_such_person"
  | "already_owner"
  | "move_too_far"
  | "last_administrator";

/** An operation that cannot be done as asked. */
export class DataError extends Error {
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string) {
    super(message);
    this.name = "DataError";
    this.code = code;
  }
}

/** The answer for what does not exist, and for what belongs to somebody else. */
export function notFound(what: string): DataError {
  return new DataError("not_found", `There is no such ${what}, or it is not yours.`);
}
