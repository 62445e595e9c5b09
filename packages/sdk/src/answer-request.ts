import type { z } from "zod";
import type { JsonValue } from "./json.ts";
import { ruleOf } from "./rule-of-issue.ts";
import { answer, type Route, type RouteAnswer } from "./route.ts";
import type { Logger } from "./surroundings.ts";
import type { Tokens } from "./tokens.ts";

/** A request as it came in, before anything of it was read. */
export interface RawRequest {
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly query: unknown;
  readonly body: unknown;
  /** The header of that name. */
  readonly authorization: string | undefined;
  readonly tokens: Pick<Tokens, "verify">;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A request that a route does not take, with what it is answered. */
class RefusedRequest extends Error {
  readonly answer: RouteAnswer;

  constructor(status: number, body: JsonValue) {
    super("the request was refused");
    this.answer = answer(status, body);
  }
}

/**
 * Reads a request by a route's schemas, finds out who asks where the route wants to know, and has the route answer it.
 * What the route itself throws is thrown on.
 */
export async function answerRequest(route: Route, request: RawRequest): Promise<RouteAnswer> {
  const { log, signal } = request;
  try {
    const user = route.requireAuth ? await requireUser(request) : undefined;
    return await route.handle({
      parameters: read(route.parameters, request.parameters),
      query: read(route.query, request.query),
      body: route.body && read(route.body, request.body ?? {}),
      user,
      log,
      signal,
    });
  } catch (error) {
    if (error instanceof RefusedRequest) return error.answer;
    throw error;
  }
}

async function requireUser({ authorization = "", tokens }: RawRequest) {
  const [scheme = "", token = ""] = authorization.split(" ");
  if (scheme.toLowerCase() !== "bearer" || token === "") {
    throw new RefusedRequest(401, { error: "Missing or invalid authorization header" });
  }
  const user = await tokens.verify(token);
  if (!user) throw new RefusedRequest(401, { error: "Invalid token" });
  return user;
}

function read(schema: z.ZodType, given: unknown): unknown {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  const isMissing = issue !== undefined && field !== "" && valueAt(given, issue.path) === undefined;
  const error = isMissing
    ? `Missing required field: ${field}`
    : `Invalid ${field === "" ? "request" : `field ${field}`}: it ${issue ? ruleOf(issue) : "is not valid"}`;
  throw new RefusedRequest(400, { success: false, error });
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    given,
  );
}
