import "@fastify/rate-limit";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { Problem } from "./problem.ts";
import type { App } from "./route-context.ts";

const ATTEMPTS_PER_MINUTE = 30;

/** Makes the hook that slows guessing of secrets, for each address and account. */
export function slowGuessing(app: App) {
  // What is in the body is known only after it was read, so this is a hook of the handler and not of the request.
  const attempts = app.createRateLimit({
    max: ATTEMPTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request: { ip: string; body: unknown }) => {
      const { data } = z.object({ email: z.string() }).safeParse(request.body);
      return `sign-in ${request.ip} ${data?.email.toLowerCase() ?? ""}`;
    },
  });
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const attempt = await attempts(request);
    if (attempt.isAllowed || !attempt.isExceeded) return;
    void reply.header("retry-after", attempt.ttlInSeconds);
    throw new Problem("too_many_requests", "Too many attempts to sign in: wait a minute, then try again.");
  };
}
