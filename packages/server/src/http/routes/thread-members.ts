import { z } from "zod";
import { threadMemberDocument } from "../../hall/documents.ts";
import type { App, RouteContext } from "../route-context.ts";
import { problems, ThreadMemberSchema } from "../schemas.ts";

const ThreadParams = z.object({ id: z.uuid() });
const MemberParams = z.object({ id: z.uuid(), user_id: z.uuid() });
const Role = z.enum(["reader", "writer"]).describe("A reader sees the thread, a writer also adds to it");

/** With whom a thread is shared. */
export function registerThreadMembers(app: App, { hall, authentication }: RouteContext): void {
  app.get(
    "/threads/:id/members",
    {
      schema: {
        summary: "Who may see a thread: its owner first",
        tags: ["threads"],
        params: ThreadParams,
        response: { 200: z.object({ items: z.array(ThreadMemberSchema) }), ...problems(401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const members = await hall.service.listThreadMembers(user.id, request.params.id);
      return { items: members.map(threadMemberDocument) };
    },
  );

  app.post(
    "/threads/:id/members",
    {
      schema: {
        summary: "Share one's own thread with a person of the hall",
        tags: ["threads"],
        params: ThreadParams,
        body: z.object({ email: z.string().min(1).max(254), role: Role }),
        response: { 201: ThreadMemberSchema, ...problems(400, 401, 404, 409) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      void reply.code(201);
      return threadMemberDocument(await hall.service.shareThread(user.id, request.params.id, request.body));
    },
  );

  app.patch(
    "/threads/:id/members/:user_id",
    {
      schema: {
        summary: "Change what a member of one's own thread may do",
        tags: ["threads"],
        params: MemberParams,
        body: z.object({ role: Role }),
        response: { 200: ThreadMemberSchema, ...problems(400, 401, 404) },
      },
    },
    async (request) => {
      const { user } = await authentication.require(request);
      const { id, user_id } = request.params;
      const change = { memberId: user_id, role: request.body.role };
      return threadMemberDocument(await hall.service.changeThreadMember(user.id, id, change));
    },
  );

  app.delete(
    "/threads/:id/members/:user_id",
    {
      schema: {
        summary: "Take one's own thread back from a member, or leave a thread as one",
        tags: ["threads"],
        params: MemberParams,
        response: { 204: z.null(), ...problems(401, 404) },
      },
    },
    async (request, reply) => {
      const { user } = await authentication.require(request);
      await hall.service.removeThreadMember(user.id, request.params.id, request.params.user_id);
      return await reply.code(204).send(null);
    },
  );
}
