import { z } from "zod";
import type { ModuleView } from "../../hall/modules/module-administration.ts";
import type { App, RouteContext } from "../route-context.ts";
import { Json, problems } from "../schemas.ts";

const Health = z.looseObject({
  module: z.string(),
  status: z.enum(["healthy", "degraded", "unhealthy", "error", "not_initialized", "disabled"]),
  last_check: z.iso.datetime(),
});

const ModuleSchema = z
  .object({
    name: z.string(),
    summary: z.string(),
    version: z.string().nullable(),
    origin: z.enum(["hall", "bundled", "folder", "package"]),
    place: z.string().nullable().describe("Its folder or package, when it does not come with the hall"),
    state: z.enum(["starting", "started", "failed", "disabled"]),
    reason: z.string().nullable().describe("Why it failed, or still starts"),
    start_milliseconds: z.int(),
    started_at: z.iso.datetime().nullable(),
    dependencies: z.array(z.string()),
    health: Health,
    config: z.object({
      schema: z
        .record(z.string(), Json)
        .nullable()
        .describe("JSON Schema of its settings; null when the module could not be loaded"),
      fault: z.string().nullable().describe("Why its settings cannot be used as they are"),
      values: z.array(
        z.object({
          key: z.string().describe("The setting's name within the module"),
          value: Json.describe("null when it is not set; a secret is masked"),
          source: z.enum(["default", "file", "console", "environment", "secret file"]),
          variable: z.string(),
          is_secret: z.boolean(),
          is_fixed: z
            .boolean()
            .describe("Set by the environment, so that saving it here would change nothing"),
        }),
      ),
    }),
  })
  .meta({ id: "Module" });

const Params = z.object({ name: z.string().min(1).max(100) });

/** The modules of the hall, for administrators. */
export function registerModules(app: App, { hall, authentication }: RouteContext): void {
  const { moduleAdministration } = hall;

  app.get(
    "/modules",
    {
      schema: {
        summary: "Every module with its state, health and settings",
        tags: ["modules"],
        response: { 200: z.object({ modules: z.array(ModuleSchema) }), ...problems(401, 403) },
      },
    },
    async (request) => {
      await authentication.requireAdministrator(request);
      return { modules: (await moduleAdministration.list()).map(present) };
    },
  );

  app.get(
    "/modules/:name",
    {
      schema: {
        summary: "A module with its state, health and settings",
        tags: ["modules"],
        params: Params,
        response: { 200: ModuleSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      await authentication.requireAdministrator(request);
      return present(await moduleAdministration.get(request.params.name));
    },
  );

  app.patch(
    "/modules/:name/config",
    {
      schema: {
        summary: "Save some settings of a module; they count from its next start",
        tags: ["modules"],
        params: Params,
        body: z
          .record(z.string().max(100), Json)
          .describe("Settings by name; null takes back what was saved here"),
        response: { 200: ModuleSchema, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async (request) => {
      await authentication.requireAdministrator(request);
      return present(await moduleAdministration.saveConfig(request.params.name, request.body));
    },
  );

  for (const [verb, summary] of [
    ["enable", "Start a module and keep it enabled"],
    ["disable", "End a module with what depends on it, and keep it disabled"],
    [
      "restart",
      "End a module with what depends on it and start them again, with their settings as they are now",
    ],
  ] as const) {
    app.post(
      `/modules/:name/${verb}`,
      {
        schema: {
          summary,
          tags: ["modules"],
          params: Params,
          response: { 200: ModuleSchema, ...problems(400, 401, 403, 404, 409) },
        },
      },
      async (request) => {
        await authentication.requireAdministrator(request);
        return present(await moduleAdministration[verb](request.params.name));
      },
    );
  }
}

function present({ report, health, configSchema, config, configFault }: ModuleView) {
  const { name, summary, version, origin, place, state, reason, milliseconds, startedAt, dependencies } =
    report;
  return {
    name,
    summary,
    version,
    origin,
    place,
    state,
    reason,
    start_milliseconds: milliseconds,
    started_at: startedAt?.toISOString() ?? null,
    dependencies: [...dependencies],
    health,
    config: {
      schema: configSchema === null ? null : z.record(z.string(), z.json()).parse(configSchema),
      fault: configFault,
      values: config.map((entry) => ({
        key: entry.key.slice(name.length + 1),
        value: entry.json,
        source: entry.source,
        variable: entry.variable,
        is_secret: entry.isSecret,
        is_fixed: entry.source === "environment" || entry.source === "secret file",
      })),
    },
  };
}
