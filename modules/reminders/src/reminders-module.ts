import { defineModule, defineService } from "@guildhall/sdk";
import { followUpCommands } from "./follow-up-commands.ts";
import { FollowUps, followUps } from "./follow-ups.ts";
import { reminderCommands } from "./reminder-commands.ts";
import { ReminderMemory } from "./reminder-memory.ts";
import { ReminderRounds } from "./reminder-rounds.ts";
import { UserSettings, WorkspaceSettings } from "./workspace-settings.ts";

const ROUND_SECONDS = 300;
const FOLLOW_UP_SECONDS = 30;

/** The module `reminders`: the commands `reminder` and `followup`, and what does them at their times. */
export const reminders = defineModule({
  name: "reminders",
  summary: "Reminders for games that stall, and people's own follow-ups",
  settings: { user: UserSettings, workspace: WorkspaceSettings },
  tables: [followUps],
  permissions: {
    slack: ["channels:history", "channels:join", "channels:read", "chat:write"],
    discord: ["ViewChannel", "ReadMessageHistory", "SendMessages", "MentionEveryone"],
  },
  initialize: ({ state, store, chat, settings, clock, log }) => {
    const memory = new ReminderMemory(state);
    const rounds = new ReminderRounds({ chat, settings, memory, clock, log });
    const told = new FollowUps({ store, chat, clock, log });
    return {
      commands: [
        reminderCommands({ rounds, memory, settings }),
        followUpCommands({ followUps: told, settings }),
      ],
      services: [
        defineService({
          name: "reminders",
          summary: "Remind workspaces in which nobody has written for long",
          schedule: { everySeconds: ROUND_SECONDS },
          timeLimitSeconds: 600,
          jitterSeconds: 10,
          run: async ({ signal }) => {
            const { workspaces, reminded } = await rounds.run(signal);
            return { note: `${reminded} of ${workspaces} workspaces were reminded.` };
          },
        }),
        defineService({
          name: "follow-ups",
          summary: "Tell people what they asked to be told later",
          schedule: { everySeconds: FOLLOW_UP_SECONDS },
          timeLimitSeconds: 120,
          run: async ({ signal }) => {
            const count = await told.tellDue(signal);
            return { note: `${count} follow-ups were told.` };
          },
        }),
      ],
    };
  },
});
