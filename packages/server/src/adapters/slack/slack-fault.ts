/** Why a call to Slack did not do what it was to do. */
export type SlackFaultKind =
  /** Slack asks to wait. */
  | "rate_limited"
  /** No answer, or a fault of Slack's own: the same call may succeed later. */
  | "unavailable"
  /** The token is of no use any more. */
  | "token"
  /** There is no such channel, or the bot is not in it and cannot write there. */
  | "channel"
  /** The response URL is used up or has expired. */
  | "expired"
  /** The message can be edited no more. */
  | "message"
  | "other";

/** A call to Slack that failed, with what to do about it. */
export class SlackFault extends Error {
  readonly kind: SlackFaultKind;
  /** Slack's own code, such as `channel_not_found`. */
  readonly code: string;
  /** How long Slack asks to wait. */
  readonly retryAfterMilliseconds: number;

  constructor(
    kind: SlackFaultKind,
    code: string,
    options: { retryAfterMilliseconds?: number; cause?: unknown } = {},
  ) {
    super(`Slack answered ${code}`, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "SlackFault";
    this.kind = kind;
    this.code = code;
    this.retryAfterMilliseconds = options.retryAfterMilliseconds ?? 0;
  }
}

const KINDS: Readonly<Record<string, SlackFaultKind>> = {
  ...of("token", [
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "team_access_not_granted",
    "no_permission",
    "missing_scope",
  ]),
  ...of("channel", [
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "restricted_action",
    "messages_tab_disabled",
    "user_not_in_channel",
    "method_not_supported_for_channel_type",
  ]),
  ...of("message", [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "message_not_in_streaming_state",
    "msg_blocks_too_long",
    "msg_too_long",
  ]),
  ...of("expired", [
    "used_url",
    "expired_url",
    "expired_response_url",
    "invalid_response_url",
    "no_active_hooks",
  ]),
  ...of("unavailable", [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
  ]),
  ...of("rate_limited", ["ratelimited", "rate_limited", "message_limit_exceeded"]),
};

function of(kind: SlackFaultKind, codes: readonly string[]): Record<string, SlackFaultKind> {
  return Object.fromEntries(codes.map((code) => [code, kind]));
}

/** What kind of fault a code of Slack means. */
export function faultKind(code: string): SlackFaultKind {
  return KINDS[code] ?? "other";
}
