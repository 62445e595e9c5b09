import type { JsonValue } from "@guildhall/sdk";
import { ApplicationCommandOptionType } from "discord-api-types/v10";
import { toKebabCase, toCamelCase } from "../../commands/argument-names.ts";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { quote } from "../../commands/tokenise.ts";
import { LINE_OPTION, MASTER_COMMAND, OWN_RUN, takesLine } from "./application-commands.ts";
import type { IncomingOption, PersonInteraction } from "./incoming-interaction.ts";

/** What an application command asks the hall to run. */
export type Invoked =
  | { readonly kind: "line"; readonly line: string }
  | {
      readonly kind: "arguments";
      readonly path: readonly string[];
      readonly input: Readonly<Record<string, JsonValue>>;
    };

/** Reads a used application command: the words of its path and typed values, or a typed line. */
export function invokedBy({
  name,
  options,
  registry,
}: {
  readonly name: string;
  readonly options: readonly IncomingOption[];
  readonly registry: CommandRegistry;
}): Invoked {
  const root = registry.find([name]);
  if (name === MASTER_COMMAND || (root && takesLine({ registry, root }))) {
    const typed = options.find((option) => option.name === LINE_OPTION)?.value ?? "";
    return { kind: "line", line: lineStart(name) + String(typed) };
  }
  const { words, values } = descend([name], options);
  const last = words.at(-1);
  // A group's own run stands among its sub-commands.
  const isOwnRun = last === OWN_RUN && !registry.find(words);
  const input = Object.fromEntries(
    values.flatMap((option) => (option.value === undefined ? [] : [[option.name, option.value]])),
  );
  return { kind: "arguments", path: isOwnRun ? words.slice(0, -1) : words, input };
}

/** What stands before the line that is typed into an application command. */
export function lineStart(name: string): string {
  return name === MASTER_COMMAND ? "" : `${name} `;
}

/** The option that is being typed, wherever it stands. */
export function focusedOption(options: readonly IncomingOption[]): IncomingOption | undefined {
  for (const option of options) {
    if (option.focused) return option;
    const below = focusedOption(option.options ?? []);
    if (below) return below;
  }
  return undefined;
}

/** A line with further arguments, each under its name, as a form brings them. */
export function lineWithAnswers(line: string, answers: ReadonlyMap<string, string>): string {
  const named = [...answers]
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `--${toKebabCase(toCamelCase(name))}=${quote(value)}`);
  return [line, ...named].join(" ");
}

/** The texts of a form's inputs by their ids. */
export function answersOf(
  components: Extract<PersonInteraction, { data: { components: unknown } }>["data"]["components"],
): ReadonlyMap<string, string> {
  const inputs = components.flatMap(({ component, components: row = [] }) =>
    component ? [component, ...row] : row,
  );
  return new Map(
    inputs.flatMap(({ custom_id: id, value = "" }) => (id === undefined ? [] : [[id, value] as const])),
  );
}

const BELOW = new Set<number>([
  ApplicationCommandOptionType.Subcommand,
  ApplicationCommandOptionType.SubcommandGroup,
]);

function descend(
  words: readonly string[],
  options: readonly IncomingOption[],
): { words: readonly string[]; values: readonly IncomingOption[] } {
  const [only] = options;
  const isBelow = only && (BELOW.has(only.type) || only.options !== undefined);
  return isBelow ? descend([...words, only.name], only.options ?? []) : { words, values: options };
}
