import { z } from "zod";
import { complete } from "../../commands/complete.ts";
import { commandHelp } from "../../commands/help/help-document.ts";
import { renderHelpHtml } from "../../commands/help/render-html.ts";
import { argumentsSchema } from "../../commands/parse-arguments.ts";
import type { App, RouteContext } from "../route-context.ts";
import { ActionSchema, HelpSchema, Json, problems } from "../schemas.ts";
import { ActionHeaders, actionRequestOf, answerSubmission } from "../submission-answer.ts";

const CommandSchema = z
  .object({
    path: z.array(z.string()),
    summary: z.string(),
    module: z.string(),
    examples: z.array(z.string()),
    permission: z.enum(["member", "administrator"]),
    arguments_schema: Json.describe("JSON Schema of the typed arguments"),
    help_html: z.string(),
  })
  .meta({ id: "Command" });

/** The commands: what there is, completion, and each with typed arguments. */
export function registerCommands(app: App, { hall, authentication }: RouteContext): void {
  const { registry } = hall;

  app.get(
    "/commands",
    {
      schema: {
        summary: "All commands",
        tags: ["commands"],
        response: { 200: z.object({ items: z.array(CommandSchema) }), ...problems(401) },
      },
    },
    async (request) => {
      await authentication.require(request);
      const items = registry.list().map((found) => ({
        path: [...found.path],
        summary: found.command.summary,
        module: found.module,
        examples: [...found.command.examples],
        permission: found.command.permission,
        arguments_schema: z.json().parse(z.toJSONSchema(argumentsSchema(found.command), { io: "input" })),
        help_html: renderHelpHtml({ help: commandHelp({ registry, found }) }),
      }));
      return { items };
    },
  );

  app.get(
    "/commands/complete",
    {
      schema: {
        summary: "What could stand at a place of a line",
        tags: ["commands"],
        querystring: z.object({ line: z.string().max(65_536), cursor: z.coerce.number().int().min(0) }),
        response: {
          200: z.object({
            start: z.int(),
            end: z.int(),
            candidates: z.array(
              z.object({
                value: z.string(),
                summary: z.string(),
                kind: z.enum(["command", "flag", "choice"]),
              }),
            ),
          }),
          ...problems(400, 401),
        },
      },
    },
    async (request) => {
      await authentication.require(request);
      const { start, end, candidates } = complete({ registry, ...request.query });
      return { start, end, candidates: [...candidates] };
    },
  );

  app.post(
    "/commands/*",
    {
      schema: {
        summary: "Run a command with typed arguments",
        // Each command has an entry of its own in the description.
        hide: true,
        params: z.object({ "*": z.string().max(1000) }),
        querystring: z.object({
          thread_id: z.uuid().optional().describe("One's home thread when left out"),
        }),
        headers: ActionHeaders,
        body: z.record(z.string(), Json).optional(),
        response: {
          200: z.union([ActionSchema, HelpSchema]),
          202: ActionSchema,
          ...problems(400, 401, 403, 404, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const principal = await authentication.requireClaim(request);
      const submission = await hall.actions.submitArguments({
        principal,
        threadId: request.query.thread_id,
        path: request.params["*"].split("/"),
        input: request.body ?? {},
        ...actionRequestOf(request.headers),
      });
      return answerSubmission(reply, submission);
    },
  );
}
