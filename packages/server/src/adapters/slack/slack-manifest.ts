import type { CommandRegistry, RegisteredCommand } from "../../commands/command-registry.ts";
import { commandHelp } from "../../commands/help/help-document.ts";
import { BOT_EVENTS, botScopes } from "./slack-scopes.ts";
import { MASTER_COMMANDS } from "./slash-line.ts";

/** The most slash commands of one app. https://docs.slack.dev/reference/app-manifest */
const MAX_COMMANDS = 50;
const NAME_LENGTH = 32;
const DESCRIPTION_LENGTH = 2000;
const HINT_LENGTH = 1000;

/** The hall's own modules: what they bring is reached by `/hall`. */
const OWN_MODULES = new Set(["hall", "chat", "slack", "discord"]);

/** Names that Slack keeps for itself. */
const TAKEN = new Set(
  "apps archive away call collapse dm dnd expand feed help invite join leave me msg mute open part people prefs remind remove rename search shortcuts shrug star status topic unarchive who".split(
    " ",
  ),
);

/** The shortcuts with a name of their own (requirements M-7, M-12), and the command that each needs. */
const PROMISED: readonly { readonly command: string; readonly path: readonly string[] }[] = [
  { command: "/hp", path: ["character", "hp"] },
  { command: "/mroll", path: ["roll"] },
  { command: "/mnpcgen", path: ["npcgen"] },
];

/**
 * The manifest of the hall's Slack app: its slash commands come from the registry.
 *
 * @param options.publicUrl where Slack reaches the hall; without it the app uses Socket Mode
 */
export function slackManifest({
  registry,
  publicUrl,
  declaredScopes = [],
}: {
  readonly registry: CommandRegistry;
  readonly publicUrl: string | undefined;
  /** The bot scopes that the running modules declare. */
  readonly declaredScopes?: readonly string[];
}): object {
  const base = publicUrl?.replace(/\/+$/, "");
  const at = (path: string) => (base === undefined ? {} : { url: `${base}${path}` });
  const requestUrl = (path: string) => (base === undefined ? {} : { request_url: `${base}${path}` });
  return {
    display_information: {
      name: "Guildhall",
      description: "The commands of the hall",
      background_color: "#1f2937",
    },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      bot_user: { display_name: "guildhall", always_online: true },
      slash_commands: slashCommands(registry).map(({ command, description, hint }) => ({
        command,
        ...at("/slack/commands"),
        description,
        ...(hint === "" ? {} : { usage_hint: hint }),
        should_escape: false,
      })),
    },
    oauth_config: {
      ...(base === undefined ? {} : { redirect_urls: [`${base}/slack/oauth`] }),
      scopes: { bot: botScopes(declaredScopes) },
    },
    settings: {
      event_subscriptions: { ...requestUrl("/slack/events"), bot_events: [...BOT_EVENTS] },
      interactivity: { is_enabled: true, ...requestUrl("/slack/interactions") },
      org_deploy_enabled: false,
      socket_mode_enabled: base === undefined,
      token_rotation_enabled: false,
    },
  };
}

interface SlashEntry {
  readonly command: string;
  readonly description: string;
  readonly hint: string;
}

function slashCommands(registry: CommandRegistry): SlashEntry[] {
  const masters = MASTER_COMMANDS.map((command) => ({
    command,
    description: "Run any command of the hall",
    hint: "<command> [<argument>...]",
  }));
  const shortcuts = registry
    .children([])
    .filter(({ module, path }) => !OWN_MODULES.has(module) && !TAKEN.has(path[0] ?? ""))
    .map((found) => entry(registry, `/${found.path[0]}`, found));
  const promised = PROMISED.flatMap(({ command, path }) => {
    const found = registry.find(path);
    return found ? [entry(registry, command, found)] : [];
  });
  const all = new Map([...masters, ...promised, ...shortcuts].map((one) => [one.command, one]));
  return [...all.values()].filter(({ command }) => command.length <= NAME_LENGTH).slice(0, MAX_COMMANDS);
}

function entry(registry: CommandRegistry, command: string, found: RegisteredCommand): SlashEntry {
  const { usage, summary } = commandHelp({ registry, found });
  const hint = (usage[0] ?? "").slice(found.path.join(" ").length).trim();
  return { command, description: summary.slice(0, DESCRIPTION_LENGTH), hint: hint.slice(0, HINT_LENGTH) };
}
