import { z } from "zod";
import { sessionDocument } from "../../hall/documents.ts";
import { clearSessionCookie } from "../authentication.ts";
import type { App, RouteContext } from "../route-context.ts";
import { problems, SessionSchema } from "../schemas.ts";

/** One's own sign-ins. */
export function registerSessions(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/auth/sessions",
    {
      schema: {
        summary: "Where one is signed in, last used first",
        tags: ["auth"],
        response: { 200: z.object({ items: z.array(SessionSchema) }), ...problems(401) },
      },
    },
    async (request) => {
      const { user, claim } = await authentication.require(request);
      const sessions = await hall.people.listSessions(user.id);
      return {
        items: sessions.map((session) => sessionDocument(session, claim?.session_id === session.id)),
      };
    },
  );

  app.delete(
    "/auth/sessions/:id",
    {
      schema: {
        summary: "Sign out elsewhere: that session's cookie and tokens are dead",
        tags: ["auth"],
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { user, claim } = await authentication.require(request);
      await hall.people.revokeSession(user.id, request.params.id);
      if (claim?.session_id === request.params.id) clearSessionCookie(reply);
      return await reply.code(204).send(null);
    },
  );
}
