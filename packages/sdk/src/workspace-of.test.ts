import { describe, expect, it } from "vitest";
import { workspaceOf } from "./workspace-of.ts";

const place = { workspaceId: "T1", channelId: "C1", isPrivate: false };

describe("the workspace of a place", () => {
  it("is the channel's own, also for a line that is typed in its thread in the console", () => {
    for (const adapter of ["slack", "console", "terminal"]) {
      expect(workspaceOf({ ...place, adapter, platform: "slack" })).toEqual({
        adapter: "slack",
        workspaceId: "T1",
      });
    }
  });

  it("is none outside chat", () => {
    const outside = { ...place, adapter: "console", platform: null, workspaceId: null };
    expect(() => workspaceOf(outside)).toThrow("That belongs to a workspace of Slack or Discord");
  });
});
