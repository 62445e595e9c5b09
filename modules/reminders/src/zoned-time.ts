/** A day and a time on a wall in some time zone. */
export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const MINUTE = 60_000;

/** Whether a name such as `Europe/Berlin` is a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at an instant. */
export function wallTime(instant: Date, timeZone: string): WallTime {
  const format = new Intl.DateTimeFormat("en-u-hc-h23", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
  };
}

/** The instant at which the clocks of a zone show a time; one that summer time skips is as long after the skip. */
export function instantOf(wall: WallTime, timeZone: string): Date {
  const wanted = asUtc(wall);
  let guess = wanted;
  // The offset at the guess may not be the one at the result; where it changes between, the second try settles it.
  for (let tries = 0; tries < 2; tries += 1) guess += wanted - asUtc(wallTime(new Date(guess), timeZone));
  return new Date(guess);
}

/** An instant as the clocks of a zone show it: `Sun Mar 01, 02:30 PM`. */
export function shownTime(instant: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat("en-u-hc-h12", {
    timeZone,
    weekday: "short",
    month: "short",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? "";
  return `${part("weekday")} ${part("month")} ${part("day")}, ${part("hour")}:${part("minute")} ${part("dayPeriod")}`;
}

/** Minutes since midnight. */
export function minuteOfDay({ hour, minute }: { readonly hour: number; readonly minute: number }): number {
  return hour * 60 + minute;
}

function asUtc({ year, month, day, hour, minute }: WallTime): number {
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute) / MINUTE) * MINUTE;
}
