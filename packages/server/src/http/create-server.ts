import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Logger } from "@guildhall/sdk";
import type { z } from "zod";
import type { ChatSetUp } from "../hall/chat-set-up.ts";
import type { Hall } from "../hall/open-hall.ts";
import { noteMethods } from "./allowed-methods.ts";
import { Authentication, signedOut } from "./authentication.ts";
import { serveConsole } from "./console-files.ts";
import { BODY_LIMIT, readJsonBodies } from "./json-body.ts";
import { describeApi, OPENAPI_INFO } from "./openapi.ts";
import { refuseMalformed } from "./malformed-request.ts";
import { registerModuleRoutes } from "./module-routes.ts";
import { isRequestFault, problemHandler, sendProblem } from "./problem.ts";
import { checkHost, type AllowedPlaces } from "./request-guards.ts";
import type { App, RouteContext } from "./route-context.ts";
import { registerActions } from "./routes/actions.ts";
import { registerAuth } from "./routes/auth.ts";
import { registerChatSetUps } from "./routes/chat-set-ups.ts";
import { registerCommands } from "./routes/commands.ts";
import { registerDocs } from "./routes/docs.ts";
import { registerInvitations } from "./routes/invitations.ts";
import { registerPasswordLinks } from "./routes/password-links.ts";
import { registerSessions } from "./routes/sessions.ts";
import { registerEvents } from "./routes/events.ts";
import { registerModules } from "./routes/modules.ts";
import { registerServices } from "./routes/services.ts";
import { registerSettings } from "./routes/settings.ts";
import { registerSystem } from "./routes/system.ts";
import { registerThreadMembers } from "./routes/thread-members.ts";
import { registerThreads } from "./routes/threads.ts";
import { registerPublicNumbers, registerUsage } from "./routes/usage.ts";
import { registerUsers } from "./routes/users.ts";

/** How the server is reached. */
export interface ServerOptions extends AllowedPlaces {
  readonly requestsPerMinute: number;
  /** Between two looks at a live view; 20 s when left out. */
  readonly pingMilliseconds?: number;
}

const PING_MILLISECONDS = 20_000;
const SAFETY_HEADERS = { "x-content-type-options": "nosniff", "referrer-policy": "same-origin" };

/** Makes the HTTP server of a hall; it does not listen yet. */
export async function createServer(given: {
  readonly hall: Hall;
  readonly log: Logger;
  readonly options: ServerOptions;
  /** Further routes, each registered in a scope of its own: body parsers that one sets are for its routes only. */
  readonly mounts?: readonly ((scope: FastifyInstance) => Promise<void>)[];
  /** The chat platforms whose set-up the API shows. */
  readonly chatSetUps?: readonly ChatSetUp[];
}): Promise<App> {
  const { hall, log, options } = given;
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    trustProxy: options.publicUrl === undefined ? false : "loopback",
    routerOptions: { maxParamLength: 1000 },
    // Without these it loads compilers of its own, which the ones below replace.
    schemaController: {
      compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler },
    },
    clientErrorHandler: refuseMalformed,
    // Of these no hook knows: paths that cannot be read.
    frameworkErrors: (error, request, reply) => {
      void reply.headers(SAFETY_HEADERS);
      void problemHandler(log)(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler<z.core.$ZodType>((route) => {
    const validate = validatorCompiler(route);
    // The framework takes a body that was not sent for null.
    return route.httpPart === "body" ? (data: unknown) => validate(data ?? undefined) : validate;
  });
  // The answers are typed where they are made; the tests hold them against the description.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  const authentication = new Authentication({ hall, places: options });
  const answerError = problemHandler(log);
  app.setErrorHandler(async (error: Error, request, reply) =>
    answerError(await whatToTell({ error, request, authentication }), request, reply),
  );
  const methodsOf = noteMethods(app);
  readJsonBodies(app);

  // Before the other hooks: it cuts the connection of an upgrade that they refuse.
  await app.register(websocket, {
    options: { maxPayload: 4096 },
    // Each route closes its own sockets, and says why.
    preClose: (done: () => void) => done(),
  });

  const stop = new AbortController();
  app.addHook("preClose", async () => stop.abort());
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers(SAFETY_HEADERS);
    checkHost(request, options);
    if (stop.signal.aborted) {
      return sendProblem(reply, {
        code: "hall_stopping",
        detail: "The hall is stopping: try again in a moment.",
      });
    }
    return undefined;
  });
  app.addHook("onSend", async (_request, reply) => {
    // A connection that is kept for more would hold up the stop.
    if (stop.signal.aborted) void reply.header("connection", "close");
  });
  app.addHook("onResponse", async (request, reply) => {
    hall.metrics.requestAnswered({
      method: request.method,
      route: routeLabel(request, hall),
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });

  await app.register(cookie);
  await app.register(rateLimit, { global: true, max: options.requestsPerMinute, timeWindow: 60_000 });
  await app.register(swagger, {
    openapi: OPENAPI_INFO,
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });

  const context: RouteContext = {
    hall,
    places: options,
    authentication,
    stopping: stop.signal,
    pingMilliseconds: options.pingMilliseconds ?? PING_MILLISECONDS,
    secureCookies: options.publicUrl?.startsWith("https:") ?? false,
  };
  await app.register(
    async (api: App) => {
      registerAuth(api, context);
      registerSessions(api, context);
      registerUsers(api, context);
      registerInvitations(api, context);
      registerPasswordLinks(api, context);
      registerThreads(api, context);
      registerThreadMembers(api, context);
      registerActions(api, context);
      registerCommands(api, context);
      registerSettings(api, context);
      registerModules(api, context);
      registerServices(api, context);
      registerUsage(api, context);
      registerChatSetUps(api, context, given.chatSetUps ?? []);
      registerEvents(api, context);
      api.get("/openapi.json", { schema: { hide: true } }, async () => describeApi(app, hall.registry));
    },
    { prefix: "/api/v1" },
  );
  for (const mount of given.mounts ?? []) await app.register(mount);
  registerSystem(app, context);
  registerPublicNumbers(app, context);
  registerModuleRoutes(app, context);
  await registerDocs(app, context);
  await serveConsole(app, (path) => [...methodsOf(path), ...hall.routes.methodsOf(path)]);
  return app;
}

function noCompiler(): never {
  throw new TypeError("the compilers are set before any route is");
}

/** The route as it was declared: a label of few values. */
function routeLabel({ method, url, routeOptions }: FastifyRequest, { routes }: Hall): string {
  if (routeOptions.url !== "/*") return routeOptions.url ?? "none";
  return routes.find(method, url.split("?")[0] ?? "/")?.mounted.route.path ?? "none";
}

/** What is wrong with a request is for those to know who may make it; anybody else is signed out first of all. */
async function whatToTell({
  error,
  request,
  authentication,
}: {
  error: Error;
  request: FastifyRequest;
  authentication: Authentication;
}): Promise<Error> {
  const needsSignIn =
    request.url.startsWith("/api/v1/") && request.routeOptions.schema?.security?.length !== 0;
  if (!needsSignIn || !isRequestFault(error)) return error;
  try {
    return (await authentication.isSignedOut(request)) ? signedOut() : error;
  } catch (failure) {
    return failure instanceof Error ? failure : error;
  }
}
