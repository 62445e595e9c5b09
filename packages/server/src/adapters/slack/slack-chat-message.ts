import type { ChatFile, ChatMessage, JsonValue } from "@guildhall/sdk";
import { z } from "zod";
import type { SlackIdentity } from "./slack-api.ts";

const MICROSECONDS = 1_000_000n;
/** What Slack leaves where a message was deleted on which a thread hangs. */
const TOMBSTONE = "tombstone";

const RawFile = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().nullish(),
});
const RawMessage = z.looseObject({
  ts: z.string().regex(/^\d+\.\d{6}$/),
  thread_ts: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  username: z.string().optional(),
  user_profile: z.looseObject({ display_name: z.string().optional() }).optional(),
  subtype: z.string().optional(),
  text: z.string().nullish(),
  edited: z.looseObject({ ts: z.string() }).optional(),
  files: z.array(RawFile).optional(),
});

/** A message as Slack gives it, in the words of all platforms. @throws ZodError when it is none */
export function slackChatMessage(raw: Record<string, unknown>, me: SlackIdentity): ChatMessage {
  const message = RawMessage.parse(raw);
  const { ts, thread_ts, user, bot_id, subtype, edited, files = [] } = message;
  const isOwn = user === me.userId || (bot_id !== undefined && bot_id === me.botId);
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => key !== "team"));
  return {
    id: ts,
    position: BigInt(ts.replace(".", "")),
    at: instantOf(ts),
    editedAt: edited === undefined ? null : instantOf(edited.ts),
    answerIn: thread_ts === undefined || thread_ts === ts ? null : thread_ts,
    thread: thread_ts === ts ? ts : null,
    authorId: user ?? bot_id ?? null,
    authorName: message.user_profile?.display_name || message.username || null,
    isOwn,
    isByPerson: user !== undefined && bot_id === undefined && subtype === undefined,
    isDeleted: subtype === TOMBSTONE,
    text: message.text ?? "",
    files: files.map(fileOf),
    raw: jsonOf(rest),
  };
}

/** Where a message that was written at an instant would stand. */
export function positionAt(instant: Date): bigint {
  return BigInt(instant.getTime()) * 1000n;
}

/** The timestamp, by which Slack names messages, of a position. */
export function timestampAt(position: bigint): string {
  return `${position / MICROSECONDS}.${(position % MICROSECONDS).toString().padStart(6, "0")}`;
}

function fileOf({ id, name, title, mimetype, size }: z.infer<typeof RawFile>): ChatFile {
  return { id, name: name ?? title ?? id, mime: mimetype ?? null, size: size ?? null };
}

function instantOf(ts: string): Date {
  return new Date(Math.floor(Number(ts) * 1000));
}

function jsonOf(value: unknown): JsonValue {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}
