import type { Clock, Logger } from "@guildhall/sdk";
import type { FastifyInstance } from "fastify";
import { HallError } from "../../hall/hall-error.ts";
import type { DiscordInteractions } from "./discord-interactions.ts";
import { DiscordSignature } from "./discord-signature.ts";

/** Where Discord sends interactions to. */
export const INTERACTIONS_PATH = "/discord/interactions";

/** What takes signed interactions; it stands only where everything for it is set. */
export interface InteractionsEndpoint {
  readonly publicKey: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly interactions: () => Promise<DiscordInteractions>;
}

/**
 * Registers the interactions endpoint: every request is checked against its signature before it is read. Without its
 * settings it answers 503, as `whyOff` says.
 */
export function registerInteractions(
  app: FastifyInstance,
  given: { readonly endpoint: InteractionsEndpoint } | { readonly whyOff: string },
): void {
  // The signature is over the bytes as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const options = { config: { rateLimit: false }, schema: { hide: true } };
  if ("whyOff" in given) {
    app.post(INTERACTIONS_PATH, options, async () => {
      throw new HallError("adapter_off", given.whyOff);
    });
    return;
  }
  const { publicKey, clock, log, interactions } = given.endpoint;
  const signature = new DiscordSignature({ publicKey, clock });
  app.post(INTERACTIONS_PATH, options, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verdict = signature.judge({
      signature: only(request.headers["x-signature-ed25519"]),
      timestamp: only(request.headers["x-signature-timestamp"]),
      body,
    });
    if (verdict !== "valid") throw new HallError("signature_invalid", SENTENCES[verdict]);
    const { response, onSent } = await (await interactions()).respondToBody(body);
    if (onSent) reply.raw.once("close", onSent);
    log.debug({ type: response.type }, "an interaction was answered");
    return reply.code(200).send(response);
  });
}

const SENTENCES = {
  missing: "The request has no signature of Discord.",
  invalid: "The signature is not Discord's for this application.",
  stale: "The request's time is more than five minutes from this machine's.",
} as const;

function only(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
