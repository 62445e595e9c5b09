import { Readable } from "node:stream";
import type { Chunk } from "@guildhall/sdk";
import { z } from "zod";
import { actionDocument, chunkDocument, READ_CHUNKS, userDocument } from "../../hall/documents.ts";
import { bearer } from "../authentication.ts";
import { Problem } from "../problem.ts";
import type { App, RouteContext } from "../route-context.ts";
import { ActionSchema, ChunkSchema, HelpSchema, problems, UserSchema } from "../schemas.ts";
import { ActionHeaders, actionRequestOf, answerSubmission } from "../submission-answer.ts";

const MAX_WAIT_SECONDS = 60;
const ActionParams = z.object({ id: z.uuid() });

/** Types that a browser may show in place; anything else is offered to be saved. */
const SHOWN_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

const OutsideChunk = z
  .object({
    mime: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, "it must be a MIME type such as text/plain"),
    text_content: z.string().optional(),
    binary_base64: z.base64().optional(),
    name: z.string().max(255).optional(),
  })
  .refine((chunk) => (chunk.text_content === undefined) !== (chunk.binary_base64 === undefined), {
    message: "give text_content or binary_base64",
  });

/** Actions: a typed line becomes one; then it is watched, cancelled, or finished from outside. */
export function registerActions(app: App, { hall, authentication, stopping }: RouteContext): void {
  app.post(
    "/threads/:id/actions",
    {
      schema: {
        summary: "Run a typed line in a thread",
        description:
          "202 with the action while it runs, 200 when it is complete; a line that asks for help gets the help and makes no action.",
        tags: ["actions"],
        params: ActionParams,
        headers: ActionHeaders,
        body: z.object({ raw_text: z.string() }),
        response: {
          200: z.union([ActionSchema, HelpSchema]),
          202: ActionSchema,
          ...problems(400, 401, 403, 404, 413, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const principal = await authentication.requireClaim(request);
      const submission = await hall.service.createThreadAction({
        principal,
        threadId: request.params.id,
        line: request.body.raw_text,
        ...actionRequestOf(request.headers),
      });
      return answerSubmission(reply, submission);
    },
  );

  app.get(
    "/actions/:id",
    {
      schema: {
        summary: "An action with its output; `wait` holds the answer until it has ended, or so many seconds",
        tags: ["actions"],
        params: ActionParams,
        querystring: z.object({ wait: z.coerce.number().min(0).max(MAX_WAIT_SECONDS).default(0) }),
        response: { 200: ActionSchema, ...problems(401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { id } = request.params;
      const shown = { lastChunks: READ_CHUNKS };
      const waited = hall.actions.waitFor(user.id, id, request.query.wait, shown);
      return actionDocument(
        await orWhenAborted(waited, stopping, async () => await hall.actions.waitFor(user.id, id, 0, shown)),
      );
    },
  );

  app.patch(
    "/actions/:id",
    {
      schema: {
        summary: "Rename one's own action",
        tags: ["actions"],
        params: ActionParams,
        body: z.object({ title: z.string().max(200) }),
        response: { 200: ActionSchema, ...problems(400, 401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      return actionDocument(await hall.service.patchAction(user.id, request.params.id, request.body));
    },
  );

  app.get(
    "/actions/:id/user",
    {
      schema: {
        summary: "Who ran an action",
        tags: ["actions"],
        params: ActionParams,
        response: { 200: UserSchema, ...problems(401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      return userDocument(await hall.service.getActionUser(user.id, request.params.id));
    },
  );

  app.post(
    "/actions/:id/cancel",
    {
      schema: {
        summary: "Ask one's own action to stop; one that has ended stays as it is",
        tags: ["actions"],
        params: ActionParams,
        response: { 202: ActionSchema, ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      void reply.code(202);
      return actionDocument(await hall.actions.cancel(user.id, request.params.id));
    },
  );

  app.get(
    "/actions/:id/chunks/:order",
    {
      schema: {
        summary: "All of a chunk, as a file",
        tags: ["actions"],
        params: z.object({ id: z.uuid(), order: z.coerce.number().int().min(1) }),
        response: {
          200: { description: "The bytes", content: { "*/*": { schema: z.any() } } },
          ...problems(401, 404),
        },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      const { id, order } = request.params;
      const { mime, name, bytes, isText } = await hall.data.getChunkBytes(user.id, id, order);
      const disposition = SHOWN_TYPES.has(mime) ? "inline" : "attachment";
      const fileName = encodeURIComponent(name ?? `${id}-${order}`);
      return await reply
        .type(isText ? `${mime}; charset=utf-8` : mime)
        .header("content-disposition", `${disposition}; filename*=UTF-8''${fileName}`)
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("cache-control", "private, max-age=31536000, immutable")
        .send(bytes);
    },
  );

  app.get(
    "/actions/:id/output",
    {
      schema: {
        summary: "All of an action's output that is text, as one file",
        tags: ["actions"],
        params: ActionParams,
        response: {
          200: { description: "The text", content: { "text/plain": { schema: z.any() } } },
          ...problems(401, 404),
        },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      const { id } = request.params;
      const output = await hall.output.open(user.id, id);
      const fileName = encodeURIComponent(`${output.handler_name} ${id}.txt`);
      return await reply
        .type("text/plain; charset=utf-8")
        .header("content-disposition", `attachment; filename*=UTF-8''${fileName}`)
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("cache-control", "no-store")
        .send(Readable.from(output.texts, { objectMode: false }));
    },
  );

  app.post(
    "/actions/:id/chunks",
    {
      schema: {
        summary: "Append to an action, for whoever holds its hand-over token",
        tags: ["actions"],
        params: ActionParams,
        body: OutsideChunk,
        response: { 201: ChunkSchema, ...problems(400, 401, 409) },
      },
    },
    async (request, reply) => {
      const { mime, text_content = "", binary_base64, name } = request.body;
      const content =
        binary_base64 === undefined
          ? { text: text_content }
          : { bytes: Buffer.from(binary_base64, "base64") };
      const chunk: Chunk = { mime, ...content, ...(name === undefined ? {} : { name }) };
      const stored = await hall.actions.appendFromOutside(await claimOf(request), chunk);
      void reply.code(201);
      return chunkDocument(stored);
    },
  );

  app.post(
    "/actions/:id/complete",
    {
      schema: {
        summary: "End an action, for whoever holds its hand-over token; with an error it has failed",
        tags: ["actions"],
        params: ActionParams,
        body: z
          .object({
            error: z.object({ code: z.string().min(1).max(100), message: z.string().max(10_000) }).optional(),
          })
          .default({}),
        response: { 200: ActionSchema, ...problems(400, 401, 409) },
      },
    },
    async (request) =>
      actionDocument(await hall.actions.completeFromOutside(await claimOf(request), request.body.error)),
  );

  async function claimOf(request: Parameters<typeof bearer>[0] & { params: { id: string } }) {
    const token = bearer(request);
    const claim = token === undefined ? undefined : await hall.tokens.readHandOver(token);
    if (claim?.action_id !== request.params.id) {
      throw new Problem("signed_out", "This needs the hand-over token that the action's command was given.");
    }
    return claim;
  }
}

/** The result of some work, or of something else when the signal aborts before. */
async function orWhenAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  instead: () => Promise<Result>,
): Promise<Result> {
  return await new Promise((resolve, reject) => {
    const onAbort = () => void instead().then(resolve, reject);
    signal.addEventListener("abort", onAbort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
