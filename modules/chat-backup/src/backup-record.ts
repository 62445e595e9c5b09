import { createHash } from "node:crypto";
import type { ChatChannel, ChatMessage, JsonValue } from "@guildhall/sdk";
import { z } from "zod";

const Instant = z.iso.datetime();

const Place = {
  /** The version of this schema. */
  version: z.literal(1),
  adapter: z.string(),
  workspaceId: z.string(),
  channelId: z.string(),
  /** The platform's id of the message. */
  id: z.string(),
  /** Where the message stands in its channel, in decimal digits: later ones are greater. */
  position: z.string().regex(/^\d+$/),
  /** The id of the thread that it is an answer in. */
  answerIn: z.string().nullable(),
  at: Instant,
  /** When the backup found it so. */
  seenAt: Instant,
};

const Content = {
  ...Place,
  /** The id of the thread that hangs on it. */
  thread: z.string().nullable(),
  editedAt: Instant.nullable(),
  authorId: z.string().nullable(),
  authorName: z.string().nullable(),
  isOwn: z.boolean(),
  isByPerson: z.boolean(),
  text: z.string(),
  /** What the platform says of files; their content stays there. */
  files: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      mime: z.string().nullable(),
      size: z.number().nullable(),
    }),
  ),
  /** The message as the platform gave it, without a workspace id. */
  raw: z.custom<JsonValue>((value) => value !== undefined),
};

/**
 * One line of a backup (requirement M-50), in one form for all platforms. A message that is changed gets a further line,
 * of kind `edit`, with all that it says then; one that is deleted gets a line of kind `deletion`. Nothing is written over.
 */
export const BackupRecord = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("message"), ...Content }),
  z.object({ kind: z.literal("edit"), ...Content }),
  z.object({ kind: z.literal("deletion"), ...Place }),
]);
/** One line of a backup. */
export type BackupRecord = z.infer<typeof BackupRecord>;

/** What a deletion has for a digest. */
export const DELETED = "deleted";

/** The line of a message as it stands. */
export function recordOf(
  message: ChatMessage,
  given: { readonly kind: "message" | "edit"; readonly channel: ChatChannel; readonly seenAt: Date },
): BackupRecord {
  const { kind, channel, seenAt } = given;
  return {
    kind,
    ...placeOf(channel, message, seenAt),
    thread: message.thread,
    editedAt: message.editedAt?.toISOString() ?? null,
    authorId: message.authorId,
    authorName: message.authorName,
    isOwn: message.isOwn,
    isByPerson: message.isByPerson,
    text: message.text,
    files: message.files.map(({ id, name, mime, size }) => ({ id, name, mime, size })),
    raw: message.raw,
  };
}

/** The line of a message that is no more. */
export function deletionOf(
  message: Pick<ChatMessage, "id" | "position" | "answerIn" | "at">,
  given: { readonly channel: ChatChannel; readonly seenAt: Date },
): BackupRecord {
  return { kind: "deletion", ...placeOf(given.channel, message, given.seenAt) };
}

/** Tells versions of a message apart: what it says, and its files, but not the addresses that change at each look. */
export function digestOf(record: BackupRecord): string {
  if (record.kind === "deletion") return DELETED;
  const said = [record.text, record.editedAt, record.files];
  return createHash("sha256").update(JSON.stringify(said)).digest("base64url").slice(0, 22);
}

/** The month, in UTC, of the message that a record is about: `2026-03`. */
export function monthOf(record: BackupRecord): string {
  return record.at.slice(0, 7);
}

function placeOf(
  { adapter, workspaceId, channelId }: ChatChannel,
  { id, position, answerIn, at }: Pick<ChatMessage, "id" | "position" | "answerIn" | "at">,
  seenAt: Date,
) {
  return {
    version: 1 as const,
    adapter,
    workspaceId,
    channelId,
    id,
    position: position.toString(),
    answerIn,
    at: at.toISOString(),
    seenAt: seenAt.toISOString(),
  };
}
