import { after, parseDuration } from "./duration.ts";
import { instantOf, wallTime } from "./zoned-time.ts";

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[ T]([01]?\d|2[0-3]):([0-5]\d)$/;

/** The instant that a person means by a length of time, a time of the day or a date; undefined when none to come. */
export function readWhen(
  text: string,
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Date | undefined {
  const trimmed = text.trim();
  const duration = parseDuration(trimmed);
  if (duration) return after(now, duration);
  const time = TIME.exec(trimmed);
  if (time) {
    const wall = { ...wallTime(now, timeZone), hour: Number(time[1]), minute: Number(time[2]) };
    const today = instantOf(wall, timeZone);
    return today > now ? today : instantOf({ ...wall, day: wall.day + 1 }, timeZone);
  }
  const date = DATE_TIME.exec(trimmed);
  if (!date) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = date.slice(1).map(Number);
  const isDay =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  const instant = isDay ? instantOf({ year, month, day, hour, minute }, timeZone) : undefined;
  return instant && instant > now ? instant : undefined;
}
