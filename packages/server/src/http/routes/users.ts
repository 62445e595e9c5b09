import { z } from "zod";
import { userDocument } from "../../hall/documents.ts";
import { EmailAddress, Password } from "../../hall/people.ts";
import type { App, RouteContext } from "../route-context.ts";
import { Limit, pageOf, problems, UserSchema } from "../schemas.ts";

const DisplayName = z.string().min(1).max(100);

/** People: oneself, and for administrators everyone. */
export function registerUsers(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/users/me",
    {
      schema: {
        summary: "Who is signed in",
        tags: ["users"],
        response: { 200: UserSchema, ...problems(401) },
      },
    },
    async (request) => userDocument((await authentication.require(request)).user),
  );

  app.get(
    "/users",
    {
      schema: {
        summary: "All people, by e-mail address (administrators)",
        tags: ["users"],
        querystring: z.object({ limit: Limit, after: z.string().optional() }),
        response: { 200: pageOf(UserSchema), ...problems(401, 403) },
      },
    },
    async (request) => {
      await authentication.requireAdministrator(request);
      const { limit, after } = request.query;
      const users = await hall.people.listUsers({
        limit: limit + 1,
        ...(after === undefined ? {} : { after }),
      });
      const shown = users.slice(0, limit);
      const next = users.length > limit ? (shown.at(-1)?.email ?? null) : null;
      return { items: shown.map(userDocument), next };
    },
  );

  app.post(
    "/users",
    {
      schema: {
        summary: "Make an account (administrators)",
        tags: ["users"],
        body: z.object({
          email: EmailAddress,
          password: Password,
          display_name: DisplayName.optional(),
          is_administrator: z.boolean().optional(),
        }),
        response: { 201: UserSchema, ...problems(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      await authentication.requireAdministrator(request);
      void reply.code(201);
      return userDocument(await hall.service.createUser(request.body));
    },
  );

  app.patch(
    "/users/:id",
    {
      schema: {
        summary: "Change an account; a deactivated person is signed out everywhere (administrators)",
        tags: ["users"],
        params: z.object({ id: z.uuid() }),
        body: z.object({
          is_active: z.boolean().optional(),
          is_administrator: z.boolean().optional(),
          display_name: DisplayName.optional(),
        }),
        response: { 200: UserSchema, ...problems(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.requireAdministrator(request);
      const changed = await hall.people.patchUser(user, request.params.id, request.body);
      authentication.forget();
      return userDocument(changed);
    },
  );
}
