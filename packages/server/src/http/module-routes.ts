import { answerRequest, type RouteAnswer } from "@guildhall/sdk";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { storeFault } from "../data/store-error.ts";
import { newId } from "../data/uuid.ts";
import type { MountedRoute } from "../hall/modules/module-routes.ts";
import { actingAs } from "../kernel/acting-module.ts";
import { toError } from "../kernel/to-error.ts";
import { withinLimit } from "../kernel/within-limit.ts";
import { problemDocument, refusalOf } from "./problem.ts";
import type { App, RouteContext } from "./route-context.ts";

const HANDLE_LIMIT_MILLISECONDS = 30_000;

/**
 * Serves the routes of modules at the root, as long as their modules run (requirements C-9 to C-13). The framework
 * takes no new routes once it listens, so one route stands for all; what belongs to no module goes on as before.
 */
export function registerModuleRoutes(app: App, context: RouteContext): void {
  const find = ({ method, url }: FastifyRequest) =>
    context.hall.routes.find(method, url.split("?")[0] ?? "/");
  app.route({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    url: "/*",
    schema: { hide: true },
    handler: async (request, reply) => {
      const isPage = /^\/(\?|$)/.test(request.url) && (request.headers.accept ?? "").includes("text/html");
      const found = isPage ? undefined : find(request);
      if (!found) {
        reply.callNotFound();
        return reply;
      }
      return await answerRoute({ context, request, reply, ...found });
    },
    // A body that cannot be read is refused before the handler, and in the form of the route's other answers.
    errorHandler: (error: Error, request, reply) => {
      const refusal = refusalOf(error);
      if (!refusal || !find(request)) throw error;
      const { status, detail } = problemDocument(refusal);
      void send(reply, { status, body: { success: false, error: detail } });
    },
  });
}

async function answerRoute(given: {
  readonly context: RouteContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly mounted: MountedRoute;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}): Promise<FastifyReply> {
  const { context, request, reply, mounted } = given;
  const { route, log } = mounted;
  const gone = new AbortController();
  const onClose = () => gone.abort();
  reply.raw.on("close", onClose);
  try {
    const answered = await withinLimit(
      async () =>
        await actingAs(mounted.module, () =>
          answerRequest(route, {
            parameters: given.parameters,
            query: request.query,
            body: request.body,
            authorization: request.headers.authorization,
            tokens: context.hall.moduleTokens,
            log,
            signal: gone.signal,
          }),
        ),
      HANDLE_LIMIT_MILLISECONDS,
      `the route took longer than ${HANDLE_LIMIT_MILLISECONDS / 1000} s`,
    );
    return await send(reply, checked(answered));
  } catch (error) {
    if (storeFault(error) === "unavailable") {
      void reply.header("retry-after", 5);
      return await send(reply, {
        status: 503,
        body: { success: false, error: "The store cannot be reached just now." },
      });
    }
    const reference = newId();
    const err = toError(error);
    log.error({ err, reference, method: route.method, route: route.path }, "a module's route failed");
    return await send(reply, {
      status: 500,
      body: {
        success: false,
        error: `Something went wrong inside; its log has the reason under ${reference}.`,
        reference,
      },
    });
  } finally {
    reply.raw.off("close", onClose);
  }
}

async function send(reply: FastifyReply, { status, body }: RouteAnswer): Promise<FastifyReply> {
  if (status === 401) void reply.header("www-authenticate", "Bearer");
  return await reply.code(status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}

const Answer = z.object({ status: z.int().min(200).max(599), body: z.json() });

/** A route without types may answer anything. */
function checked(answered: unknown): RouteAnswer {
  const parsed = Answer.safeParse(answered);
  if (!parsed.success)
    throw new TypeError("the route's handler returned no answer: use answer(status, body)");
  return parsed.data;
}
