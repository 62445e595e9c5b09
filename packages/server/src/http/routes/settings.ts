import { z } from "zod";
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

/** One's own settings of each command. */
export function registerSettings(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/settings/:handler_name",
    {
      schema: {
        summary: "One's settings of a command; `{}` when none were made",
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
        summary: "Replace one's settings of a command",
        tags: ["settings"],
        params: Params,
        body: z.record(z.string().max(200), Json),
        response: { 200: SettingsSchema, ...problems(400, 401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { handler_name } = request.params;
      return present(await hall.service.setActionHandlerUserConfig(user.id, handler_name, request.body));
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
