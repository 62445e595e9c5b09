import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Hall } from "../hall/open-hall.ts";
import type { Authentication } from "./authentication.ts";
import type { AllowedPlaces } from "./request-guards.ts";

/** The server as route files take it: requests are typed by their zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What route files stand on. */
export interface RouteContext {
  readonly hall: Hall;
  readonly authentication: Authentication;
  readonly places: AllowedPlaces;
  /** Whether people reach the hall by TLS, so that cookies may demand it. */
  readonly secureCookies: boolean;
  /** Aborts when the server begins to close: what waits then answers as things are. */
  readonly stopping: AbortSignal;
  /** How often a live view is asked whether it is alive, and whether it may go on. */
  readonly pingMilliseconds: number;
}
