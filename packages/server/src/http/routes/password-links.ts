import { z } from "zod";
import { Password } from "../../hall/people.ts";
import type { App, RouteContext } from "../route-context.ts";
import { OPEN_TO_ALL, problems, SignedInSchema } from "../schemas.ts";
import { answerSignedIn } from "../signed-in-answer.ts";
import { slowGuessing } from "../slow-guessing.ts";

const Token = z.string().min(1).max(1024);

/** A link that works once, for somebody who has lost their password to set a new one. */
export function registerPasswordLinks(app: App, { hall, authentication, secureCookies }: RouteContext): void {
  const slowed = slowGuessing(app);

  app.post(
    "/users/:id/password-link",
    {
      schema: {
        summary:
          "Make a link by which a person sets a new password; one made before is dead (administrators)",
        description:
          "The token is told only here, and works once, for a day. The link to give to them is the hall's address, then `path`.",
        tags: ["users"],
        params: z.object({ id: z.uuid() }),
        response: {
          201: z.object({ token: z.string(), path: z.string(), expires_at: z.iso.datetime() }),
          ...problems(401, 403, 404),
        },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.requireAdministrator(request);
      const { token, expires_at } = await hall.entryLinks.createPasswordLink(user, request.params.id);
      void reply.code(201);
      return { token, path: `/new-password#${token}`, expires_at: expires_at.toISOString() };
    },
  );

  app.post(
    "/auth/password-link",
    {
      preHandler: slowed,
      schema: {
        summary: "Whose password a link sets",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({ token: Token }),
        response: { 200: z.object({ email: z.string() }), ...problems(400, 403, 429) },
      },
    },
    async (request) => ({ email: (await hall.entryLinks.readPasswordLink(request.body.token)).email }),
  );

  app.post(
    "/auth/new-password",
    {
      preHandler: slowed,
      schema: {
        summary: "Set a new password with a link's token, and sign in; every session before it ends",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({ token: Token, password: Password }),
        response: { 201: SignedInSchema, ...problems(400, 403, 429) },
      },
    },
    async (request, reply) => {
      const user_agent = request.headers["user-agent"] ?? "";
      const signedIn = await hall.entryLinks.usePasswordLink({ ...request.body, user_agent });
      authentication.forget();
      void reply.code(201);
      return answerSignedIn(reply, signedIn, secureCookies);
    },
  );
}
