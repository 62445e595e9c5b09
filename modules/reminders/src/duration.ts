/** A length of time, as people say it. */
export interface Duration {
  readonly months: number;
  readonly milliseconds: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS: readonly (readonly [RegExp, keyof Duration, number])[] = [
  [/^(y|yrs?|years?)$/, "months", 12],
  [/^(mo|months?)$/, "months", 1],
  [/^(w|weeks?)$/, "milliseconds", 7 * DAY],
  [/^(d|days?)$/, "milliseconds", DAY],
  [/^(h|hrs?|hours?)$/, "milliseconds", HOUR],
  [/^(m|mins?|minutes?)$/, "milliseconds", MINUTE],
  [/^(s|secs?|seconds?)$/, "milliseconds", SECOND],
];
const ISO = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;
const ISO_UNITS = ["y", "mo", "w", "d", "h", "m", "s"] as const;
/** Nothing is put off for longer. */
const LONGEST_MONTHS = 120;

/** Reads ISO 8601 (`P3D`, `PT12H`) or words (`1 day`, `2d 4h`, `an hour`); undefined when it is neither, or over ten years. */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  const found = iso
    ? iso.slice(1).flatMap((count, index) => (count ? [[count, ISO_UNITS[index] ?? ""] as const] : []))
    : words(trimmed.toLowerCase());
  if (found === undefined || found.length === 0) return undefined;
  let [months, milliseconds] = [0, 0];
  for (const [count, name] of found) {
    const unit = UNITS.find(([pattern]) => pattern.test(name));
    if (!unit) return undefined;
    if (unit[1] === "months") months += Number(count) * unit[2];
    else milliseconds += Number(count) * unit[2];
  }
  const isLong = months + milliseconds / (30 * DAY) > LONGEST_MONTHS;
  return isLong || months + milliseconds === 0 ? undefined : { months, milliseconds };
}

/** An instant so long after another; the 31st becomes the last day of a shorter month. */
export function after(instant: Date, { months, milliseconds }: Duration): Date {
  const moved = new Date(instant);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(instant.getUTCDate(), lastDay));
  return new Date(moved.getTime() + milliseconds);
}

/** How long ago something was, in words: "3 hours ago". */
export function ago(then: Date, now: Date): string {
  const passed = Math.max(0, now.getTime() - then.getTime());
  const [unit, length]: readonly [string, number] =
    passed >= 2 * DAY
      ? ["day", DAY]
      : passed >= HOUR
        ? ["hour", HOUR]
        : passed >= MINUTE
          ? ["minute", MINUTE]
          : ["second", SECOND];
  const count = Math.floor(passed / length);
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

function words(text: string): (readonly [string, string])[] | undefined {
  const parts = [...text.matchAll(/(?:(\d{1,9})|\b(an?)\b)\s*([a-z]+)(?:\s*(?:,|and)\s*|\s*)/g)];
  if (parts.map(([whole]) => whole).join("") !== text) return undefined;
  return parts.map(([, count = "1", , unit = ""]) => [count, unit] as const);
}
