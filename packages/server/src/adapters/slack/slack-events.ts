import type { ChatSubmission } from "../../hall/chat-connection.ts";
import { writeAddress } from "./answer-address.ts";
import { EventCallback, MemberLeft, MessageEvent, TokensRevoked, UrlVerification } from "./slack-payloads.ts";
import type { Acknowledgement, ReceiverSurroundings } from "./slack-receiver.ts";

/** What an event led to; one that could not be recorded is to be sent again by Slack. */
export type EventOutcome = Acknowledgement & { readonly again?: true };

/** Takes an event: messages to the bot are answered, people who leave and tokens that end are taken note of. */
export async function onSlackEvent(payload: unknown, given: ReceiverSurroundings): Promise<EventOutcome> {
  const verification = UrlVerification.safeParse(payload);
  if (verification.success) return { body: { challenge: verification.data.challenge } };
  const callback = EventCallback.safeParse(payload);
  if (!callback.success) return {};
  const { team_id, event_id, event } = callback.data;
  switch (event.type) {
    case "message":
    case "app_mention":
      return await onMessage({ event, teamId: team_id, eventId: event_id }, given);
    case "member_left_channel": {
      const { user, channel } = MemberLeft.parse(event);
      await given.chat.leave(
        { adapter: "slack", workspaceId: team_id, accountId: user },
        { workspaceId: team_id, channelId: channel },
      );
      return {};
    }
    case "tokens_revoked": {
      const { tokens } = TokensRevoked.parse(event);
      if ((tokens.bot ?? []).length > 0) await forget(team_id, given);
      return {};
    }
    case "app_uninstalled":
      await forget(team_id, given);
      return {};
    default:
      return {};
  }
}

async function forget(teamId: string, { workspaces, log }: ReceiverSurroundings): Promise<void> {
  await workspaces.forget(teamId);
  log.info({ teamId }, "the app was removed from a Slack workspace; its tokens are gone");
}

/** A direct message gets the status (requirements M-53), a mention gets help. */
async function onMessage(
  { event, teamId, eventId }: { event: unknown; teamId: string; eventId: string },
  given: ReceiverSurroundings,
): Promise<EventOutcome> {
  const message = MessageEvent.parse(event);
  const { user, channel, channel_type, type, text } = message;
  // The bot's own, other bots', and what the platform itself says: never a reason to answer.
  if (user === undefined || message.bot_id !== undefined || message.subtype !== undefined) return {};
  const isDirect = type === "message" && channel_type === "im";
  if (!isDirect && type !== "app_mention") return {};
  const submission = await given.chat.submitLine({
    account: { adapter: "slack", workspaceId: teamId, accountId: user, displayName: user },
    place: {
      workspaceId: teamId,
      channelId: channel,
      channelName: isDirect ? `Direct messages of ${user}` : channel,
      isPrivate: isDirect,
    },
    key: eventId,
    reply: writeAddress({
      teamId,
      channelId: channel,
      userId: user,
      receivedAt: given.clock.now().getTime(),
      ...(isDirect ? {} : { threadTs: message.thread_ts ?? message.ts }),
    }),
    line: isDirect ? "status" : helpLine(text),
  });
  return outcomeOf(submission);
}

/** `@hall help roll` explains a command, any other mention lists them all. */
function helpLine(text: string): string {
  const [, words = ""] = /\bhelp\s+([a-z][a-z0-9 -]{0,100})$/i.exec(text.trim()) ?? [];
  return words === "" ? "help" : `help ${words}`;
}

function outcomeOf(submission: ChatSubmission): EventOutcome {
  if (submission.kind === "action") return { afterwards: submission.begin };
  return submission.kind === "refused" && submission.code === "store_unavailable" ? { again: true } : {};
}
