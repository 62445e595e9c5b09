import { CommandError } from "@guildhall/sdk";
import { z } from "zod";
import type { ChatSetUp } from "../../hall/chat-set-up.ts";
import { HallError } from "../../hall/hall-error.ts";
import { sendProblem } from "../problem.ts";
import type { App, RouteContext } from "../route-context.ts";
import { problems } from "../schemas.ts";

const ChatSetUpSchema = z
  .object({
    adapter: z.string(),
    why_off: z.string().nullable().describe("What is missing; null when the way in is on"),
    public_url: z.string().nullable().describe("Where the platform reaches the hall; null when it cannot"),
    manifest: z.string().describe("What is pasted at the platform to make the hall's app there"),
    install_path: z
      .string()
      .nullable()
      .describe("Where the hall is installed by a link; null when that is not set up"),
    settings: z.array(
      z.object({ variable: z.string(), purpose: z.string(), is_set: z.boolean(), is_needed: z.boolean() }),
    ),
    workspaces: z.array(
      z.object({ id: z.string(), state: z.string().describe("`answers`, or what is wrong") }),
    ),
  })
  .meta({ id: "ChatSetUp" });

const Params = z.object({ adapter: z.string().min(1).max(100) });

/** How far the hall is set up on chat platforms, and the test of it; for administrators. */
export function registerChatSetUps(
  app: App,
  { authentication, places }: RouteContext,
  setUps: readonly ChatSetUp[],
): void {
  const found = (adapter: string): ChatSetUp => {
    const setUp = setUps.find((one) => one.adapter === adapter);
    if (setUp) return setUp;
    throw new HallError("adapter_not_found", `There is no set-up of "${adapter}" in this hall.`);
  };
  // A platform calls by TLS only.
  const publicUrl = places.publicUrl?.startsWith("https://") === true ? places.publicUrl : undefined;

  app.get(
    "/chat/:adapter/set-up",
    {
      schema: {
        summary: "How far the hall is set up on a chat platform",
        tags: ["chat"],
        params: Params,
        response: { 200: ChatSetUpSchema, ...problems(401, 403, 404) },
      },
    },
    async (request): Promise<z.input<typeof ChatSetUpSchema>> => {
      await authentication.requireAdministrator(request);
      const setUp = found(request.params.adapter);
      return {
        adapter: setUp.adapter,
        why_off: setUp.whyOff ?? null,
        public_url: publicUrl ?? null,
        manifest: setUp.manifest(publicUrl),
        install_path: setUp.installPath ?? null,
        settings: setUp.settings().map(({ variable, purpose, isSet, isNeeded }) => ({
          variable,
          purpose,
          is_set: isSet,
          is_needed: isNeeded,
        })),
        workspaces: [...(await setUp.workspaces())],
      };
    },
  );

  app.post(
    "/chat/:adapter/test-message",
    {
      schema: {
        summary: "Write a test message into a channel",
        tags: ["chat"],
        params: Params,
        body: z.strictObject({ channel: z.string().min(1).max(200).describe("The channel's name") }),
        response: {
          200: z.object({ workspaces: z.array(z.string()).describe("Where it stands now") }),
          ...problems(401, 403, 404, 409),
        },
      },
    },
    async (request, reply) => {
      await authentication.requireAdministrator(request);
      const setUp = found(request.params.adapter);
      try {
        return { workspaces: [...(await setUp.sendTestMessage(request.body.channel))] };
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        return sendProblem(reply, { code: "test_refused", detail: error.message });
      }
    },
  );
}
