import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AnswerLadder,
  EDIT_MILLISECONDS,
  GATHER_MILLISECONDS,
  LIVE_MILLISECONDS,
  RESPONSE_MILLISECONDS,
  RESPONSE_POSTS,
  type Rung,
  type Waiting,
} from "./answer-ladder.ts";

const BEGIN = 1_000_000;
const waiting = (change: Partial<Waiting> = {}): Waiting => ({
  since: BEGIN,
  forAsker: false,
  isProgress: false,
  hasEnded: false,
  ...change,
});
const ladder = (
  change: { posts?: number; keptPosts?: number; hasResponseUrl?: boolean; canWrite?: boolean } = {},
) => new AnswerLadder({ receivedAt: BEGIN, posts: 0, hasResponseUrl: true, canWrite: true, ...change });

/** A virtual clock: waits as the ladder says, and uses what it gives, until `until`. */
function climb(
  given: AnswerLadder,
  until: number,
  of: (now: number) => Waiting,
): { at: number; kind: string }[] {
  const used: { at: number; kind: string }[] = [];
  let now = BEGIN;
  while (now < until) {
    const rung = given.next(now, of(now));
    if (rung.kind === "wait") {
      expect(rung.until).toBeGreaterThan(now);
      now = rung.until;
      continue;
    }
    used.push({ at: now, kind: rung.kind });
    if (rung.kind === "give_up") break;
    given.used(rung.kind, now);
    now += 1;
  }
  return used;
}

