import type { Logger } from "@guildhall/sdk";
import { z } from "zod";
import { toError } from "../../kernel/to-error.ts";
import { clientOptions } from "./slack-api.ts";
import type { EventOutcome } from "./slack-events.ts";
import { BlockActions, SlashCommand, ViewSubmission } from "./slack-payloads.ts";
import type { Acknowledgement, SlackReceiver } from "./slack-receiver.ts";

const Envelope = z.looseObject({
  type: z.string(),
  body: z.unknown(),
  ack: z.custom<(answer?: Record<string, unknown>) => Promise<void>>((value) => typeof value === "function"),
});

/**
 * Takes what Slack sends over a socket that the hall opened, for a hall without a public address. The connection
 * comes back by itself. Returns how to close it.
 * https://docs.slack.dev/apis/events-api/using-socket-mode
 */
export async function openSocketMode(given: {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly receiver: SlackReceiver;
  readonly onEvent: (payload: unknown) => Promise<EventOutcome>;
  readonly log: Logger;
}): Promise<() => Promise<void>> {
  const { appToken, apiUrl, fetch, log } = given;
  const { SocketModeClient } = await import("@slack/socket-mode");
  const { logger, ...options } = await clientOptions({ apiUrl, fetch });
  const client = new SocketModeClient({ appToken, clientOptions: options, ...(logger ? { logger } : {}) });
  client.on("slack_event", (envelope: unknown) => {
    take(Envelope.parse(envelope), given).catch((error: unknown) => {
      log.error({ err: toError(error) }, "a message of Slack's socket could not be taken");
    });
  });
  client.on("connected", () => log.info({}, "Slack's socket is open"));
  // It is opened in the background: a Slack that is away must not hold up the start.
  client.start().catch((error: unknown) => {
    log.error(
      { err: toError(error) },
      "Slack's socket could not be opened; check GUILDHALL_SLACK__APP_TOKEN",
    );
  });
  return async () => {
    await client.disconnect();
  };
}

async function take(
  { type, body, ack }: z.infer<typeof Envelope>,
  { receiver, onEvent }: { receiver: SlackReceiver; onEvent: (payload: unknown) => Promise<EventOutcome> },
): Promise<void> {
  const outcome = await outcomeOf({ type, body }, { receiver, onEvent });
  // Without an acknowledgement Slack sends it again.
  if (outcome.again) return;
  await ack(outcome.body === undefined ? undefined : { ...outcome.body });
  outcome.afterwards?.();
}

async function outcomeOf(
  { type, body }: { type: string; body: unknown },
  { receiver, onEvent }: { receiver: SlackReceiver; onEvent: (payload: unknown) => Promise<EventOutcome> },
): Promise<EventOutcome | (Acknowledgement & { again?: undefined })> {
  switch (type) {
    case "slash_commands": {
      const command = SlashCommand.safeParse(body);
      return command.success ? await receiver.slashCommand(command.data) : {};
    }
    case "interactive": {
      const press = BlockActions.safeParse(body);
      if (press.success) return await receiver.press(press.data);
      const form = ViewSubmission.safeParse(body);
      return form.success ? await receiver.form(form.data) : {};
    }
    case "events_api":
      return await onEvent(body);
    default:
      return {};
  }
}
