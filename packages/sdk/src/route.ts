import { z } from "zod";
import type { CommandUser } from "./command.ts";
import type { JsonValue } from "./json.ts";
import type { Logger } from "./surroundings.ts";

/** The methods that a route can have. */
export type RouteMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type NoFields = z.ZodObject<Record<never, never>>;

/** A request, with every part read by the route's schemas. */
export interface RouteRequest<Parameters, Query, Body, User> {
  /** The parts of the path, such as `id` of `/notes/:id`. */
  readonly parameters: Parameters;
  readonly query: Query;
  readonly body: Body;
  /** Who asks; only a route with `requireAuth` knows. */
  readonly user: User;
  readonly log: Logger;
  /** Aborts when the one who asked has gone. */
  readonly signal: AbortSignal;
}

/** What is answered. */
export interface RouteAnswer {
  readonly status: number;
  readonly body: JsonValue;
}

/** Makes an answer. */
export function answer(status: number, body: JsonValue): RouteAnswer {
  return { status, body };
}

/** A route of a module, mounted at the root of the hall. Made by {@link defineRoute}. */
export interface Route {
  readonly method: RouteMethod;
  readonly path: string;
  readonly summary: string;
  readonly requireAuth: boolean;
  readonly parameters: z.ZodType;
  readonly query: z.ZodType;
  readonly body: z.ZodType | undefined;
  handle(request: RouteRequest<unknown, unknown, unknown, CommandUser | undefined>): Promise<RouteAnswer>;
}

const PATH = /^\/(?:[A-Za-z0-9._~-]+|:[a-z][A-Za-z0-9]*)?(?:\/(?:[A-Za-z0-9._~-]+|:[a-z][A-Za-z0-9]*))*$/;

/**
 * Declares a route. A request whose parts do not fit the schemas is answered with 400
 * `{"success": false, "error": "Missing required field: name"}`, one that fails inside with 500 and a reference. With
 * `requireAuth` a request needs an access token: else it is answered with 401
 * `{"error": "Missing or invalid authorization header"}` or `{"error": "Invalid token"}`.
 *
 * A handler that works longer than 5 s belongs in a command; after 30 s the request is answered with 503.
 *
 * @throws TypeError for a path that is not `/words/:parameter/...`
 */
export function defineRoute<
  Path extends z.ZodType = NoFields,
  Query extends z.ZodType = NoFields,
  Body extends z.ZodType = z.ZodUndefined,
  const RequireAuth extends boolean = false,
>(definition: {
  readonly method: RouteMethod;
  /** Such as `/my-module/notes/:id`. */
  readonly path: string;
  readonly summary: string;
  readonly requireAuth?: RequireAuth;
  readonly parameters?: Path;
  readonly query?: Query;
  readonly body?: Body;
  handle(
    request: RouteRequest<
      z.output<Path>,
      z.output<Query>,
      z.output<Body>,
      RequireAuth extends true ? CommandUser : undefined
    >,
  ): RouteAnswer | Promise<RouteAnswer>;
}): Route {
  if (!PATH.test(definition.path)) {
    throw new TypeError(`"${definition.path}" cannot be the path of a route: write it as /words/:parameter`);
  }
  return {
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    requireAuth: definition.requireAuth ?? false,
    parameters: definition.parameters ?? z.object({}),
    query: definition.query ?? z.object({}),
    body: definition.body,
    handle: async (request) =>
      // The hall reads the request with these very schemas, and finds out who asks where `requireAuth` says so.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      await definition.handle(request as Parameters<typeof definition.handle>[0]),
  };
}
