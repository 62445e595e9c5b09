import {
  choice,
  CommandError,
  defineCommand,
  number,
  option,
  plainText,
  rest,
  table,
  text,
  workspaceOf,
  type Chunk,
  type Command,
  type CommandContext,
  type Settings,
} from "@guildhall/sdk";
import type { z } from "zod";
import { after, ago, parseDuration } from "./duration.ts";
import type { ReminderMemory } from "./reminder-memory.ts";
import type { ReminderRounds } from "./reminder-rounds.ts";
import type { UserSettings, WorkspaceSettings } from "./workspace-settings.ts";
import { shownTime } from "./zoned-time.ts";

/** The command `reminder`: see, put off and set a workspace's reminders. */
export function reminderCommands(given: {
  readonly rounds: ReminderRounds;
  readonly memory: ReminderMemory;
  readonly settings: Settings<z.output<typeof UserSettings>, WorkspaceSettings>;
}): Command {
  const { rounds, memory, settings } = given;
  const zoneOf = async (userId: string) => (await settings.ofUser(userId)).timeZone;

  async function* showStatus({ user, place, clock }: CommandContext): AsyncGenerator<Chunk> {
    const workspace = workspaceOf(place);
    const chosen = await settings.ofWorkspace(workspace);
    if (!chosen.reminders) {
      yield plainText('This workspace is not reminded; "reminder set --reminders on" changes that.');
      return;
    }
    const newest = await rounds.newest(workspace, chosen);
    if (!newest) {
      yield plainText(`Nothing was written in any channel that matches ${chosen.channels}.`);
      return;
    }
    const { due, first, second } = await memory.read(workspace);
    const stalled = after(newest.at, { months: 0, milliseconds: chosen.stallHours * 3_600_000 });
    const next = due && due > stalled ? due : stalled;
    yield plainText(`Next check for reminder: ${shownTime(next, await zoneOf(user.id))}`);
    const who = newest.isOwn ? "the hall" : "a player";
    yield plainText(`Last message: ${ago(newest.at, clock.now())} by ${who} in #${newest.channel.name}`);
    const isUnanswered = first !== undefined && (newest.isOwn || newest.at <= first);
    if (isUnanswered) yield plainText(`Reminded ${second ? "twice" : "once"} since somebody wrote.`);
  }

  const status = defineCommand({
    name: "status",
    summary: "Show when this workspace is reminded next, and who wrote last",
    async *run(_values, context) {
      yield* showStatus(context);
    },
  });

  const pause = defineCommand({
    name: "break",
    summary: "Pause this workspace's reminders for some time",
    arguments: { duration: rest("how long: 3 days, 12h, or ISO 8601 such as P3D") },
    examples: ["reminder break 3 days", "reminder break P1W"],
    async *run({ duration }, { user, place, clock }) {
      const workspace = workspaceOf(place);
      const length = parseDuration(duration ?? "");
      if (!length) {
        throw new CommandError(
          `Cannot parse snooze time "${duration ?? ""}". Say it in words, such as "3 days", or use ISO 8601 spec: P[n]Y[n]M[n]DT[n]H[n]M[n]S`,
          { code: "duration_invalid" },
        );
      }
      const { due, isLater } = await memory.putOff(workspace, after(clock.now(), length));
      const shown = shownTime(due, await zoneOf(user.id));
      yield plainText(
        isLater ? `Paused reminders until at least ${shown}` : `Reminders are already paused until ${shown}`,
      );
    },
  });

  const set = defineCommand({
    name: "set",
    summary: "Change how this workspace is reminded; without more words show it",
    permission: "administrator",
    arguments: {
      reminders: option(undefined, choice("whether it is reminded at all", ["on", "off"])),
      channels: option(undefined, text("the channels that are watched, as a regular expression")),
      reminderChannel: option(undefined, text("the channel to remind in")),
      stallHours: option(undefined, number("for how many hours nobody may write")),
      louderHours: option(undefined, number("hours until the second, louder reminder; 0 for none")),
      timeZone: option(undefined, text("the time zone of the two times")),
      from: option(undefined, text("no reminder before this time, such as 09:00")),
      until: option(undefined, text("no reminder from this time on, such as 21:00")),
    },
    examples: ["reminder set --stall-hours 48 --time-zone Europe/Berlin"],
    async *run({ reminders, ...values }, { place }) {
      const workspace = workspaceOf(place);
      const named = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
      const changes = {
        ...named,
        ...(reminders === undefined ? {} : { reminders: reminders === "on" }),
      };
      const isChange = Object.keys(changes).length > 0;
      const chosen = isChange
        ? await settings.changeForWorkspace(workspace, changes)
        : await settings.ofWorkspace(workspace);
      if (isChange) await memory.forget(workspace);
      yield table({
        columns: ["setting", "value"],
        rows: Object.entries(chosen).map(([name, value]) => [name, String(value)]),
      });
    },
  });

  return defineCommand({
    name: "reminder",
    summary: "See, pause and set the reminders of a game that stalls",
    description: "Without more words: when this workspace is reminded next.",
    examples: ["reminder", "reminder break 3 days"],
    commands: [status, pause, set],
    async *run(_values, context) {
      yield* showStatus(context);
    },
  });
}
