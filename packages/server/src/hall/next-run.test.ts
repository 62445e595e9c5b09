import { defineService, type Schedule } from "@guildhall/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeSchedule, firstRun, healedRun, regularRun, runAfterFailure } from "./next-run.ts";

const noJitter = { integer: (low: number) => low };
const mostJitter = { integer: (_low: number, high: number) => high };
const at = (text: string) => new Date(text);

function service(schedule: Schedule, more: { jitterSeconds?: number; retries?: number } = {}) {
  return defineService({
    name: "tidy",
    summary: "",
    schedule,
    timeLimitSeconds: 1,
    run: async () => undefined,
    ...more,
  });
}

const instants = fc.date({
  min: at("2026-01-01T00:00:00Z"),
  max: at("2027-01-01T00:00:00Z"),
  noInvalidDate: true,
});

describe("a cron pattern", () => {
  it("is read in its zone, over the change to summer time", () => {
    const daily = service({ cron: "0 9 * * *", timeZone: "Europe/Berlin" });
    const next = (now: string) => regularRun(daily, { now: at(now), dueAt: null, random: noJitter });
    expect(next("2026-03-28T10:00:00Z")).toEqual(at("2026-03-29T07:00:00Z"));
    expect(next("2026-03-27T10:00:00Z")).toEqual(at("2026-03-28T08:00:00Z"));
  });

  it("never gives the time again that was due, whatever the clock was set to", () => {
    const hourly = service({ cron: "0 * * * *" });
    fc.assert(
      fc.property(instants, fc.integer({ min: -86_400_000, max: 86_400_000 }), (dueAt, shift) => {
        const now = new Date(dueAt.getTime() + shift);
        const next = regularRun(hourly, { now, dueAt, random: noJitter });
        expect(next?.getTime()).toBeGreaterThan(Math.max(dueAt.getTime(), now.getTime()));
        expect(next?.getUTCMinutes()).toBe(0);
      }),
    );
  });

  it("is not taken when it cannot be", () => {
    expect(() => firstRun(service({ cron: "61 * * * *" }), { now: new Date(), random: noJitter })).toThrow();
  });
});

describe("an interval", () => {
  const every = service({ everySeconds: 3600 }, { jitterSeconds: 60 });

  it("begins at once, and then counts from the end of the last run", () => {
    const now = at("2026-01-01T12:00:00Z");
    expect(firstRun(every, { now, random: noJitter })).toEqual(now);
    expect(regularRun(every, { now, dueAt: now, random: mostJitter })).toEqual(at("2026-01-01T13:01:00Z"));
  });

  it("does not wait longer than its length when the clock was set back", () => {
    const now = at("2026-01-01T12:00:00Z");
    const heal = (next: string) => healedRun(every, { now, nextRunAt: at(next) });
    expect(heal("2026-01-01T14:30:00Z")).toEqual(at("2026-01-01T13:01:00Z"));
    expect(heal("2026-01-01T12:30:00Z")).toEqual(at("2026-01-01T12:30:00Z"));
  });
});

describe("a failed run", () => {
  const now = at("2026-01-01T12:00:00Z");
  const regular = at("2026-01-02T12:00:00Z");
  const daily = service({ everySeconds: 86_400 }, { retries: 2 });
  const after = (failures: number) => runAfterFailure(daily, { now, failures, regular });

  it("is tried again at growing distances, then at its regular time", () => {
    expect([1, 2, 3, 100].map(after)).toEqual([
      at("2026-01-01T12:00:10Z"),
      at("2026-01-01T12:00:20Z"),
      regular,
      regular,
    ]);
  });

  it("is never tried later than regularly", () => {
    const soon = at("2026-01-01T12:00:01Z");
    expect(runAfterFailure(daily, { now, failures: 1, regular: soon })).toEqual(soon);
  });
});

it("shows schedules as people read them", () => {
  expect(
    [
      { everySeconds: 3600 },
      { everySeconds: 90 },
      { cron: "0 3 * * *" },
      { cron: "0 3 * * *", timeZone: "Asia/Tokyo" },
    ].map(describeSchedule),
  ).toEqual(["every 1 h", "every 90 s", "cron 0 3 * * * (UTC)", "cron 0 3 * * * (Asia/Tokyo)"]);
});
