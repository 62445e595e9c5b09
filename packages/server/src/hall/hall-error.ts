/** Why the hall refused a request that is well formed. */
export type HallErrorCode =
  | "wrong_password"
  | "setup_link_used"
  | "invitation_used"
  | "password_link_used"
  | "refresh_token_invalid"
  | "own_account"
  | "signed_out"
  | "permission_denied"
  | "idempotency_mismatch"
  | "action_not_held"
  | "signature_invalid"
  | "adapter_off"
  | "body_invalid"
  | "hall_stopping"
  | "command_not_found"
  | "adapter_not_found"
  | "module_not_found"
  | "module_needed"
  | "config_refused";

/** A refusal whose message is meant for the person who asked. */
export class HallError extends Error {
  readonly code: HallErrorCode;

  constructor(code: HallErrorCode, message: string) {
    super(message);
    this.name = "HallError";
    this.code = code;
  }
}
