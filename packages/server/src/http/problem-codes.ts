/** What each stable error code of the API means: its status, a title, and what to do about it. */
export const PROBLEM_CODES = {
  body_invalid: [
    400,
    "The request is not of the described form",
    "Mend what `detail` names; the form is in /docs.",
  ],
  body_not_json: [
    400,
    "The body is not JSON",
    "Send a JSON document with the content type application/json.",
  ],
  body_not_utf8: [400, "The body is not UTF-8", "Encode the text as UTF-8."],
  body_too_deep: [400, "The JSON is nested too deeply", "Send at most 64 levels."],
  request_malformed: [400, "That is not HTTP", "Send a request of HTTP/1.1."],
  signed_out: [401, "Signed out", "Sign in, or refresh the access token."],
  wrong_password: [
    401,
    "Wrong e-mail address or password",
    "Try again, or have an administrator set a new one.",
  ],
  refresh_token_invalid: [401, "The refresh token is of no use any more", "Sign in again."],
  permission_denied: [403, "Not allowed", "Ask an administrator."],
  origin_refused: [
    403,
    "The request came from a foreign page",
    "Use the hall's own address, or a bearer token.",
  ],
  host_refused: [403, "The hall is not known by this name", "Add the name to http.allowedHosts."],
  own_account: [403, "Not on your own account", "Ask another administrator."],
  setup_link_used: [
    403,
    "The set-up link is of no use any more",
    "Take the link that the last start printed.",
  ],
  not_found: [404, "Not found", "See that the id is right and the thing is shared with you."],
  command_not_found: [404, "No such command", "GET /api/v1/commands lists them."],
  method_not_allowed: [405, "No such method here", "See /docs for what this path takes."],
  request_timeout: [408, "The request did not come to its end", "Send it again, all of it at once."],
  email_taken: [409, "The e-mail address has an account", "Use another address."],
  action_already_in_thread: [409, "The action is in the thread already", "Nothing needs to be done."],
  action_ended: [409, "The action has ended", "Run the command again."],
  action_not_held: [409, "The action is not yours to finish", "It has ended, or its time has passed."],
  body_too_large: [413, "The body is too large", "Send at most 1 MiB."],
  media_type_unsupported: [415, "Not a JSON request", "Send the content type application/json."],
  line_invalid: [422, "The line cannot be run", "Mend it as `error` and `help` say."],
  idempotency_mismatch: [422, "The key was used for another request", "Take a new Idempotency-Key."],
  too_many_requests: [429, "Too many requests", "Wait as long as Retry-After says."],
  headers_too_large: [431, "The headers are too large", "Send at most 16 KiB of headers."],
  internal_error: [500, "The hall made a mistake", "Report the reference; its log has the reason."],
  hall_stopping: [503, "The hall is stopping", "Try again after Retry-After seconds."],
  store_unavailable: [503, "The store is away", "Try again after Retry-After seconds."],
  store_full: [507, "The store's disk is full", "Free some space; nothing was stored."],
} as const satisfies Record<string, readonly [status: number, title: string, remedy: string]>;

/** A stable error code of the API. */
export type ProblemCode = keyof typeof PROBLEM_CODES;
