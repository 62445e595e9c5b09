import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HallError } from "../../hall/hall-error.ts";
import { BlockActions, SlashCommand, ViewSubmission } from "./slack-payloads.ts";
import type { Acknowledgement, SlackReceiver } from "./slack-receiver.ts";
import type { EventOutcome } from "./slack-events.ts";
import { isSignedBySlack } from "./slack-signature.ts";

const BODY_LIMIT = 1_048_576;
/** All of Slack comes from a few addresses: its requests have a limit of their own, against a flood only. */
const RATE_LIMIT = { max: 60_000, timeWindow: 60_000 };

/** What the routes stand on. */
export interface SlackRoutes {
  readonly signingSecret: string | undefined;
  readonly receiver: SlackReceiver;
  readonly onEvent: (payload: unknown) => Promise<EventOutcome>;
  readonly now: () => Date;
  readonly install: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly callback: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/**
 * The routes that Slack calls. The signature is checked on the bytes as they came, before anything reads them. Not
 * under `/api`: the addresses are those that Slack's pages and the promised `/modron` name.
 */
export function registerSlackRoutes(scope: FastifyInstance, routes: SlackRoutes): void {
  const { receiver, onEvent } = routes;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT }, (_request, body, done) => {
    done(null, body);
  });
  const options = { config: { rateLimit: RATE_LIMIT }, schema: { hide: true } };

  const slashCommand = async (request: FastifyRequest, reply: FastifyReply) => {
    const command = SlashCommand.safeParse(formOf(signedBody(request, routes)));
    if (!command.success) return await malformed(reply);
    return await acknowledge(reply, await receiver.slashCommand(command.data));
  };
  scope.post("/slack/commands", options, slashCommand);
  scope.post("/modron", options, slashCommand);

  scope.post("/slack/interactions", options, async (request, reply) => {
    const payload = jsonOf(formOf(signedBody(request, routes))["payload"] ?? "");
    const press = BlockActions.safeParse(payload);
    if (press.success) return await acknowledge(reply, await receiver.press(press.data));
    const form = ViewSubmission.safeParse(payload);
    if (form.success) return await acknowledge(reply, await receiver.form(form.data));
    return payload === undefined ? await malformed(reply) : await acknowledge(reply, {});
  });

  scope.post("/slack/events", options, async (request, reply) => {
    const payload = jsonOf(signedBody(request, routes).toString("utf8"));
    if (payload === undefined) return await malformed(reply);
    const outcome = await onEvent(payload);
    // Slack sends it again, and the event's id keeps it from being done twice.
    if (outcome.again) return await reply.code(503).send({ code: "store_unavailable" });
    return await acknowledge(reply, outcome);
  });

  scope.get("/slack/install", options, async (request, reply) => await routes.install(request, reply));
  for (const path of ["/slack/oauth", "/oauth"]) {
    scope.get(path, options, async (request, reply) => await routes.callback(request, reply));
  }
}

/** @throws HallError `adapter_off`, `signature_invalid` */
function signedBody(request: FastifyRequest, { signingSecret, now }: SlackRoutes): Buffer {
  if (signingSecret === undefined) {
    throw new HallError(
      "adapter_off",
      "Slack is not set up here: GUILDHALL_SLACK__SIGNING_SECRET is missing.",
    );
  }
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { headers } = request;
  const isSigned = isSignedBySlack({
    signingSecret,
    timestamp: one(headers["x-slack-request-timestamp"]),
    signature: one(headers["x-slack-signature"]),
    body,
    now: now(),
  });
  if (!isSigned) {
    throw new HallError(
      "signature_invalid",
      "The request does not carry a signature of Slack that holds now.",
    );
  }
  return body;
}

const one = (header: string | string[] | undefined) => (typeof header === "string" ? header : undefined);

function formOf(body: Buffer): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function malformed(reply: FastifyReply): Promise<FastifyReply> {
  return await reply.code(400).send({ code: "body_invalid", detail: "This is not a payload of Slack." });
}

async function acknowledge(
  reply: FastifyReply,
  { body, afterwards }: Acknowledgement,
): Promise<FastifyReply> {
  // Only when Slack has it: an answer must not overtake its acknowledgement. A client that went away counts too.
  if (afterwards) reply.raw.once("close", afterwards);
  return body === undefined ? await reply.code(200).send() : await reply.code(200).send(body);
}
