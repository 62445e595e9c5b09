import { defineCommand, defineModule, defineService } from "@guildhall/sdk";
import { administratorCommands } from "./administrator-commands.ts";
import { memberCommands, showStatus } from "./backup-commands.ts";
import { BackupRounds } from "./backup-rounds.ts";
import { Catalogue } from "./catalogue.ts";
import { RestoreCheck } from "./restore-check.ts";
import { SegmentFiles } from "./segment-files.ts";
import { StoredMessages } from "./stored-messages.ts";
import { channels, messages, segments } from "./tables.ts";
import { withToldFaults } from "./told-faults.ts";
import { WorkspaceSettings } from "./workspace-settings.ts";

const ROUND_SECONDS = 3600;
/** A round breaks off by itself between two pages; one page may have threads that take hours to read. */
const ROUND_LIMIT_SECONDS = 3 * 3600;
const CHECK_LIMIT_SECONDS = 6 * 3600;
/** An object that nothing names may be about to be named, by a run that is under way. */
const ORPHAN_MILLISECONDS = 86_400_000;

/** The module `chat-backup`: the command `backup`, and the services that read channels and check what is stored. */
export const chatBackup = defineModule({
  name: "chat-backup",
  summary: "A backup of what is said in channels",
  settings: { workspace: WorkspaceSettings },
  tables: [channels, segments, messages],
  permissions: {
    slack: ["channels:history", "channels:join", "channels:read"],
    discord: ["ViewChannel", "ReadMessageHistory"],
  },
  initialize: ({ store, objects, chat, settings, clock, log }) => {
    const now = () => clock.now();
    const files = new SegmentFiles(objects);
    const catalogue = new Catalogue({ store, files, now });
    const stored = new StoredMessages({ store, catalogue, files });
    const rounds = new BackupRounds({ chat, catalogue, settings, clock, log });
    const check = new RestoreCheck({ store, catalogue, files, clock, log });
    const parts = { chat, catalogue, stored, rounds, settings, check };
    return {
      healthCheck: async () => {
        const { channels: count, failing, damaged } = await stored.faults();
        const facts = { channels: count, failing_channels: failing, damaged_objects: damaged };
        return failing + damaged === 0
          ? { status: "healthy", ...facts }
          : { status: "degraded", detail: 'Not all is backed up: "backup" says why.', ...facts };
      },
      commands: [
        defineCommand({
          name: "backup",
          summary: "See, search and export what is stored of this workspace's channels",
          description: "Without more words: what is stored of the channels that you are in.",
          examples: ["backup", "backup search the silver key"],
          commands: [...memberCommands(parts), ...administratorCommands(parts)].map(withToldFaults),
          async *run(_values, context) {
            yield* showStatus(parts, context);
          },
        }),
      ],
      services: [
        defineService({
          name: "chat-backup",
          summary: "Store what was said in the channels of Slack and Discord",
          schedule: { everySeconds: ROUND_SECONDS },
          timeLimitSeconds: ROUND_LIMIT_SECONDS,
          jitterSeconds: 60,
          run: async ({ signal, progress }) => {
            try {
              await catalogue.sweep(new Date(clock.now().getTime() - ORPHAN_MILLISECONDS));
            } catch (error) {
              const fault = error instanceof Error ? error : new Error(String(error));
              log.warn({ err: fault }, "objects of backups that nothing names could not be removed");
            }
            const result = await rounds.run({ signal, onProgress: progress });
            const left = result.unfinished === 0 ? "" : ` ${result.unfinished} channels go on next time.`;
            return { note: `${result.channels} channels, ${result.records} new records.${left}` };
          },
        }),
        defineService({
          name: "chat-backup-check",
          summary: "Read back all that is stored of channels, as a restore would",
          schedule: { cron: "0 4 * * 0" },
          timeLimitSeconds: CHECK_LIMIT_SECONDS,
          jitterSeconds: 600,
          retries: 0,
          run: async ({ signal, progress }) => {
            let readBack = 0;
            let damaged = 0;
            for (const workspace of await check.workspaces()) {
              for await (const result of check.run(workspace, signal)) {
                readBack += result.objects;
                damaged += result.damaged;
                progress(`${readBack} objects were read back`);
              }
            }
            if (damaged > 0) throw new Error(`${damaged} of ${readBack} objects cannot be read back`);
            return { note: `All ${readBack} objects can be read back whole.` };
          },
        }),
      ],
    };
  },
});
