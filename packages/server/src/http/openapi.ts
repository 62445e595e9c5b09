import "@fastify/swagger";
import { z } from "zod";
import type { CommandRegistry } from "../commands/command-registry.ts";
import { argumentsSchema } from "../commands/parse-arguments.ts";
import type { App } from "./route-context.ts";

/** The facts of the API's description that no route holds. */
export const OPENAPI_INFO = {
  openapi: "3.1.0",
  info: {
    title: "Guildhall",
    description: "Commands, actions, threads and people of a hall.",
    version: "1",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/" }],
  components: {
    securitySchemes: {
      session: { type: "apiKey" as const, in: "cookie" as const, name: "guildhall_session" },
      bearer: { type: "http" as const, scheme: "bearer", bearerFormat: "JWT" },
    },
  },
  security: [{ session: [] }, { bearer: [] }],
};

/** The API's description: the routes, and each command with its own arguments. */
export function describeApi(app: App, registry: CommandRegistry): Record<string, unknown> {
  const described = app.swagger();
  return { ...described, paths: { ...described.paths, ...commandPaths(registry) } };
}

const PARAMETERS = [
  {
    name: "thread_id",
    in: "query",
    required: false,
    description: "One's home thread when left out",
    schema: { type: "string", format: "uuid" },
  },
  {
    name: "idempotency-key",
    in: "header",
    required: false,
    description: "The same key and request lead to the same action",
    schema: { type: "string", minLength: 1, maxLength: 255 },
  },
];

/** An entry of the API's description for each command, with its typed arguments. */
function commandPaths(registry: CommandRegistry): Record<string, object> {
  const action = { "application/json": { schema: { $ref: "#/components/schemas/Action" } } };
  return Object.fromEntries(
    registry.list().map(({ path, command }) => [
      `/api/v1/commands/${path.join("/")}`,
      {
        post: {
          operationId: `command_${path.join("_").replaceAll("-", "_")}`,
          summary: command.summary,
          ...(command.description === undefined ? {} : { description: command.description }),
          tags: ["commands"],
          parameters: PARAMETERS,
          requestBody: {
            content: {
              "application/json": {
                schema: withoutDialect(z.toJSONSchema(argumentsSchema(command), { io: "input" })),
              },
            },
          },
          responses: {
            "200": { description: "The action, complete", content: action },
            "202": { description: "The action, which runs", content: action },
            default: {
              description: "A problem document",
              content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
            },
          },
        },
      },
    ]),
  );
}

function withoutDialect({ $schema: _dialect, ...schema }: z.core.JSONSchema.BaseSchema) {
  return schema;
}
