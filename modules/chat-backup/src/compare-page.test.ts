import type { ChatChannel, ChatMessage, ChatPage } from "@guildhall/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BackupRecord } from "./backup-record.ts";
import { comparePage, type KnownMessage } from "./compare-page.ts";

const CHANNEL: ChatChannel = {
  adapter: "paper",
  workspaceId: "T1",
  channelId: "C1",
  name: "tavern",
  isPrivate: false,
};
const now = new Date("2026-03-02T12:00:00Z");

function message(position: number, text: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return {
    id: `m${position}`,
    position: BigInt(position),
    at: new Date(Date.UTC(2026, 2, 1) + position * 1000),
    editedAt: null,
    answerIn: null,
    thread: null,
    authorId: "U1",
    authorName: null,
    isOwn: false,
    isByPerson: true,
    isDeleted: false,
    text,
    files: [],
    raw: { text },
    ...more,
  };
}

/** A backup in memory: what is known, and the records in their order. */
class Backup {
  readonly known = new Map<bigint, KnownMessage>();
  readonly records: BackupRecord[] = [];

  take(page: ChatPage, answerIn: string | null = null): number {
    const known = [...this.known.values()];
    const findings = comparePage({ page, channel: CHANNEL, answerIn, known, now });
    for (const finding of findings) {
      this.records.push(BackupRecord.parse(JSON.parse(JSON.stringify(finding.record))));
      this.known.set(finding.known.position, finding.known);
    }
    return findings.length;
  }

  /** What stands in the channel, as the records tell it. */
  restored(): Map<string, string> {
    const standing = new Map<string, string>();
    for (const record of this.records) {
      if (record.kind === "deletion") standing.delete(record.id);
      else standing.set(record.id, record.text);
    }
    return standing;
  }
}

/** The channel's pages, the newest first, of so many messages each. */
function pagesOf(channel: ReadonlyMap<number, string>, size: number): ChatPage[] {
  const all = [...channel].toSorted(([one], [other]) => one - other).map(([at, text]) => message(at, text));
  const pages: ChatPage[] = [];
  let before: bigint | null = null;
  do {
    const messages = all.splice(Math.max(0, all.length - size));
    const lowest: bigint | null = messages[0]?.position ?? null;
    const after: bigint | null = all.length === 0 ? null : lowest;
    pages.push({ after, before, messages });
    before = lowest;
  } while (all.length > 0);
  return pages;
}

const changes = fc.array(
  fc.record({
    at: fc.integer({ min: 1, max: 12 }),
    text: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined }),
  }),
  { maxLength: 12 },
);

describe("comparing a page with what is known", () => {
  it("makes records from which the channel comes back as it stands, and none the second time", () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 5 }), fc.integer({ min: 1, max: 5 }), (days, size) => {
        const channel = new Map<number, string>();
        const backup = new Backup();
        for (const day of days) {
          for (const { at, text } of day) {
            if (text === undefined) channel.delete(at);
            else channel.set(at, text);
          }
          for (const page of pagesOf(channel, size)) backup.take(page);
          const standing = [...channel].map(([at, text]) => [`m${at}`, text] as const);
          expect(backup.restored()).toEqual(new Map(standing));
          for (const page of pagesOf(channel, size)) expect(backup.take(page)).toBe(0);
        }
      }),
    );
  });

  it("says nothing about what a page does not reach over, or what is in another thread", () => {
    const backup = new Backup();
    backup.take({ after: null, before: null, messages: [1, 2, 3].map((at) => message(at, "x")) });
    backup.take({ after: null, before: null, messages: [message(4, "y", { answerIn: "m1" })] }, "m1");
    expect(backup.take({ after: 1n, before: 3n, messages: [message(2, "x")] })).toBe(0);
    expect(backup.take({ after: 3n, before: null, messages: [] })).toBe(0);
    expect(backup.take({ after: 1n, before: 3n, messages: [] })).toBe(1);
    expect(backup.take({ after: null, before: null, messages: [] }, "m1")).toBe(1);
    expect(backup.records.map(({ kind, id }) => [kind, id]).slice(-2)).toEqual([
      ["deletion", "m2"],
      ["deletion", "m4"],
    ]);
  });

  it("keeps an edit with all that it says, whatever changes besides, and takes a tombstone for a deletion", () => {
    const backup = new Backup();
    const page = (one: ChatMessage): ChatPage => ({ after: null, before: null, messages: [one] });
    const file = { id: "F1", name: "map.png", mime: "image/png", size: 12 };
    backup.take(page(message(1, "x", { thread: "m1", files: [file] })));
    expect(backup.take(page(message(1, "x", { files: [file], raw: { address: "another" } })))).toBe(0);
    expect(backup.take(page(message(1, "x", { files: [] })))).toBe(1);
    expect(backup.records.at(-1)).toMatchObject({ kind: "edit", text: "x", files: [] });
    expect(backup.take(page(message(1, "gone", { isDeleted: true })))).toBe(1);
    expect(backup.take(page(message(1, "gone", { isDeleted: true })))).toBe(0);
    expect(backup.records.at(-1)).toMatchObject({ kind: "deletion", id: "m1" });
    expect(backup.records.at(-1)).not.toHaveProperty("text");
  });
});
