import {
  ApplicationCommandOptionType,
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandStringOption,
} from "discord-api-types/v10";
import type { CommandRegistry, RegisteredCommand } from "../../commands/command-registry.ts";
import { commandHelp, type HelpArgument } from "../../commands/help/help-document.ts";

/** Discord's limits (https://discord.com/developers/docs/interactions/application-commands). */
export const MAX_OPTIONS = 25;
export const MAX_CHOICES = 25;
export const MAX_CHOICE_LENGTH = 100;
const MAX_NAME = 32;
const MAX_DESCRIPTION = 100;
const MAX_TEXT = 6000;
/** Integers and numbers reach from -2^53 to 2^53. */
const MAX_NUMBER = 2 ** 53;

/** A description within Discord's 100 characters, on one line and never empty. */
export function clipped(description: string): string {
  const line = description.replace(/\s+/g, " ").trim() || "-";
  const characters = Array.from(line);
  return characters.length <= MAX_DESCRIPTION
    ? line
    : `${characters.slice(0, MAX_DESCRIPTION - 1).join("")}\u2026`;
}

/** The option that takes a typed line, completed while it is typed. */
export function lineOption(
  description: string,
  { required }: { readonly required: boolean },
): APIApplicationCommandStringOption {
  return {
    type: ApplicationCommandOptionType.String,
    name: "line",
    description: clipped(description),
    required,
    autocomplete: true,
    max_length: MAX_TEXT,
  };
}

/** The options of a command that can be run, required ones first; or why Discord cannot express them. */
export function applicationOptions({
  registry,
  found,
}: {
  readonly registry: CommandRegistry;
  readonly found: RegisteredCommand;
}): APIApplicationCommandBasicOption[] | string {
  const help = commandHelp({ registry, found });
  const named = [...help.arguments, ...help.flags].flatMap((argument) =>
    argument.name === undefined ? [] : [{ ...argument, name: argument.name }],
  );
  if (named.length > MAX_OPTIONS) return `Discord takes ${MAX_OPTIONS} options`;
  const long = named.find(({ name }) => name.length > MAX_NAME);
  if (long) return `the name of an option has ${MAX_NAME} characters at most`;
  return named.toSorted((one, other) => Number(other.required) - Number(one.required)).map(optionOf);
}

function optionOf(argument: HelpArgument & { readonly name: string }): APIApplicationCommandBasicOption {
  const { name, required, type, minimum, maximum } = argument;
  const common = { name, description: clipped(argument.summary), required };
  const bounds = {
    ...(minimum === undefined || minimum < -MAX_NUMBER ? {} : { min_value: minimum }),
    ...(maximum === undefined || maximum > MAX_NUMBER ? {} : { max_value: maximum }),
  };
  switch (type) {
    case "boolean":
      return { ...common, type: ApplicationCommandOptionType.Boolean };
    case "integer":
      return { ...common, ...bounds, type: ApplicationCommandOptionType.Integer };
    case "number":
      return { ...common, ...bounds, type: ApplicationCommandOptionType.Number };
    case "choice":
      return { ...common, ...choices(argument.choices ?? []), type: ApplicationCommandOptionType.String };
    case "text":
      return {
        ...common,
        type: ApplicationCommandOptionType.String,
        max_length: Math.min(argument.maxLength ?? MAX_TEXT, MAX_TEXT),
      };
  }
}

/** Choices where Discord takes them all, else completion while typing. */
function choices(words: readonly string[]) {
  const listed = words.length <= MAX_CHOICES && words.every((word) => word.length <= MAX_CHOICE_LENGTH);
  return listed
    ? { choices: words.map((word) => ({ name: word, value: word })) }
    : { autocomplete: true as const };
}
