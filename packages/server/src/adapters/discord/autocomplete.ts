import type { APIApplicationCommandOptionChoice } from "discord-api-types/v10";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { toCamelCase } from "../../commands/argument-names.ts";
import { complete } from "../../commands/complete.ts";
import { MAX_CHOICES, MAX_CHOICE_LENGTH } from "./application-options.ts";
import type { IncomingOption } from "./incoming-interaction.ts";
import { focusedOption, invokedBy, lineStart } from "./interaction-line.ts";

/** What Discord offers while somebody types an option: ways to go on with a line, or the choices that fit. */
export function suggestions(given: {
  readonly name: string;
  readonly options: readonly IncomingOption[];
  readonly registry: CommandRegistry;
}): readonly APIApplicationCommandOptionChoice<string>[] {
  const focused = focusedOption(given.options);
  if (!focused) return [];
  const invoked = invokedBy(given);
  const typed = String(focused.value ?? "");
  const words =
    invoked.kind === "line"
      ? lines({ ...given, typed })
      : choices({ registry: given.registry, path: invoked.path, option: focused.name, typed });
  return words
    .filter((word) => word.length > 0 && word.length <= MAX_CHOICE_LENGTH)
    .slice(0, MAX_CHOICES)
    .map((word) => ({ name: word, value: word }));
}

function lines({
  name,
  registry,
  typed,
}: {
  name: string;
  registry: CommandRegistry;
  typed: string;
}): string[] {
  const start = lineStart(name);
  const line = start + typed;
  const completion = complete({ registry, line, cursor: line.length });
  return completion.candidates.map(({ value }) =>
    (line.slice(0, completion.start) + value).slice(start.length),
  );
}

/** The choices that begin with what was typed, then those that hold it. */
function choices(given: {
  registry: CommandRegistry;
  path: readonly string[];
  option: string;
  typed: string;
}): string[] {
  const found = given.registry.find(given.path);
  const all = found?.command.arguments[toCamelCase(given.option)]?.choices ?? [];
  const typed = given.typed.toLowerCase();
  const begins = all.filter((word) => word.toLowerCase().startsWith(typed));
  return [...begins, ...all.filter((word) => !begins.includes(word) && word.toLowerCase().includes(typed))];
}
