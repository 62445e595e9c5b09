import { channelPattern } from "@guildhall/sdk";
import { z } from "zod";

/** What a workspace may choose. */
export const WorkspaceSettings = z.object({
  backup: z.boolean().default(true).describe("Whether this workspace is backed up"),
  channels: channelPattern
    .default("^ic_.*")
    .describe("The channels that are backed up, as a regular expression"),
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
