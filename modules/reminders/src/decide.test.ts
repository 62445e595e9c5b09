import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, inWindow, type Memory, type Rules } from "./decide.ts";

const HOUR = 3_600_000;
const at = (text: string) => new Date(`2026-03-${text}:00Z`);
const rules: Rules = {
  stallMilliseconds: 24 * HOUR,
  louderMilliseconds: 24 * HOUR,
  timeZone: "UTC",
  fromMinute: 9 * 60,
  untilMinute: 21 * 60,
};
const person = (when: Date) => ({ at: when, isOwn: false });
const hall = (when: Date) => ({ at: when, isOwn: true });

describe("when to remind (M-48, M-49)", () => {
  const newest = person(at("01T12:00"));

  it("is when nobody has written for the stall time, and not before", () => {
    const early = decide({ newest, memory: {}, rules, now: at("02T11:59") });
    expect(early).toEqual({ post: undefined, memory: { due: at("02T12:00") } });
    const late = decide({ newest, memory: early.memory, rules, now: at("02T12:00") });
    expect(late).toEqual({ post: "first", memory: { due: at("02T12:00"), first: at("02T12:00") } });
  });

  it("is never because of what the bot wrote last, and never twice", () => {
    expect(
      decide({ newest: hall(at("01T12:00")), memory: {}, rules, now: at("09T12:00") }).post,
    ).toBeUndefined();
    const memory = { first: at("02T12:00"), second: at("03T12:00") };
    for (const last of [hall(at("03T12:00")), hall(at("03T12:01")), newest]) {
      expect(decide({ newest: last, memory, rules, now: at("09T12:00") })).toEqual({
        post: undefined,
        memory,
      });
    }
  });

  it("is once more, louder, when the first reminder stays unanswered, whether or not its channel is watched", () => {
    const memory = { due: at("02T12:00"), first: at("02T12:00") };
    // The platform's clock may be a little ahead of the hall's.
    for (const last of [newest, hall(at("02T12:01"))]) {
      expect(decide({ newest: last, memory, rules, now: at("03T11:00") }).post).toBeUndefined();
      expect(decide({ newest: last, memory, rules, now: at("03T12:00") })).toEqual({
        post: "second",
        memory: { due: at("03T12:00"), first: at("02T12:00"), second: at("03T12:00") },
      });
    }
    const none = { ...rules, louderMilliseconds: 0 };
    expect(decide({ newest, memory, rules: none, now: at("09T12:00") }).post).toBeUndefined();
  });

  it("begins anew when somebody has written", () => {
    const memory = { due: at("02T12:00"), first: at("02T12:00"), second: at("03T12:00") };
    const answer = person(at("03T13:00"));
    const waiting = decide({ newest: answer, memory, rules, now: at("03T13:05") });
    expect(waiting).toEqual({ post: undefined, memory: { due: at("04T13:00") } });
    expect(decide({ newest: answer, memory: waiting.memory, rules, now: at("04T13:00") }).post).toBe("first");
  });

  it("does not come before a break has ended, and what is stored only moves later", () => {
    const memory = { due: at("09T12:00") };
    expect(decide({ newest, memory, rules, now: at("08T12:00") })).toEqual({ post: undefined, memory });
    expect(decide({ newest, memory, rules, now: at("09T12:00") }).post).toBe("first");
  });

  it("waits for the window's hours in the workspace's zone, also over summer time and midnight", () => {
    const berlin = { ...rules, timeZone: "Europe/Berlin" };
    expect(inWindow(at("01T20:30"), berlin)).toEqual(at("02T08:00"));
    expect(inWindow(at("28T20:30"), berlin)).toEqual(at("29T07:00"));
    expect(inWindow(at("31T23:00"), berlin)).toEqual(new Date("2026-04-01T07:00:00Z"));
    const night = { ...rules, fromMinute: 22 * 60, untilMinute: 2 * 60 };
    expect(inWindow(at("01T23:00"), night)).toEqual(at("01T23:00"));
    expect(inWindow(at("01T12:00"), night)).toEqual(at("01T22:00"));
    const late = { newest: person(at("01T20:30")), memory: {}, rules };
    expect(decide({ ...late, now: at("02T20:29") }).post).toBeUndefined();
    expect(decide({ ...late, now: at("02T22:00") }).post).toBeUndefined();
    expect(decide({ ...late, now: at("03T09:00") }).post).toBe("first");
  });

  it("is at most twice a silence, however often one looks, and always in the window", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 * 30 }), { maxLength: 60 }),
        fc.boolean(),
        (minutes, isWatched) => {
          let memory: Memory = {};
          let now = newest.at;
          let last = newest;
          const posts: Date[] = [];
          for (const pause of minutes) {
            now = new Date(now.getTime() + pause * 60_000);
            const decision = decide({ newest: last, memory, rules, now });
            memory = decision.memory;
            if (!decision.post) continue;
            posts.push(now);
            if (isWatched) last = hall(now);
          }
          expect(posts.length).toBeLessThanOrEqual(2);
          for (const post of posts) expect(inWindow(post, rules)).toEqual(post);
        },
      ),
    );
  });
});
