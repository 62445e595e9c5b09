import { channelPattern } from "@guildhall/sdk";
import { z } from "zod";
import type { Rules } from "./decide.ts";
import { isTimeZone, minuteOfDay } from "./zoned-time.ts";

const HOUR_MILLISECONDS = 3_600_000;

const TimeZone = z
  .string()
  .refine(isTimeZone, 'it must be the name of a time zone, such as "Europe/Berlin"')
  .default("UTC");
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "it must be a time such as 09:00");

/** What a workspace may choose. */
export const WorkspaceSettings = z.object({
  reminders: z.boolean().default(true).describe("Whether this workspace is reminded"),
  channels: channelPattern
    .default("^ic_.*")
    .describe("The channels that are watched, as a regular expression"),
  reminderChannel: z.string().min(1).max(100).default("ic_all").describe("The channel to remind in"),
  stallHours: z
    .number()
    .min(1)
    .max(24 * 365)
    .default(24)
    .describe("For how many hours nobody may write"),
  louderHours: z
    .number()
    .min(0)
    .max(24 * 365)
    .default(24)
    .describe("After how many more hours the second, louder reminder comes; 0 for none"),
  timeZone: TimeZone.describe("The time zone of the hours below"),
  from: TimeOfDay.default("09:00").describe("No reminder before this time of the day"),
  until: TimeOfDay.default("21:00").describe("No reminder from this time of the day on"),
});
/** What a workspace may choose. */
export type WorkspaceSettings = z.infer<typeof WorkspaceSettings>;

/** What a person may choose. */
export const UserSettings = z.object({
  timeZone: TimeZone.describe("The time zone in which you are told times, and say them"),
});

/** The rules that a workspace's choices make. */
export function rulesOf(settings: WorkspaceSettings): Rules {
  return {
    stallMilliseconds: settings.stallHours * HOUR_MILLISECONDS,
    louderMilliseconds: settings.louderHours * HOUR_MILLISECONDS,
    timeZone: settings.timeZone,
    fromMinute: minuteOf(settings.from),
    untilMinute: minuteOf(settings.until),
  };
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return minuteOfDay({ hour, minute });
}
