import type { FastifyReply } from "fastify";
import { z } from "zod";
import { EmailAddress, Password, type SignedIn } from "../../hall/people.ts";
import { clearSessionCookie } from "../authentication.ts";
import { Problem } from "../problem.ts";
import { isOwnOrigin } from "../request-guards.ts";
import type { App, RouteContext } from "../route-context.ts";
import { OPEN_TO_ALL, problems, SignedInSchema } from "../schemas.ts";
import { answerSignedIn } from "../signed-in-answer.ts";
import { slowGuessing } from "../slow-guessing.ts";

const Secret = z.string().min(1).max(1024);

/** Sign-in and what belongs to it. */
export function registerAuth(app: App, { hall, authentication, places, secureCookies }: RouteContext): void {
  const answer = (reply: FastifyReply, signedIn: SignedIn) => answerSignedIn(reply, signedIn, secureCookies);
  const slowed = slowGuessing(app);

  app.post(
    "/auth/setup",
    {
      preHandler: slowed,
      schema: {
        summary: "Make the first administrator, with the token of the link that the first start printed",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({
          token: Secret,
          email: EmailAddress,
          password: Password,
          display_name: z.string().min(1).max(100).optional(),
        }),
        response: { 201: SignedInSchema, ...problems(400, 403, 409) },
      },
    },
    async (request, reply) => {
      const user_agent = request.headers["user-agent"] ?? "";
      const signedIn = await hall.entryLinks.setUp({ ...request.body, user_agent });
      void reply.code(201);
      return answer(reply, signedIn);
    },
  );

  app.post(
    "/auth/login",
    {
      preHandler: slowed,
      schema: {
        summary: "Sign in; the answer also sets the session cookie",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({ email: z.string().max(254), password: Secret }),
        response: { 200: SignedInSchema, ...problems(400, 401, 429) },
      },
    },
    async (request, reply) => {
      // Another page must not sign its visitor in here under an account of its own.
      if (request.headers.origin !== undefined && !isOwnOrigin(request, places)) {
        throw new Problem("origin_refused", "Signing in must come from the hall's own pages.");
      }
      const user_agent = request.headers["user-agent"] ?? "";
      return answer(reply, await hall.service.loginUser({ ...request.body, user_agent }));
    },
  );

  app.post(
    "/auth/refresh",
    {
      schema: {
        summary: "Exchange a refresh token for new tokens; each works once",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({ refresh_token: Secret }),
        response: { 200: SignedInSchema, ...problems(400, 401) },
      },
    },
    async (request, reply) => answer(reply, await hall.people.refresh(request.body.refresh_token)),
  );

  app.post(
    "/auth/logout",
    {
      schema: {
        summary: "Sign out: the session's cookie and tokens are dead",
        tags: ["auth"],
        response: { 204: z.null(), ...problems(401) },
      },
    },
    async (request, reply) => {
      const { user, claim } = await authentication.require(request);
      if (claim?.session_id) await hall.people.logout(claim.session_id, user.id);
      clearSessionCookie(reply);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    "/auth/password",
    {
      preHandler: slowed,
      schema: {
        summary: "Change one's password; every other session and token is dead",
        tags: ["auth"],
        body: z.object({ current_password: Secret, new_password: Password }),
        response: { 200: SignedInSchema, ...problems(400, 401) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      const user_agent = request.headers["user-agent"] ?? "";
      const signedIn = await hall.people.changePassword({ user_id: user.id, ...request.body, user_agent });
      return answer(reply, signedIn);
    },
  );
}
