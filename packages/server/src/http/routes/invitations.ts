import { z } from "zod";
import { invitationDocument } from "../../hall/documents.ts";
import { EmailAddress, Password } from "../../hall/people.ts";
import type { App, RouteContext } from "../route-context.ts";
import { InvitationSchema, OPEN_TO_ALL, problems, SignedInSchema } from "../schemas.ts";
import { answerSignedIn } from "../signed-in-answer.ts";
import { slowGuessing } from "../slow-guessing.ts";

const Token = z.string().min(1).max(1024);

/** Invitations: a link that works once, for somebody to make their own account. */
export function registerInvitations(app: App, { hall, authentication, secureCookies }: RouteContext): void {
  const slowed = slowGuessing(app);

  app.get(
    "/invitations",
    {
      schema: {
        summary: "The invitations that nobody has used yet (administrators)",
        tags: ["users"],
        response: { 200: z.object({ items: z.array(InvitationSchema) }), ...problems(401, 403) },
      },
    },
    async (request) => {
      await authentication.requireAdministrator(request);
      return { items: (await hall.entryLinks.listInvitations()).map(invitationDocument) };
    },
  );

  app.post(
    "/invitations",
    {
      schema: {
        summary: "Invite somebody; an earlier invitation of theirs is of no use any more (administrators)",
        description:
          "The token is told only here. The link to give to them is the hall's address, then `path`.",
        tags: ["users"],
        body: z.object({ email: EmailAddress, is_administrator: z.boolean().default(false) }),
        response: {
          201: z.object({ invitation: InvitationSchema, token: z.string(), path: z.string() }),
          ...problems(400, 401, 403, 409),
        },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.requireAdministrator(request);
      const { invitation, token } = await hall.entryLinks.invite(user, request.body);
      void reply.code(201);
      return { invitation: invitationDocument(invitation), token, path: `/join#${token}` };
    },
  );

  app.delete(
    "/invitations/:id",
    {
      schema: {
        summary: "Take an invitation back (administrators)",
        tags: ["users"],
        params: z.object({ id: z.uuid() }),
        response: { 204: z.null(), ...problems(401, 403, 404) },
      },
    },
    async (request, reply) => {
      await authentication.requireAdministrator(request);
      await hall.entryLinks.takeInvitationBack(request.params.id);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    "/auth/invitation",
    {
      preHandler: slowed,
      schema: {
        summary: "For whom an invitation is",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({ token: Token }),
        response: { 200: InvitationSchema, ...problems(400, 403, 429) },
      },
    },
    async (request) => invitationDocument(await hall.entryLinks.readInvitation(request.body.token)),
  );

  app.post(
    "/auth/join",
    {
      preHandler: slowed,
      schema: {
        summary: "Make one's account with an invitation's token, and sign in",
        tags: ["auth"],
        ...OPEN_TO_ALL,
        body: z.object({
          token: Token,
          password: Password,
          display_name: z.string().min(1).max(100).optional(),
        }),
        response: { 201: SignedInSchema, ...problems(400, 403, 409, 429) },
      },
    },
    async (request, reply) => {
      const user_agent = request.headers["user-agent"] ?? "";
      const signedIn = await hall.entryLinks.join({ ...request.body, user_agent });
      void reply.code(201);
      return answerSignedIn(reply, signedIn, secureCookies);
    },
  );
}