describe("the ladder of answers", () => {
  it("lets output gather, and sends a short answer as one post", () => {
    const given = ladder();
    expect(given.next(BEGIN, waiting())).toEqual({ kind: "wait", until: BEGIN + GATHER_MILLISECONDS });
    expect(given.next(BEGIN, waiting({ hasEnded: true }))).toEqual({ kind: "response" });
    expect(given.next(BEGIN + GATHER_MILLISECONDS, waiting())).toEqual({ kind: "response" });
  });

  it("goes on with a message of the bot's own and one edit a second, a new message every four minutes", () => {
    const used = climb(ladder(), BEGIN + 2 * LIVE_MILLISECONDS + 5000, () => waiting());
    expect(used.slice(0, 3).map(({ kind }) => kind)).toEqual(["response", "message", "edit"]);
    expect(used.filter(({ kind }) => kind === "response")).toHaveLength(1);
    const messages = used.filter(({ kind }) => kind === "message");
    expect(messages.length).toBe(3);
    const writes = used.filter(({ kind }) => kind === "edit" || kind === "message");
    for (const [index, { at, kind }] of writes.entries()) {
      if (kind === "edit")
        expect(at - (writes[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(EDIT_MILLISECONDS);
    }
  });

  it("spreads five posts over the half hour where the bot cannot write, the last one kept for the end", () => {
    const used = climb(ladder({ canWrite: false }), BEGIN + RESPONSE_MILLISECONDS + 1, () => waiting());
    const posts = used.filter(({ kind }) => kind === "response").map(({ at }) => at - BEGIN);
    expect(posts).toHaveLength(RESPONSE_POSTS);
    expect(posts[3]).toBeLessThan(RESPONSE_MILLISECONDS / 2);
    expect(posts[4]).toBeGreaterThan(RESPONSE_MILLISECONDS - 61_000);
    expect(used.at(-1)).toMatchObject({ kind: "give_up" });
  });

  it("uses the post that was kept at once when the end comes", () => {
    const given = ladder({ canWrite: false });
    climb(given, BEGIN + 5 * 60_000, () => waiting());
    expect(given.next(BEGIN + 5 * 60_000, waiting({ hasEnded: true }))).toEqual({ kind: "response" });
  });

  it("writes by the bot alone when the response URL is gone or has expired, and then gives up", () => {
    const given = ladder();
    given.closeResponse();
    expect(given.next(BEGIN + 1000, waiting())).toEqual({ kind: "message" });
    const late = ladder();
    expect(late.next(BEGIN + RESPONSE_MILLISECONDS, waiting())).toEqual({ kind: "message" });
    late.closeWriting();
    expect(late.next(BEGIN + RESPONSE_MILLISECONDS, waiting())).toEqual({ kind: "give_up" });
  });

  it("keeps progress to the bot's own message", () => {
    const progress = waiting({ isProgress: true });
    expect(ladder().next(BEGIN + 1000, progress)).toEqual({ kind: "message" });
    expect(ladder({ canWrite: false }).next(BEGIN + 1000, progress)).toMatchObject({ kind: "wait" });
  });

  it("shows the asker alone by the response URL first, then by ephemeral messages", () => {
    const given = ladder();
    const own = waiting({ forAsker: true, hasEnded: true });
    expect(given.next(BEGIN, own)).toEqual({ kind: "response" });
    given.used("response", BEGIN);
    expect(given.next(BEGIN, own)).toEqual({ kind: "ephemeral" });
    expect(ladder({ hasResponseUrl: false }).next(BEGIN, own)).toEqual({ kind: "ephemeral" });
  });

  it("waits as long as Slack asks", () => {
    const given = ladder();
    given.block(BEGIN + 30_000);
    expect(given.next(BEGIN + 5, waiting({ hasEnded: true }))).toEqual({
      kind: "wait",
      until: BEGIN + 30_000,
    });
  });

  it("keeps its last post for the end, whether or not some are for something else", () => {
    for (const keptPosts of [0, 1]) {
      const given = ladder({ keptPosts, canWrite: false });
      const most = RESPONSE_POSTS - keptPosts;
      const running = climb(given, BEGIN + RESPONSE_MILLISECONDS / 2, (now) =>
        waiting({ since: now - 1000 }),
      );
      expect(running).toHaveLength(most - 1);
      const end = waiting({ hasEnded: true });
      const later = BEGIN + RESPONSE_MILLISECONDS / 2;
      expect(given.next(later, end)).toEqual({ kind: "response" });
      given.used("response", later);
      expect(given.next(later, end)).toEqual({ kind: "give_up" });
    }
  });

  it("never posts more than five times, nor after half an hour, nor edits faster, whatever happens", () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 400_000 }),
      waiting: fc.record({
        since: fc.integer({ min: BEGIN, max: BEGIN + 2_000_000 }),
        forAsker: fc.boolean(),
        isProgress: fc.boolean(),
        hasEnded: fc.boolean(),
      }),
      trouble: fc.constantFrom("none", "none", "block", "closeResponse", "closeWriting", "closeMessage"),
    });
    fc.assert(
      fc.property(
        fc.record({
          hasResponseUrl: fc.boolean(),
          canWrite: fc.boolean(),
          keptPosts: fc.integer({ min: 0, max: 1 }),
        }),
        fc.array(step, { maxLength: 60 }),
        (options, steps) => {
          const given = ladder(options);
          let now = BEGIN;
          let posts = 0;
          let lastWrite = Number.NEGATIVE_INFINITY;
          for (const { pass, waiting: what, trouble } of steps) {
            now += pass;
            const rung: Rung = given.next(now, what);
            if (rung.kind === "response") {
              posts += 1;
              expect(now).toBeLessThan(BEGIN + RESPONSE_MILLISECONDS);
            }
            if (rung.kind === "edit") expect(now - lastWrite).toBeGreaterThanOrEqual(EDIT_MILLISECONDS);
            if (rung.kind === "edit" || rung.kind === "message") lastWrite = now;
            if (rung.kind !== "wait" && rung.kind !== "give_up") given.used(rung.kind, now);
            if (trouble === "block") given.block(now + 1000);
            else if (trouble !== "none") given[trouble]();
          }
          expect(posts).toBeLessThanOrEqual(RESPONSE_POSTS - options.keptPosts);
        },
      ),
    );
  });
});
