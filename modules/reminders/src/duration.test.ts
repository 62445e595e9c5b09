import { describe, expect, it } from "vitest";
import { after, ago, parseDuration } from "./duration.ts";
import { readWhen } from "./read-when.ts";
import { instantOf, isTimeZone, shownTime } from "./zoned-time.ts";

const HOUR = 3_600_000;

describe("lengths of time", () => {
  it.each([
    ["P3D", { months: 0, milliseconds: 72 * HOUR }],
    ["p1y2m", { months: 14, milliseconds: 0 }],
    ["PT1H30M", { months: 0, milliseconds: 1.5 * HOUR }],
    ["P1W", { months: 0, milliseconds: 168 * HOUR }],
    ["1 day", { months: 0, milliseconds: 24 * HOUR }],
    ["2d 4h", { months: 0, milliseconds: 52 * HOUR }],
    ["an hour and 30 minutes", { months: 0, milliseconds: 1.5 * HOUR }],
    ["3 Months", { months: 3, milliseconds: 0 }],
  ])("%s is understood", (text, expected) => expect(parseDuration(text)).toEqual(expected));

  it.each([
    "",
    "P",
    "PT",
    "tomorrow",
    "3",
    "3 parsecs",
    "-1 day",
    "0 days",
    "1 day!",
    "11 years",
    "1 day day",
  ])('"%s" is not', (text) => expect(parseDuration(text)).toBeUndefined());

  it("end a month on its last day", () => {
    const january = new Date("2027-01-31T10:00:00Z");
    expect(after(january, { months: 1, milliseconds: 0 })).toEqual(new Date("2027-02-28T10:00:00Z"));
    expect(after(january, { months: 12, milliseconds: HOUR })).toEqual(new Date("2028-01-31T11:00:00Z"));
  });

  it("that have passed are told in words", () => {
    const now = new Date("2026-03-10T12:00:00Z");
    const told = [1, 90, HOUR / 1000, 47 * 3600, 48 * 3600].map((seconds) =>
      ago(new Date(now.getTime() - seconds * 1000), now),
    );
    expect(told).toEqual(["1 second ago", "1 minute ago", "1 hour ago", "47 hours ago", "2 days ago"]);
  });
});

describe("times of people", () => {
  const at = { now: new Date("2026-03-28T12:00:00Z"), timeZone: "Europe/Berlin" };

  it("are read in their zone, with its summer time", () => {
    expect(readWhen("3 hours", at)).toEqual(new Date("2026-03-28T15:00:00Z"));
    expect(readWhen("18:30", at)).toEqual(new Date("2026-03-28T17:30:00Z"));
    expect(readWhen("9:00", at)).toEqual(new Date("2026-03-29T07:00:00Z"));
    expect(readWhen("2026-12-31 23:59", at)).toEqual(new Date("2026-12-31T22:59:00Z"));
    for (const wrong of ["2026-03-28 12:00", "2026-02-30 12:00", "25:00", "soon"]) {
      expect(readWhen(wrong, at), wrong).toBeUndefined();
    }
  });

  it("that summer time skips are as long after the skip", () => {
    const skipped = { year: 2026, month: 3, day: 29, hour: 2, minute: 30 };
    expect(instantOf(skipped, "Europe/Berlin").toISOString()).toMatch(/^2026-03-29T0[01]:30/);
  });

  it("are shown in their zone", () => {
    expect(shownTime(new Date("2026-03-01T22:05:00Z"), "America/New_York")).toBe("Sun Mar 01, 05:05 PM");
    expect([isTimeZone("Europe/Berlin"), isTimeZone("Middle/Earth")]).toEqual([true, false]);
  });
});
