import { z } from "zod";
import { secret } from "../../kernel/config.ts";

const TOKEN_WITH_TEAM = /^(?:([TE][A-Z0-9]+)=)?(xox[a-z]-\S+|xoxe\.\S+)$/;

/** The section `slack` of the configuration. Every value is found on the app's pages at api.slack.com/apps. */
export const SlackSettings = z.object({
  signingSecret: secret(z.string().min(8).optional()).describe(
    "The app's signing secret, by which requests of Slack are checked",
  ),
  clientId: z.string().min(1).optional().describe("The app's client id, for installing by a link"),
  clientSecret: secret(z.string().min(1).optional()).describe("The app's client secret"),
  stateSecret: secret(z.string().min(1).optional()).describe(
    "Signs the state of an installation under way; made of the hall's secret key when left out",
  ),
  appToken: secret(z.string().startsWith("xapp-", "it must begin with xapp-").optional()).describe(
    "The app-level token for Socket Mode, for a hall without a public address",
  ),
  botTokens: secret(
    z
      .array(z.string().regex(TOKEN_WITH_TEAM, "each must be a bot token, or T123=xoxb-..."))
      .default([])
      .transform((tokens) => tokens.map(tokenOf)),
  ).describe("Bot tokens of workspaces that were not installed by the link: T1=xoxb-..,T2=xoxb-.."),
  administratorWorkspaces: z
    .array(z.string())
    .default([])
    .describe("Workspaces whose owners and administrators may run the hall's commands for administrators"),
  apiUrl: z
    .url("it must be a URL such as https://slack.com/api/")
    .default("https://slack.com/api/")
    .transform((url) => (url.endsWith("/") ? url : `${url}/`))
    .describe("Where Slack's Web API is"),
});

/** The section `slack` of the configuration. */
export type SlackSettings = z.output<typeof SlackSettings>;

function tokenOf(text: string): { readonly teamId: string | undefined; readonly token: string } {
  const [, teamId, token = ""] = TOKEN_WITH_TEAM.exec(text) ?? [];
  return { teamId, token };
}

/** Whether requests of Slack can be taken: by the signing secret over HTTP, or by the app token over a socket. */
export function whySlackIsOff({ signingSecret, appToken }: SlackSettings): string | undefined {
  if (signingSecret !== undefined || appToken !== undefined) return undefined;
  return "Slack is off: set GUILDHALL_SLACK__SIGNING_SECRET, or GUILDHALL_SLACK__APP_TOKEN for Socket Mode (docs/guide/slack.md).";
}
