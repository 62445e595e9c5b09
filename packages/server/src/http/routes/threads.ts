import { z } from "zod";
import {
  READ_CHUNKS,
  threadActionDocument,
  threadDocument,
  threadSummaryDocument,
} from "../../hall/documents.ts";
import type { App, RouteContext } from "../route-context.ts";
import {
  Limit,
  pageOf,
  problems,
  ThreadActionSchema,
  ThreadSchema,
  ThreadSummarySchema,
} from "../schemas.ts";

const Title = z.string().max(200);
const Description = z.string().max(10_000);
const ThreadParams = z.object({ id: z.uuid() });
const LinkParams = z.object({ id: z.uuid(), action_id: z.uuid() });

/** Threads and the places of actions in them. */
export function registerThreads(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/threads",
    {
      schema: {
        summary: "One's own threads and those shared with one, newest first",
        tags: ["threads"],
        querystring: z.object({
          limit: Limit,
          before: z.uuid().optional(),
          search: z
            .string()
            .max(200)
            .optional()
            .describe("Only those with this text in title, description, or an action's title or line"),
        }),
        response: { 200: pageOf(ThreadSummarySchema), ...problems(401) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { threads, hasMore } = await hall.service.listThreads(user.id, request.query);
      return {
        items: threads.map(threadSummaryDocument),
        next: hasMore ? (threads.at(-1)?.id ?? null) : null,
      };
    },
  );

  app.post(
    "/threads",
    {
      schema: {
        summary: "Make a thread",
        tags: ["threads"],
        body: z.object({ title: Title, description: Description.default("") }),
        response: { 201: ThreadSummarySchema, ...problems(400, 401) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      void reply.code(201);
      return threadSummaryDocument(await hall.service.createThread(user.id, request.body));
    },
  );

  app.get(
    "/threads/:id",
    {
      schema: {
        summary: "A thread with its newest actions, or those before a display order",
        tags: ["threads"],
        params: ThreadParams,
        querystring: z.object({ limit: Limit, before: z.coerce.number().int().optional() }),
        response: { 200: ThreadSchema, ...problems(401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { limit, before } = request.query;
      const page = { limit, lastChunks: READ_CHUNKS, ...(before === undefined ? {} : { before }) };
      return threadDocument(await hall.service.getThread(user.id, request.params.id, page));
    },
  );

  app.patch(
    "/threads/:id",
    {
      schema: {
        summary: "Change title or description; what is left out stays",
        tags: ["threads"],
        params: ThreadParams,
        body: z.object({ title: Title.optional(), description: Description.optional() }),
        response: { 200: ThreadSummarySchema, ...problems(400, 401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      return threadSummaryDocument(await hall.service.patchThread(user.id, request.params.id, request.body));
    },
  );

  app.delete(
    "/threads/:id",
    {
      schema: {
        summary: "Remove a thread; its actions stay",
        tags: ["threads"],
        params: ThreadParams,
        response: { 204: z.null(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      await hall.service.deleteThread(user.id, request.params.id);
      return await reply.code(204).send(null);
    },
  );

  app.put(
    "/threads/:id/actions/:action_id",
    {
      schema: {
        summary: "Put an action last in a thread",
        tags: ["threads"],
        params: LinkParams,
        response: { 201: ThreadActionSchema, ...problems(401, 404, 409) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      const { id, action_id } = request.params;
      void reply.code(201);
      return threadActionDocument(await hall.service.appendActionToThread(user.id, id, action_id));
    },
  );

  app.patch(
    "/threads/:id/actions/:action_id",
    {
      schema: {
        summary: "Show or hide question and answer of an action in a thread",
        tags: ["threads"],
        params: LinkParams,
        body: z.object({ show_question: z.boolean().optional(), show_answer: z.boolean().optional() }),
        response: { 200: ThreadActionSchema, ...problems(400, 401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { id, action_id } = request.params;
      return threadActionDocument(await hall.service.patchThreadAction(user.id, id, action_id, request.body));
    },
  );

  app.post(
    "/threads/:id/actions/:action_id/move",
    {
      schema: {
        summary:
          "Move an action within its thread: in front of another, behind another, or past its neighbour",
        tags: ["threads"],
        params: LinkParams,
        body: z.union([
          z.strictObject({ before: z.uuid().describe("An action of the thread") }),
          z.strictObject({ after: z.uuid().describe("An action of the thread") }),
          z.strictObject({ direction: z.enum(["up", "down"]) }),
        ]),
        response: { 200: z.object({ display_order: z.int() }), ...problems(400, 401, 404, 409) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { id, action_id } = request.params;
      const move = { actionId: action_id, to: request.body };
      return { display_order: await hall.service.moveThreadAction(user.id, id, move) };
    },
  );

  app.delete(
    "/threads/:id/actions/:action_id",
    {
      schema: {
        summary: "Take an action out of a thread; the action stays",
        tags: ["threads"],
        params: LinkParams,
        response: { 204: z.null(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      await hall.service.removeActionFromThread(user.id, request.params.id, request.params.action_id);
      return await reply.code(204).send(null);
    },
  );
}
