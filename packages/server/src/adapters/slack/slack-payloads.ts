import { z } from "zod";

const Id = z.string().min(1).max(100);

/** A slash command. https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling */
export const SlashCommand = z.object({
  command: z.string().min(1).max(100),
  text: z.string().max(20_000).default(""),
  response_url: z.url().max(2000),
  trigger_id: z.string().min(1).max(200),
  user_id: Id,
  user_name: z.string().max(200).default(""),
  channel_id: Id,
  channel_name: z.string().max(200).default(""),
  team_id: Id,
});

/** A slash command. */
export type SlashCommand = z.infer<typeof SlashCommand>;

const Person = z.looseObject({ id: Id, username: z.string().optional(), name: z.string().optional() });
const Team = z.looseObject({ id: Id });

/** A pressed button. https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export const BlockActions = z.looseObject({
  type: z.literal("block_actions"),
  user: Person,
  team: Team,
  channel: z.looseObject({ id: Id, name: z.string().optional() }).optional(),
  trigger_id: z.string(),
  response_url: z.url().optional(),
  actions: z
    .array(z.looseObject({ action_id: z.string(), value: z.string().optional(), action_ts: z.string() }))
    .min(1),
});

/** A form that was sent. https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export const ViewSubmission = z.looseObject({
  type: z.literal("view_submission"),
  user: Person,
  team: Team,
  view: z.looseObject({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.looseObject({
      values: z.record(z.string(), z.record(z.string(), z.looseObject({ type: z.string() }))),
    }),
  }),
});

/** A pressed button. */
export type BlockActions = z.infer<typeof BlockActions>;
/** A form that was sent. */
export type ViewSubmission = z.infer<typeof ViewSubmission>;

/** What Slack asks when the events URL is entered. */
export const UrlVerification = z.object({
  type: z.literal("url_verification"),
  challenge: z.string().max(1000),
});

/** An event. https://docs.slack.dev/apis/events-api#callback-field */
export const EventCallback = z.looseObject({
  type: z.literal("event_callback"),
  team_id: Id,
  event_id: Id,
  event: z.looseObject({ type: z.string() }),
});

/** A message, in a direct conversation or where the bot was mentioned. */
export const MessageEvent = z.looseObject({
  type: z.enum(["message", "app_mention"]),
  channel: Id,
  channel_type: z.string().optional(),
  user: Id.optional(),
  bot_id: z.string().optional(),
  subtype: z.string().optional(),
  text: z.string().default(""),
  ts: z.string(),
  thread_ts: z.string().optional(),
});

/** Somebody left a channel. */
export const MemberLeft = z.looseObject({ type: z.literal("member_left_channel"), user: Id, channel: Id });

/** The app was removed, or tokens of it were taken back. */
export const TokensRevoked = z.looseObject({
  type: z.literal("tokens_revoked"),
  tokens: z.looseObject({ bot: z.array(z.string()).optional() }),
});
