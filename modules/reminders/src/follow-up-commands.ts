import {
  CommandError,
  defineCommand,
  integer,
  plainText,
  rest,
  table,
  text,
  workspaceOf,
  type Command,
  type Settings,
} from "@guildhall/sdk";
import type { z } from "zod";
import type { FollowUps } from "./follow-ups.ts";
import { readWhen } from "./read-when.ts";
import type { UserSettings, WorkspaceSettings } from "./workspace-settings.ts";
import { shownTime } from "./zoned-time.ts";

const LONGEST = 1000;

/** The command `followup`: be told something later, in the channel where it was asked for. */
export function followUpCommands(given: {
  readonly followUps: FollowUps;
  readonly settings: Settings<z.output<typeof UserSettings>, WorkspaceSettings>;
}): Command {
  const { followUps, settings } = given;

  const add = defineCommand({
    name: "add",
    summary: "Be told something later, in this channel",
    arguments: {
      when: text('when: "3 hours", P1D, 18:30, or "2027-01-31 18:30" in your time zone', { maxLength: 100 }),
      what: rest("what to be told", { maxLength: LONGEST }),
    },
    examples: ['followup add "3 hours" Ask Logan about the map', "followup add 18:30 Game night"],
    async *run({ when, what }, { user, place, clock }) {
      const workspace = workspaceOf(place);
      const { timeZone } = await settings.ofUser(user.id);
      const due = readWhen(when, { now: clock.now(), timeZone });
      if (!due) {
        throw new CommandError(
          `"${when}" is no time to come: say how long ("3 hours", P1D), a time (18:30), or a day and time ("2027-01-31 18:30").`,
          { code: "when_invalid" },
        );
      }
      await followUps.add(user.id, {
        display_name: user.displayName,
        adapter: workspace.adapter,
        workspace_id: workspace.workspaceId,
        channel_id: place.channelId,
        what: what ?? "it is time",
        due_at: due,
      });
      yield plainText(`You will be told here: ${shownTime(due, timeZone)} (${timeZone}).`);
    },
  });

  const list = defineCommand({
    name: "list",
    summary: "Show what you will be told",
    async *run(_values, { user }) {
      const { timeZone } = await settings.ofUser(user.id);
      const all = await followUps.list(user.id);
      if (all.length === 0) {
        yield plainText("You have no follow-ups.");
        return;
      }
      yield table({
        columns: ["number", `when (${timeZone})`, "what"],
        rows: all.map(({ due_at, what }, index) => [String(index + 1), shownTime(due_at, timeZone), what]),
      });
    },
  });

  const cancel = defineCommand({
    name: "cancel",
    summary: "Take a follow-up back",
    arguments: { number: integer("its number in the list", { min: 1 }) },
    examples: ["followup cancel 1"],
    async *run({ number: place }, { user }) {
      const chosen = (await followUps.list(user.id))[place - 1];
      if (!chosen || !(await followUps.cancel(user.id, chosen.id))) {
        throw new CommandError(`You have no follow-up number ${place}: "followup list" shows them.`, {
          code: "unknown_follow_up",
        });
      }
      yield plainText(`You will not be told: ${chosen.what}`);
    },
  });

  return defineCommand({
    name: "followup",
    summary: "Be told something later",
    commands: [add, list, cancel],
  });
}
