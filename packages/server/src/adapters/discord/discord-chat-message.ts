import type { ChatMessage } from "@guildhall/sdk";
import { MessageType, type APIMessage } from "discord-api-types/v10";
import { z } from "zod";

/** Discord counts the milliseconds of its ids from the first second of 2015. */
const EPOCH = 1_420_070_400_000;
const Json = z.json();
const BY_PEOPLE = new Set([MessageType.Default, MessageType.Reply, MessageType.ThreadStarterMessage]);

/** A message, with what only readers of Discord's histories need to know. */
export interface DiscordChatMessage extends ChatMessage {
  /** Whether it only repeats, at the beginning of a thread, the message that the thread hangs on. */
  readonly isOpening: boolean;
  /** Whether Discord left out what it says, since the bot lacks the intent to read it: no message says nothing. */
  readonly isUnreadable: boolean;
}

/** A message as Discord gives it, in the words of all platforms. */
export function discordChatMessage(message: APIMessage, ownUserId: string): DiscordChatMessage {
  const { id, author, timestamp, edited_timestamp, content, type, attachments, embeds } = message;
  const isOwn = author.id === ownUserId;
  const more = [
    ...attachments,
    ...embeds,
    ...(message.components ?? []),
    ...(message.sticker_items ?? []),
    ...(message.message_snapshots ?? []),
    ...(message.poll ? [message.poll] : []),
  ];
  const isPlain = type === MessageType.Default || type === MessageType.Reply;
  return {
    id,
    position: BigInt(id),
    at: new Date(timestamp),
    editedAt: edited_timestamp === null ? null : new Date(edited_timestamp),
    answerIn: null,
    thread: threadOf(message),
    authorId: author.id,
    authorName: author.global_name ?? author.username,
    isOwn,
    isByPerson: !isOwn && !author.bot && BY_PEOPLE.has(type),
    isDeleted: false,
    text: content,
    files: attachments.map((file) => ({
      id: file.id,
      name: file.filename,
      mime: file.content_type ?? null,
      size: file.size,
    })),
    raw: Json.parse(message),
    isOpening: type === MessageType.ThreadStarterMessage,
    isUnreadable: isPlain && !isOwn && content === "" && more.length === 0,
  };
}

/** The least position of a message that was written at an instant. */
export function positionAt(instant: Date): bigint {
  return BigInt(Math.max(0, instant.getTime() - EPOCH)) << 22n;
}

/** A thread hangs on the message that it was begun from, else on the platform's note that it was begun. */
function threadOf(message: APIMessage): string | null {
  if (message.thread) return message.thread.id;
  return message.type === MessageType.ThreadCreated ? (message.message_reference?.channel_id ?? null) : null;
}
