/** Why the hall refused a request that is well formed. */
export type HallErrorCode =
  | "wrong_password"
  | "setup_link_used"
  | "refresh_token_invalid"
  | "own_account"
  | "signed_out"
  | "permission_denied"
  | "idempotency_mismatch"
  | "action_not_held"
  | "hall_stopping"
  | "command_not_found";

/** A refusal whose message is meant for the person who asked. */
export class HallError extends Error {
  readonly code: HallErrorCode;

  constructor(code: HallErrorCode, message: string) {
    super(message);
    this.name = "HallError";
    this.code = code;
  }
}
