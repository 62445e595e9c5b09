import { after } from "./duration.ts";
import { instantOf, minuteOfDay, wallTime } from "./zoned-time.ts";

/** What a workspace chose for its reminders. */
export interface Rules {
  readonly stallMilliseconds: number;
  /** How long a first reminder may stay unanswered; 0 for no second one. */
  readonly louderMilliseconds: number;
  /** An IANA name. */
  readonly timeZone: string;
  /** Minutes of the day between which people may be reminded; all day when equal. */
  readonly fromMinute: number;
  readonly untilMinute: number;
}

/** What is remembered of a workspace between two looks. */
export interface Memory {
  /** No reminder before this instant; it only moves later. */
  readonly due?: Date | undefined;
  /** When the first reminder of the present silence was posted. */
  readonly first?: Date | undefined;
  /** When the second was. */
  readonly second?: Date | undefined;
}

/** What to do now, and what to remember of it. */
export interface Decision {
  readonly post: "first" | "second" | undefined;
  readonly memory: Memory;
}

/** A message of the hall so soon after a reminder is that reminder: the platform's clock is not the hall's. */
const OWN_TOLERANCE_MILLISECONDS = 120_000;

/**
 * Whether to remind a workspace whose newest activity is known (requirements M-48, M-49): when nobody has written for
 * the stall time; never when the hall wrote last, unless that was the first reminder, which a second one may follow
 * once; only in the hours of the window.
 */
export function decide(given: {
  readonly newest: { readonly at: Date; readonly isOwn: boolean };
  readonly memory: Memory;
  readonly rules: Rules;
  readonly now: Date;
}): Decision {
  const { newest, rules, now } = given;
  const { first, second } = given.memory;
  const isReminder =
    first !== undefined &&
    newest.at.getTime() <= first.getTime() + OWN_TOLERANCE_MILLISECONDS &&
    newest.isOwn;
  const isSecond =
    second !== undefined &&
    newest.at.getTime() <= second.getTime() + OWN_TOLERANCE_MILLISECONDS &&
    newest.isOwn;
  const isUnanswered =
    first !== undefined && (isReminder || isSecond || newest.at.getTime() <= first.getTime());
  if (isUnanswered) {
    if (second !== undefined || rules.louderMilliseconds === 0) {
      return { post: undefined, memory: given.memory };
    }
    const due = inWindow(
      later(given.memory.due, new Date(first.getTime() + rules.louderMilliseconds)),
      rules,
    );
    if (now < due || inWindow(now, rules) > now) return { post: undefined, memory: { due, first } };
    return { post: "second", memory: { due, first, second: now } };
  }
  const candidate = after(newest.at, { months: 0, milliseconds: rules.stallMilliseconds });
  const due = inWindow(later(given.memory.due, candidate), rules);
  if (newest.isOwn || now < due || inWindow(now, rules) > now) return { post: undefined, memory: { due } };
  return { post: "first", memory: { due, first: now } };
}

/** The instant itself when it lies in the window's hours, else the next at which the window opens. */
export function inWindow(instant: Date, { timeZone, fromMinute, untilMinute }: Rules): Date {
  if (fromMinute === untilMinute) return instant;
  const wall = wallTime(instant, timeZone);
  const minute = minuteOfDay(wall);
  const isOpen =
    fromMinute < untilMinute
      ? minute >= fromMinute && minute < untilMinute
      : minute >= fromMinute || minute < untilMinute;
  if (isOpen) return instant;
  const days = minute < fromMinute ? 0 : 1;
  const opening = {
    ...wall,
    day: wall.day + days,
    hour: Math.floor(fromMinute / 60),
    minute: fromMinute % 60,
  };
  return instantOf(opening, timeZone);
}

function later(one: Date | undefined, other: Date): Date {
  return one && one > other ? one : other;
}
