import { z } from "zod";
import { Problem } from "../problem.ts";
import type { App, RouteContext } from "../route-context.ts";
import { Json, problems } from "../schemas.ts";

const SettingsSchema = z
  .object({
    action_handler_name: z.string(),
    configuration: z.record(z.string(), Json),
    updated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: "ActionHandlerConfiguration" });

const Params = z.object({ handler_name: z.string().min(1).max(200) });

const OfferedSettingsSchema = z
  .object({
    name: z.string().describe("The module, as `action_handler_name` of its settings"),
    summary: z.string(),
    schema: Json.describe("JSON Schema of what can be chosen"),
    values: z.record(z.string(), Json).describe("Chosen values, with defaults for the rest"),
    updated_at: z.iso.datetime().nullable().describe("Null when nothing was chosen yet"),
  })
  .meta({ id: "OfferedSettings" });

/** One's own settings of each module and command. */
export function registerSettings(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/settings",
    {
      schema: {
        summary: "What one can choose for each module, and has chosen",
        tags: ["settings"],
        response: { 200: z.object({ items: z.array(OfferedSettingsSchema) }), ...problems(401) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const offered = await hall.userSettings.list(user.id);
      return {
        items: offered.map((each) => ({ ...each, updated_at: each.updated_at?.toISOString() ?? null })),
      };
    },
  );

  app.get(
    "/settings/:handler_name",
    {
      schema: {
        summary: "One's settings of a module or command; `{}` when none were made",
        tags: ["settings"],
        params: Params,
        response: { 200: SettingsSchema, ...problems(401) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      return present(await hall.service.getActionHandlerUserConfig(user.id, request.params.handler_name));
    },
  );

  app.put(
    "/settings/:handler_name",
    {
      schema: {
        summary: "Replace one's settings of a module or command",
        description:
          "Those that a module declares are held to its schema: 422 `setting_invalid` with `errors`.",
        tags: ["settings"],
        params: Params,
        body: z.record(z.string().max(200), Json),
        response: { 200: SettingsSchema, ...problems(400, 401, 404, 422) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { handler_name } = request.params;
      const change = await hall.userSettings.replace(user.id, handler_name, request.body);
      if (change.kind === "saved") return present(change.saved);
      const detail = change.faults.map(({ path, message }) => `${path || "/"}: ${message}`).join("; ");
      throw new Problem("setting_invalid", detail, { errors: change.faults.map((fault) => ({ ...fault })) });
    },
  );
}

function present({
  action_handler_name,
  configuration,
  updated_at,
}: Awaited<ReturnType<RouteContext["hall"]["service"]["getActionHandlerUserConfig"]>>) {
  return {
    action_handler_name,
    configuration: z.record(z.string(), z.json()).parse(configuration),
    updated_at: updated_at?.toISOString() ?? null,
  };
}
