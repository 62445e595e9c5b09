import { createHmac, timingSafeEqual } from "node:crypto";

const VERSION = "v0";
const WINDOW_SECONDS = 300;

/**
 * Whether Slack signed these bytes not longer than five minutes ago, nor later than five minutes from now.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function isSignedBySlack(given: {
  readonly signingSecret: string;
  /** The headers `x-slack-request-timestamp` and `x-slack-signature`. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  /** As they came, before anything read them. */
  readonly body: Uint8Array;
  readonly now: Date;
}): boolean {
  const { signingSecret, timestamp = "", signature = "", body, now } = given;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  const expected = Buffer.from(slackSignature({ signingSecret, timestamp, body }));
  const presented = Buffer.from(signature);
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}

/** The signature of a request, as Slack sends it. */
export function slackSignature(given: {
  readonly signingSecret: string;
  readonly timestamp: string;
  readonly body: Uint8Array;
}): string {
  const hmac = createHmac("sha256", given.signingSecret);
  return `${VERSION}=${hmac.update(`${VERSION}:${given.timestamp}:`).update(given.body).digest("hex")}`;
}
