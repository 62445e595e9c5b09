import { createHmac } from "node:crypto";

/** The headers of a signed request of Slack. */
export interface SlackHeaders {
  readonly "content-type": string;
  readonly "x-slack-request-timestamp": string;
  readonly "x-slack-signature": string;
}

/** Signs requests as Slack does. https://docs.slack.dev/authentication/verifying-requests-from-slack */
export class SlackSigner {
  readonly signingSecret: string;

  constructor(signingSecret: string) {
    this.signingSecret = signingSecret;
  }

  /** The headers of a body that is sent at an instant. */
  headers(body: string, options: { readonly at: Date; readonly contentType: string }): SlackHeaders {
    const timestamp = String(Math.floor(options.at.getTime() / 1000));
    const digest = createHmac("sha256", this.signingSecret).update(`v0:${timestamp}:${body}`).digest("hex");
    return {
      "content-type": options.contentType,
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${digest}`,
    };
  }
}
