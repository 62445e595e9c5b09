import type { ChatChannel, ChatPage } from "@guildhall/sdk";
import { DELETED, deletionOf, digestOf, recordOf, type BackupRecord } from "./backup-record.ts";

/** A message as the backup knows it. */
export interface KnownMessage {
  readonly id: string;
  readonly position: bigint;
  readonly answerIn: string | null;
  readonly at: Date;
  /** Of its newest record. */
  readonly digest: string;
}

/** A record that is to be added, and what it makes known. */
export interface Finding {
  readonly record: BackupRecord;
  readonly known: KnownMessage;
}

/**
 * What a page of a history, or of the thread `answerIn`, says that the backup does not know: new messages, changed ones,
 * and those that are gone. The same page again says nothing. In the order of the messages.
 */
export function comparePage(given: {
  readonly page: ChatPage;
  readonly channel: ChatChannel;
  readonly answerIn: string | null;
  readonly known: readonly KnownMessage[];
  readonly now: Date;
}): Finding[] {
  const { page, channel, answerIn, now } = given;
  const known = new Map(given.known.map((message) => [message.position, message]));
  const findings: Finding[] = [];
  const add = (record: BackupRecord, message: Omit<KnownMessage, "digest">) => {
    const { id, position, at } = message;
    const facts = { id, position, at, answerIn: message.answerIn, digest: digestOf(record) };
    findings.push({ record, known: facts });
  };
  for (const message of page.messages) {
    const before = known.get(message.position);
    known.delete(message.position);
    const isKnownGone = before?.digest === DELETED;
    if (message.isDeleted) {
      if (!isKnownGone) add(deletionOf(message, { channel, seenAt: now }), message);
      continue;
    }
    const kind = before === undefined || isKnownGone ? "message" : "edit";
    const record = recordOf(message, { kind, channel, seenAt: now });
    if (before?.digest !== digestOf(record)) add(record, message);
  }
  for (const gone of known.values()) {
    const isBelow = page.after !== null && gone.position <= page.after;
    const isAbove = page.before !== null && gone.position >= page.before;
    if (gone.digest === DELETED || gone.answerIn !== answerIn || isBelow || isAbove) continue;
    add(deletionOf(gone, { channel, seenAt: now }), gone);
  }
  return findings.toSorted((one, other) => (one.known.position < other.known.position ? -1 : 1));
}
