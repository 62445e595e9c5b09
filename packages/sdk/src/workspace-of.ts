import { CommandError, type Place } from "./command.ts";
import type { WorkspaceName } from "./settings.ts";

/** The workspace where a line was typed. @throws CommandError `no_workspace` outside of one */
export function workspaceOf({ platform, workspaceId }: Place): WorkspaceName {
  if (platform === null || workspaceId === null) {
    throw new CommandError("That belongs to a workspace of Slack or Discord: ask in one of its channels.", {
      code: "no_workspace",
    });
  }
  return { adapter: platform, workspaceId };
}
