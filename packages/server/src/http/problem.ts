import type { JsonValue, Logger } from "@guildhall/sdk";
import type { FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { DataError } from "../data/data-error.ts";
import { storeFault } from "../data/store-error.ts";
import { newId } from "../data/uuid.ts";
import { HallError } from "../hall/hall-error.ts";
import { PROBLEM_CODES, type ProblemCode } from "./problem-codes.ts";

/** A refusal that a route makes itself. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extra: Readonly<Record<string, JsonValue>>;

  constructor(code: ProblemCode, detail: string, extra: Readonly<Record<string, JsonValue>> = {}) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.extra = extra;
  }
}

const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "media_type_unsupported",
  FST_ERR_CTP_EMPTY_JSON_BODY: "body_not_json",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "body_invalid",
  FST_ERR_BAD_URL: "not_found",
  FST_ERR_MAX_PARAM_LENGTH: "not_found",
};

const REQUEST_FAULTS = new Set<ProblemCode>([
  "body_invalid",
  "body_not_json",
  "body_not_utf8",
  "body_too_deep",
  "body_too_large",
  "media_type_unsupported",
]);

const RETRY_AFTER_SECONDS = 5;

/** A refusal before it is sent. */
interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly extra?: Readonly<Record<string, JsonValue>>;
}

/** The problem document (RFC 9457) of a refusal. */
export function problemDocument({ code, detail, extra }: Refusal) {
  const [status, title] = PROBLEM_CODES[code];
  return { type: `/docs/errors#${code}`, title, status, code, detail, ...extra };
}

/** Sends a problem document. */
export function sendProblem(reply: FastifyReply, problem: Refusal): FastifyReply {
  const [status] = PROBLEM_CODES[problem.code];
  if (status === 503) void reply.header("retry-after", RETRY_AFTER_SECONDS);
  if (status === 401) void reply.header("www-authenticate", "Bearer");
  return reply.code(status).type("application/problem+json").send(problemDocument(problem));
}

/** Whether the request itself is at fault: its body or its form. */
export function isRequestFault(error: Error): boolean {
  const problem = refusalOf(error);
  return problem !== undefined && REQUEST_FAULTS.has(problem.code);
}

/** Makes the handler that turns whatever a route throws into a problem document. */
export function problemHandler(log: Logger) {
  return (error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = refusalOf(error);
    if (problem) return sendProblem(reply, problem);
    const reference = newId();
    log.error(
      { err: error, reference, method: request.method, route: request.routeOptions.url ?? "" },
      "a request failed",
    );
    const detail = `Something went wrong inside. Its maintainers find the reason under the reference ${reference}.`;
    return sendProblem(reply, { code: "internal_error", detail, extra: { reference } });
  };
}

/** What an error is answered with that the request or the store is at fault for; undefined for one inside. */
export function refusalOf(error: Error): Refusal | undefined {
  if (error instanceof Problem) return { code: error.code, detail: error.message, extra: error.extra };
  if (error instanceof HallError || error instanceof DataError)
    return { code: error.code, detail: error.message };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message = "is not valid" }) => ({
      path: instancePath,
      message,
    }));
    const detail = errors.map(({ path, message }) => `${path || "/"}: ${message}`).join("; ");
    return { code: "body_invalid", detail, extra: { errors } };
  }
  const known = "code" in error && typeof error.code === "string" ? FASTIFY_CODES[error.code] : undefined;
  if (known) return { code: known, detail: error.message };
  if ("statusCode" in error && error.statusCode === 429)
    return { code: "too_many_requests", detail: error.message };
  switch (storeFault(error)) {
    case "unavailable":
    case "retry":
      return {
        code: "store_unavailable",
        detail:
          "The store cannot be reached just now. Repeat the request in a moment; with an Idempotency-Key it is done once.",
      };
    case "full":
      return { code: "store_full", detail: "The store's disk is full; nothing was stored." };
    case "unique":
    case "other":
      return undefined;
  }
}
