import {
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandOption,
  type APIApplicationCommandSubcommandGroupOption,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import type { Command } from "@guildhall/sdk";
import type { CommandRegistry, RegisteredCommand } from "../../commands/command-registry.ts";
import { applicationOptions, clipped, lineOption, MAX_OPTIONS } from "./application-options.ts";

/** A command as it is registered with Discord. */
export type ApplicationCommand = RESTPostAPIChatInputApplicationCommandsJSONBody;

/** The registered commands, and what Discord's limits left out. */
export interface ApplicationCommands {
  readonly commands: readonly ApplicationCommand[];
  /** Commands that only the master command reaches, or that take a typed line, each with the reason. */
  readonly limitations: readonly { readonly path: readonly string[]; readonly reason: string }[];
}

/** The master command: it takes any line that can be typed elsewhere. */
export const MASTER_COMMAND = "hall";
/** The option that takes a typed line. */
export const LINE_OPTION = "line";
/** The sub-command that runs a group itself, where the group can be run without a sub-command. */
export const OWN_RUN = "run";

/** Discord's limits (https://discord.com/developers/docs/interactions/application-commands). */
const MAX_COMMANDS = 100;
const MAX_CHARACTERS = 8000;
const MAX_NAME = 32;

type Placed =
  | { readonly kind: "fits"; readonly command: ApplicationCommand }
  | { readonly kind: "line"; readonly command: ApplicationCommand; readonly reason: string }
  | { readonly kind: "left_out"; readonly reason: string };

/**
 * Turns the hall's commands into Discord's application commands: words become the command, its groups and their
 * sub-commands; arguments become typed options with their choices. A command whose form Discord cannot express takes
 * a typed line instead; what does not fit into the 100 commands is reached by the master command alone.
 */
export function applicationCommands(registry: CommandRegistry): ApplicationCommands {
  const commands: ApplicationCommand[] = [masterCommand()];
  const limitations: { path: readonly string[]; reason: string }[] = [];
  for (const root of registry.children([])) {
    const placed = placeRoot({ registry, root });
    if (placed.kind !== "left_out" && commands.length === MAX_COMMANDS) {
      limitations.push({ path: root.path, reason: `Discord takes ${MAX_COMMANDS} commands` });
    } else {
      if (placed.kind !== "fits") limitations.push({ path: root.path, reason: placed.reason });
      if (placed.kind !== "left_out") commands.push(placed.command);
    }
  }
  return { commands, limitations };
}

const placements = new WeakMap<Command, Placed>();

/** Whether a top-level command is registered with a typed line in place of its options. */
export function takesLine({
  registry,
  root,
}: {
  readonly registry: CommandRegistry;
  readonly root: RegisteredCommand;
}): boolean {
  return placeRoot({ registry, root }).kind === "line";
}

/** Whether a group stands among its own sub-commands, as {@link OWN_RUN}. */
function hasOwnRun({ command }: RegisteredCommand): boolean {
  return (
    command.run !== undefined &&
    command.commands.length > 0 &&
    command.commands.every(({ name }) => name !== OWN_RUN)
  );
}

function masterCommand(): ApplicationCommand {
  return rootCommand({
    name: MASTER_COMMAND,
    description: "Type any command of the hall",
    options: [lineOption("The command, as you would type it elsewhere", { required: true })],
  });
}

function rootCommand(given: {
  name: string;
  description: string;
  options: NonNullable<ApplicationCommand["options"]>;
}): ApplicationCommand {
  return {
    type: ApplicationCommandType.ChatInput,
    name: given.name,
    description: clipped(given.description),
    options: given.options,
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    integration_types: [ApplicationIntegrationType.GuildInstall],
  };
}

function placeRoot(given: { registry: CommandRegistry; root: RegisteredCommand }): Placed {
  const known = placements.get(given.root.command);
  if (known) return known;
  const made = place(given);
  placements.set(given.root.command, made);
  return made;
}

function place({ registry, root }: { registry: CommandRegistry; root: RegisteredCommand }): Placed {
  const { name, summary } = root.command;
  if (name === MASTER_COMMAND) {
    return { kind: "left_out", reason: `"${MASTER_COMMAND}" is the name of the master command` };
  }
  if (name.length > MAX_NAME) {
    return { kind: "left_out", reason: `a name has ${MAX_NAME} characters at most` };
  }
  const options = rootOptions({ registry, root });
  const exact =
    typeof options === "string" ? undefined : rootCommand({ name, description: summary, options });
  if (exact && characters(exact) <= MAX_CHARACTERS) return { kind: "fits", command: exact };
  const reason =
    typeof options === "string" ? options : `its texts have more than ${MAX_CHARACTERS} characters together`;
  const line = lineOption("The rest of the line, as you would type it elsewhere", { required: false });
  return { kind: "line", command: rootCommand({ name, description: summary, options: [line] }), reason };
}

/** The options of a top-level command, or why Discord cannot express them. */
function rootOptions({
  registry,
  root,
}: {
  registry: CommandRegistry;
  root: RegisteredCommand;
}): NonNullable<ApplicationCommand["options"]> | string {
  if (root.command.commands.length === 0) return applicationOptions({ registry, found: root });
  const below: (APIApplicationCommandSubcommandOption | APIApplicationCommandSubcommandGroupOption)[] = [];
  for (const child of withOwnRun({ registry, found: root })) {
    const option =
      child === root || child.command.commands.length === 0
        ? subcommand({ registry, found: child, name: child === root ? OWN_RUN : child.command.name })
        : group({ registry, found: child });
    if (typeof option === "string") return option;
    below.push(option);
  }
  return below.length > MAX_OPTIONS ? `Discord takes ${MAX_OPTIONS} sub-commands` : below;
}

function group({
  registry,
  found,
}: {
  registry: CommandRegistry;
  found: RegisteredCommand;
}): APIApplicationCommandSubcommandGroupOption | string {
  const { name, summary } = found.command;
  const options: APIApplicationCommandSubcommandOption[] = [];
  for (const child of withOwnRun({ registry, found })) {
    if (child !== found && child.command.commands.length > 0) {
      return "Discord takes three words for a command, and this has more";
    }
    const option = subcommand({
      registry,
      found: child,
      name: child === found ? OWN_RUN : child.command.name,
    });
    if (typeof option === "string") return option;
    options.push(option);
  }
  if (name.length > MAX_NAME) return `a name has ${MAX_NAME} characters at most`;
  if (options.length > MAX_OPTIONS) return `Discord takes ${MAX_OPTIONS} sub-commands`;
  return {
    type: ApplicationCommandOptionType.SubcommandGroup,
    name,
    description: clipped(summary),
    options,
  };
}

function subcommand({
  registry,
  found,
  name,
}: {
  registry: CommandRegistry;
  found: RegisteredCommand;
  name: string;
}): APIApplicationCommandSubcommandOption | string {
  const options = applicationOptions({ registry, found });
  if (typeof options === "string") return options;
  if (name.length > MAX_NAME) return `a name has ${MAX_NAME} characters at most`;
  return {
    type: ApplicationCommandOptionType.Subcommand,
    name,
    description: clipped(found.command.summary),
    options,
  };
}

/** The commands below a group, with the group itself in front where it can be run. */
function withOwnRun({
  registry,
  found,
}: {
  registry: CommandRegistry;
  found: RegisteredCommand;
}): readonly RegisteredCommand[] {
  const children = registry.children(found.path);
  return hasOwnRun(found) ? [found, ...children] : children;
}

/** What Discord counts: names, descriptions and choices, of the command and all its options. */
function characters({ name, description, options = [] }: ApplicationCommand): number {
  return name.length + description.length + sum(options.map(charactersOfOption));
}

function charactersOfOption(option: APIApplicationCommandOption): number {
  const own = option.name.length + option.description.length;
  if ("options" in option) return own + sum((option.options ?? []).map(charactersOfOption));
  if (!("choices" in option)) return own;
  return own + sum((option.choices ?? []).map(({ name, value }) => name.length + String(value).length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
