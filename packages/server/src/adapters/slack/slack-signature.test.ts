import { isValidSlackRequest } from "@slack/bolt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSignedBySlack, slackSignature } from "./slack-signature.ts";

/** Slack's published example. https://docs.slack.dev/authentication/verifying-requests-from-slack */
const VECTOR = {
  signingSecret: "8f742231b10e8888abcd99yyyzzz85a5",
  timestamp: "1531420618",
  body: Buffer.from(
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  ),
  signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
};
const SENT = 1_531_420_618;
const at = (seconds: number) => new Date(seconds * 1000);

/** Bolt's own answer: code that nobody here wrote. It lets the future in, so it is asked at the time of sending. */
function isValidForBolt({ signingSecret, timestamp, body, signature }: typeof VECTOR): boolean {
  return isValidSlackRequest({
    signingSecret,
    body: body.toString(),
    headers: { "x-slack-signature": signature, "x-slack-request-timestamp": Number(timestamp) },
    nowMilliseconds: Number(timestamp) * 1000,
  });
}

describe("the signature of Slack's requests", () => {
  it("is that of Slack's published example", () => {
    expect(slackSignature(VECTOR)).toBe(VECTOR.signature);
    expect(isSignedBySlack({ ...VECTOR, now: at(SENT) })).toBe(true);
    expect(isValidForBolt(VECTOR)).toBe(true);
  });

  it("holds for five minutes, both ways", () => {
    for (const [seconds, holds] of [
      [SENT - 301, false],
      [SENT - 300, true],
      [SENT + 300, true],
      [SENT + 301, false],
    ] as const) {
      expect(isSignedBySlack({ ...VECTOR, now: at(seconds) })).toBe(holds);
    }
  });

  it.each([
    ["another body", { body: Buffer.from(`${VECTOR.body.toString()}&text=x`) }],
    ["another secret", { signingSecret: "8f742231b10e8888abcd99yyyzzz85a6" }],
    ["another time", { timestamp: "1531420619" }],
    ["a time that is no number", { timestamp: "1531420618.0" }],
    ["no time", { timestamp: undefined }],
    ["no signature", { signature: undefined }],
    ["a signature cut short", { signature: VECTOR.signature.slice(0, -1) }],
    ["a signature of another version", { signature: VECTOR.signature.replace("v0", "v1") }],
    ["an empty signature", { signature: "v0=" }],
  ])("does not hold with %s", (_what, change) => {
    expect(isSignedBySlack({ ...VECTOR, ...change, now: at(SENT) })).toBe(false);
  });

  it("is what Bolt makes of it, for any secret, time and body", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8 }),
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        fc.boolean(),
        (signingSecret, text, seconds, isTampered) => {
          const body = Buffer.from(text);
          const timestamp = String(seconds);
          const signature = slackSignature({ signingSecret, timestamp, body });
          const sent = {
            signingSecret,
            timestamp,
            signature,
            body: isTampered ? Buffer.from(`${text}!`) : body,
          };
          expect(isSignedBySlack({ ...sent, now: at(seconds) })).toBe(!isTampered);
          expect(isValidForBolt(sent)).toBe(!isTampered);
        },
      ),
    );
  });
});
