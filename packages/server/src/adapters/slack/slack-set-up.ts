import { CommandError, markdown } from "@guildhall/sdk";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import type { ChatService } from "../../hall/chat-service.ts";
import type { ChatSetting, ChatSetUp, ConnectedWorkspace } from "../../hall/chat-set-up.ts";
import { SlackFault } from "./slack-fault.ts";
import { slackManifest } from "./slack-manifest.ts";
import { whySlackIsOff, type SlackSettings } from "./slack-settings.ts";
import type { SlackWorkspaces } from "./slack-workspaces.ts";

/** Setting the hall up in Slack, by the console's page and by `slack manifest` and `slack check`. */
export class SlackSetUp implements ChatSetUp {
  readonly adapter = "slack";
  readonly whyOff: string | undefined;
  readonly #settings: SlackSettings;
  readonly #registry: CommandRegistry;
  readonly #workspaces: SlackWorkspaces;
  readonly #chat: ChatService;
  readonly #declaredScopes: () => readonly string[];

  constructor(given: {
    readonly settings: SlackSettings;
    readonly registry: CommandRegistry;
    readonly workspaces: SlackWorkspaces;
    readonly chat: ChatService;
    /** The bot scopes that the running modules declare. */
    readonly declaredScopes: () => readonly string[];
  }) {
    this.#settings = given.settings;
    this.#registry = given.registry;
    this.#workspaces = given.workspaces;
    this.#chat = given.chat;
    this.#declaredScopes = given.declaredScopes;
    this.whyOff = whySlackIsOff(given.settings);
  }

  get installPath(): string | undefined {
    const { clientId, clientSecret } = this.#settings;
    return clientId === undefined || clientSecret === undefined ? undefined : "/slack/install";
  }

  manifest(publicUrl: string | undefined): string {
    if (publicUrl !== undefined && !publicUrl.startsWith("https://")) {
      throw new CommandError(`Slack calls https addresses only, not "${publicUrl}".`);
    }
    const declaredScopes = this.#declaredScopes();
    return JSON.stringify(slackManifest({ registry: this.#registry, publicUrl, declaredScopes }), null, 2);
  }

  settings(): readonly ChatSetting[] {
    const { signingSecret, clientId, clientSecret, appToken, botTokens } = this.#settings;
    const bySocket = appToken !== undefined;
    return [
      {
        variable: "GUILDHALL_SLACK__SIGNING_SECRET",
        purpose: "Basic Information, App Credentials, Signing Secret: by it requests of Slack are checked",
        isSet: signingSecret !== undefined,
        isNeeded: !bySocket,
      },
      {
        variable: "GUILDHALL_SLACK__CLIENT_ID",
        purpose: "Basic Information, App Credentials, Client ID: for installing by a link",
        isSet: clientId !== undefined,
        isNeeded: false,
      },
      {
        variable: "GUILDHALL_SLACK__CLIENT_SECRET",
        purpose: "Basic Information, App Credentials, Client Secret: for installing by a link",
        isSet: clientSecret !== undefined,
        isNeeded: false,
      },
      {
        variable: "GUILDHALL_SLACK__APP_TOKEN",
        purpose:
          "Basic Information, App-Level Tokens, with the scope connections:write: for a hall without a public address",
        isSet: bySocket,
        isNeeded: signingSecret === undefined,
      },
      {
        variable: "GUILDHALL_SLACK__BOT_TOKENS",
        purpose: "Install App, Bot User OAuth Token: for workspaces that are not installed by the link",
        isSet: botTokens.length > 0,
        isNeeded: false,
      },
    ];
  }

  async workspaces(): Promise<readonly ConnectedWorkspace[]> {
    return await Promise.all(
      (await this.#workspaces.teamIds()).map(async (id) => ({ id, state: await this.#stateOf(id) })),
    );
  }

  async sendTestMessage(channelName: string): Promise<readonly string[]> {
    if (this.whyOff !== undefined) throw new CommandError(this.whyOff, { code: "adapter_off" });
    const name = channelName.replace(/^#/, "");
    const all = await this.#chat.channels.match({ adapter: this.adapter, pattern: /^/ });
    const found = all.filter((place) => place.name === name);
    if (found.length === 0) throw new CommandError(`There is no public channel "${name}".`);
    for (const place of found) {
      await this.#chat.channels.post(place, {
        chunks: [markdown("**Guildhall** is here. Type `/hall` to see what it can do.")],
      });
    }
    return found.map(({ workspaceId }) => workspaceId ?? "");
  }

  async #stateOf(teamId: string): Promise<string> {
    try {
      return (await this.#workspaces.identity(teamId)) ? "answers" : "no_token";
    } catch (error) {
      if (!(error instanceof SlackFault)) throw error;
      return error.code;
    }
  }
}
