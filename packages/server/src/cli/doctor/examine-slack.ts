import { SlackFault } from "../../adapters/slack/slack-fault.ts";
import { whySlackIsOff, type SlackSettings } from "../../adapters/slack/slack-settings.ts";
import { variableName } from "../../kernel/config.ts";
import { doubtful, well, wrong, type Finding } from "./finding.ts";

/** Looks at what Slack needs, and whether Slack takes the configured bot tokens. */
export async function examineSlack(settings: SlackSettings): Promise<Finding> {
  const off = whySlackIsOff(settings);
  if (off !== undefined) return well("slack", off);
  const { botTokens, apiUrl, signingSecret } = settings;
  const way = signingSecret === undefined ? "by a socket" : "signed";
  const { SlackApi } = await import("../../adapters/slack/slack-api.ts");
  for (const [index, { token }] of botTokens.entries()) {
    try {
      await (await SlackApi.open({ token, apiUrl })).identity();
    } catch (error) {
      if (!(error instanceof SlackFault)) throw error;
      if (error.kind !== "token") {
        return doubtful("slack", `Slack did not answer at ${apiUrl}.`, "See that this machine reaches it.");
      }
      return wrong(
        "slack",
        `Slack does not take bot token number ${index + 1} (${error.code}).`,
        `Copy it again from the app's page into ${variableName("slack", "botTokens")}.`,
      );
    }
  }
  const tokens =
    botTokens.length === 0 ? "" : ` Slack takes the ${botTokens.length} configured bot token(s).`;
  return well("slack", `Requests come ${way}.${tokens}`);
}
