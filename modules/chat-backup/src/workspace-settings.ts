import { CommandError, type Place, type WorkspaceName } from "@guildhall/sdk";
import { z } from "zod";

const LONGEST_PATTERN = 200;

const Pattern = z
  .string()
  .max(LONGEST_PATTERN)
  .refine((pattern) => {
    try {
      return "".search(pattern) <= 0;
    } catch {
      return false;
    }
  }, "it must be a regular expression such as ^ic_.*");

/** What a workspace may choose. */
export const WorkspaceSettings = z.object({
  backup: z.boolean().default(true).describe("Whether this workspace is backed up"),
  channels: Pattern.default("^ic_.*").describe("The channels that are backed up, as a regular expression"),
  privateChannels: z
    .boolean()
    .default(false)
    .describe("Whether channels that are not for everybody are backed up too, where the bot may read them"),
  rereadDays: z
    .number()
    .min(0)
    .max(365)
    .default(7)
    .describe("For how many days messages are looked at again, for edits and deletions"),
});
/** What a workspace may choose. */
export type WorkspaceSettings = z.infer<typeof WorkspaceSettings>;

/** The workspace where a line was typed. @throws CommandError outside of one */
export function workspaceOf({ platform, workspaceId }: Place): WorkspaceName {
  if (platform === null || workspaceId === null) {
    throw new CommandError("Backups belong to a workspace of Slack or Discord: ask in one of its channels.", {
      code: "no_workspace",
    });
  }
  return { adapter: platform, workspaceId };
}
