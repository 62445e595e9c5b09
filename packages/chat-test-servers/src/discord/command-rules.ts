import {
  ApplicationCommandOptionType as OptionType,
  ApplicationCommandType,
  type APIApplicationCommandOption,
  type RESTPutAPIApplicationCommandsJSONBody,
} from "discord-api-types/v10";
import { invalidForm } from "./discord-refusal.ts";

const NAME = /^[-_'\p{Ll}\p{Lo}\p{Lm}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_COMMANDS = 100;
const MAX_OPTIONS = 25;
const MAX_CHARACTERS = 8000;

/**
 * Holds a list of commands against Discord's rules of registration.
 *
 * @throws DiscordRefusal with Discord's code 50035
 */
export function checkCommands(commands: RESTPutAPIApplicationCommandsJSONBody): void {
  const slash = commands.filter(
    ({ type }) => (type ?? ApplicationCommandType.ChatInput) === ApplicationCommandType.ChatInput,
  );
  if (slash.length > MAX_COMMANDS) throw invalidForm(`${MAX_COMMANDS} commands at most`);
  const names = new Set<string>();
  for (const command of slash) {
    const { name } = command;
    checkName(name);
    if (names.has(name)) throw invalidForm(`two commands are called ${name}`);
    names.add(name);
    const description = "description" in command ? (command.description ?? "") : "";
    checkDescription(description, name);
    const options = "options" in command ? (command.options ?? []) : [];
    checkOptions(options, { place: name, depth: 0 });
    const characters = name.length + description.length + sum(options.map(optionCharacters));
    if (characters > MAX_CHARACTERS) throw invalidForm(`${name} has more than ${MAX_CHARACTERS} characters`);
  }
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw invalidForm(`name "${name}" is not valid`);
}

function checkDescription(description: string, place: string): void {
  const { length } = Array.from(description);
  if (length < 1 || length > 100) throw invalidForm(`${place}: description must be 1 to 100 in length`);
}

function checkOptions(
  options: readonly APIApplicationCommandOption[],
  { place, depth }: { place: string; depth: number },
): void {
  if (options.length > MAX_OPTIONS) throw invalidForm(`${place}: ${MAX_OPTIONS} options at most`);
  const names = new Set<string>();
  let optionalSeen = false;
  const isBelow = ({ type }: APIApplicationCommandOption) =>
    type === OptionType.Subcommand || type === OptionType.SubcommandGroup;
  const kinds = new Set(options.map(isBelow));
  if (kinds.size > 1) throw invalidForm(`${place}: sub-commands and options exclude each other`);
  for (const option of options) {
    const where = `${place}.${option.name}`;
    checkName(option.name);
    if (names.has(option.name)) throw invalidForm(`${where}: two options of one name`);
    names.add(option.name);
    checkDescription(option.description, where);
    if (option.type === OptionType.SubcommandGroup && depth > 0)
      throw invalidForm(`${where}: a nested group`);
    if (option.type === OptionType.SubcommandGroup || option.type === OptionType.Subcommand) {
      checkOptions(option.options ?? [], {
        place: where,
        depth: option.type === OptionType.Subcommand ? 2 : 1,
      });
      continue;
    }
    if (option.required && optionalSeen) throw invalidForm(`${where}: required options come first`);
    if (!option.required) optionalSeen = true;
    checkValues(option, where);
  }
}

function checkValues(option: APIApplicationCommandOption, where: string): void {
  const choices = "choices" in option ? (option.choices ?? []) : [];
  if (choices.length > 25) throw invalidForm(`${where}: 25 choices at most`);
  for (const { name, value } of choices) {
    if (name.length < 1 || name.length > 100) throw invalidForm(`${where}: a choice has 1 to 100 characters`);
    if (typeof value === "string" && value.length > 100) throw invalidForm(`${where}: a value is too long`);
  }
  if (choices.length > 0 && "autocomplete" in option && option.autocomplete) {
    throw invalidForm(`${where}: choices and autocomplete exclude each other`);
  }
  if ("max_length" in option && option.max_length !== undefined) {
    if (option.max_length < 1 || option.max_length > 6000)
      throw invalidForm(`${where}: max_length 1 to 6000`);
  }
}

function optionCharacters(option: APIApplicationCommandOption): number {
  const own = option.name.length + option.description.length;
  if ("options" in option) return own + sum((option.options ?? []).map(optionCharacters));
  if (!("choices" in option)) return own;
  return own + sum((option.choices ?? []).map(({ name, value }) => name.length + String(value).length));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
