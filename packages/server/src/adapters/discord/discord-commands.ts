import {
  choice,
  CommandError,
  defineCommand,
  flag,
  option,
  plainText,
  text,
  type Command,
} from "@guildhall/sdk";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { variableName } from "../../kernel/config.ts";
import { DiscordApiError, type DiscordApi } from "./discord-api.ts";
import { applicationKey, INVITE_ENVIRONMENTS, type DiscordSettings } from "./discord-settings.ts";

/** The line that a registration ends with (S001-5). */
export const REGISTERED_LINE = "[#] Registered all slash commands";

/**
 * The command by which an operator sets Discord up: `discord register` and `discord invite`. What they work with is
 * loaded when they run, since every hall has them and few use them.
 */
export function discordCommand(facts: {
  readonly settings: DiscordSettings;
  readonly registry: CommandRegistry;
  /** The permissions that the running modules declare, by Discord's names. */
  readonly declaredPermissions: () => readonly string[];
  /** Loads the client when it is first needed. */
  readonly api: (access: { applicationId: string; token: string }) => Promise<DiscordApi>;
}): Command {
  const { settings } = facts;

  const register = defineCommand({
    name: "register",
    summary: "Tell Discord which commands the hall has",
    description:
      "Compares what Discord holds with what the hall has, shows the difference, and writes all of it in one request, only if something differs.\nCommands of all servers appear within a minute; those of one server (--guild) at once.",
    arguments: {
      guild: option(undefined, text("register for one server (guild) only, by its id", { maxLength: 20 })),
      dryRun: flag(undefined, "show the difference and write nothing"),
      prune: flag(undefined, "take away commands that the hall does not know"),
    },
    examples: ["discord register --dry-run", "discord register --guild 900000000000000001"],
    permission: "administrator",
    rerun: true,
    async *run({ guild, dryRun, prune }) {
      if (guild !== undefined && !/^\d{5,20}$/.test(guild)) {
        throw new CommandError("A guild's id has digits only: copy it in Discord with Developer Mode on.");
      }
      const { applicationId, token } = settings;
      if (applicationId === undefined || token === undefined) {
        throw new CommandError(
          `Discord is not set up: give ${variableName("discord", "applicationId")} and ${variableName("discord", "token")}, as docs/guide/discord.md says.`,
          { code: "discord_not_configured" },
        );
      }
      const { applicationCommands } = await import("./application-commands.ts");
      const { describePlan, planRegistration } = await import("./registration-plan.ts");
      const { commands, limitations } = applicationCommands(facts.registry);
      for (const { path, reason } of limitations) {
        yield plainText(`/${path.join(" ")}: reached as /hall, or by a typed line, because ${reason}.`);
      }
      const api = await facts.api({ applicationId, token });
      const held = await orSaid(api.listCommands(guild));
      const plan = planRegistration({ held, wanted: commands, prune, inGuild: guild !== undefined });
      yield plainText(describePlan(plan).join("\n"));
      if (plan.body === undefined) {
        yield plainText("Nothing differs, so nothing was written.");
      } else if (dryRun) {
        yield plainText("This was a dry run, so nothing was written.");
        return;
      } else {
        await orSaid(api.putCommands(plan.body, guild));
      }
      yield plainText(`${REGISTERED_LINE}${guild === undefined ? "" : ` of guild ${guild}`}.`);
    },
  });

  const invite = defineCommand({
    name: "invite",
    summary: "Show the link that adds the bot to a server",
    arguments: {
      env: option(
        undefined,
        choice("which of the hall's bots", INVITE_ENVIRONMENTS, { default: "production" }),
      ),
      least: flag(undefined, "ask only for what the hall and its modules need"),
    },
    examples: ["discord invite", "discord invite --env staging", "discord invite --least"],
    pure: true,
    async *run({ env = "production", least }) {
      const key = applicationKey(env);
      const applicationId = settings[key];
      if (applicationId === undefined) {
        throw new CommandError(
          `The hall does not know the id of its ${env} application: set ${variableName("discord", key)}.`,
          { code: "discord_not_configured" },
        );
      }
      const { inviteLink, invitePermissions, leastPermissions, UnknownPermissionError } =
        await import("./invite-link.ts");
      let permissions = invitePermissions(env);
      try {
        if (least) permissions = leastPermissions(facts.declaredPermissions());
      } catch (error) {
        if (!(error instanceof UnknownPermissionError)) throw error;
        throw new CommandError(error.message, { cause: error });
      }
      yield plainText(inviteLink({ applicationId, permissions }));
    },
  });

  return defineCommand({
    name: "discord",
    summary: "Set the hall up for Discord",
    commands: [register, invite],
  });
}

/** Turns Discord's refusal into a sentence for whoever asked. */
async function orSaid<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DiscordApiError)) throw error;
    throw new CommandError(sentenceOf(error), { code: `discord_${error.fault}`, cause: error });
  }
}

function sentenceOf({ fault, message }: DiscordApiError): string {
  switch (fault) {
    case "unauthorized":
      return `Discord does not take the bot's token: copy it again from the Developer Portal into ${variableName("discord", "token")}.`;
    case "gone":
      return "Discord does not let the bot do that: see that the application's id is right, and that the bot was invited to that guild.";
    case "unavailable":
      return "Discord cannot be reached, or wants fewer requests just now: try again in a few minutes.";
    case "refused":
      return `Discord refused: ${message}`;
  }
}
