import type { SlackSigner } from "./slack-signer.ts";

/** Somebody in a channel of a workspace. */
export interface SlackActor {
  readonly teamId: string;
  readonly userId: string;
  readonly userName: string;
  readonly channelId: string;
  readonly channelName: string;
}

/** What the bot's server answered, within Slack's three seconds or not. */
export interface Acknowledged {
  readonly status: number;
  readonly text: string;
  /** The JSON of the answer; undefined for an empty one. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  readonly milliseconds: number;
}

let deliveries = 0;

/** A fresh id such as Slack gives each delivery. */
export function deliveryId(prefix: string): string {
  deliveries += 1;
  return `${prefix}.${Date.now()}.${deliveries}`;
}

/** Sends what Slack would send to a bot's server, signed. */
export class SlackSender {
  readonly #signer: SlackSigner;
  readonly #origin: string;
  readonly #now: () => Date;

  constructor(given: { readonly signer: SlackSigner; readonly origin: string; readonly now?: () => Date }) {
    this.#signer = given.signer;
    this.#origin = given.origin;
    this.#now = given.now ?? (() => new Date());
  }

  /** A slash command. https://docs.slack.dev/interactivity/implementing-slash-commands */
  async slashCommand(
    actor: SlackActor,
    given: {
      readonly command: string;
      readonly text: string;
      readonly responseUrl: string;
      readonly triggerId?: string;
      readonly path?: string;
    },
  ): Promise<Acknowledged> {
    const fields = {
      token: "gIkuvaNzQIHg97ATvDxqgjtO",
      team_id: actor.teamId,
      team_domain: "example",
      channel_id: actor.channelId,
      channel_name: actor.channelName,
      user_id: actor.userId,
      user_name: actor.userName,
      command: given.command,
      text: given.text,
      api_app_id: "A123456",
      is_enterprise_install: "false",
      response_url: given.responseUrl,
      trigger_id: given.triggerId ?? deliveryId("13345224609"),
    };
    return await this.#send(given.path ?? "/slack/commands", new URLSearchParams(fields).toString(), FORM);
  }

  /** A pressed button. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
  async press(
    actor: SlackActor,
    given: {
      readonly actionId: string;
      readonly value: string;
      readonly responseUrl: string;
      readonly triggerId?: string;
    },
  ): Promise<Acknowledged> {
    return await this.interaction({
      type: "block_actions",
      user: { id: actor.userId, username: actor.userName, name: actor.userName, team_id: actor.teamId },
      api_app_id: "A123456",
      token: "Shh_its_a_seekrit",
      container: {
        type: "message",
        message_ts: "1548261231.000200",
        channel_id: actor.channelId,
        is_ephemeral: false,
      },
      trigger_id: given.triggerId ?? deliveryId("12466734323"),
      team: { id: actor.teamId, domain: "example" },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: actor.channelId, name: actor.channelName },
      response_url: given.responseUrl,
      actions: [
        {
          action_id: given.actionId,
          block_id: "=qXel",
          text: { type: "plain_text", text: "View", emoji: true },
          value: given.value,
          type: "button",
          action_ts: "1548426417.840180",
        },
      ],
    });
  }

  /** Any interaction, in the form that Slack sends it in. */
  async interaction(payload: object): Promise<Acknowledged> {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return await this.#send("/slack/interactions", body, FORM);
  }

  /** An event. https://docs.slack.dev/apis/events-api#callback-field */
  async event(teamId: string, event: object, eventId = deliveryId("Ev")): Promise<Acknowledged> {
    return await this.raw(
      "/slack/events",
      JSON.stringify({
        token: "z26uFbvR1xHJEdHE1OQiO6t8",
        team_id: teamId,
        api_app_id: "A123456",
        event,
        type: "event_callback",
        event_id: eventId,
        event_time: 1234567890,
      }),
    );
  }

  /** A JSON body as it stands, signed. */
  async raw(path: string, body: string): Promise<Acknowledged> {
    return await this.#send(path, body, "application/json");
  }

  async #send(path: string, body: string, contentType: string): Promise<Acknowledged> {
    const begun = performance.now();
    const response = await fetch(new URL(path, this.#origin), {
      method: "POST",
      headers: { ...this.#signer.headers(body, { at: this.#now(), contentType }) },
      body,
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    return {
      status: response.status,
      text,
      body: isJson ? JSON.parse(text) : undefined,
      milliseconds: performance.now() - begun,
    };
  }
}

const FORM = "application/x-www-form-urlencoded";
