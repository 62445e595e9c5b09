import type { Command, JsonValue } from "@guildhall/sdk";
import { toKebabCase, toSnakeCase } from "./argument-names.ts";
import { flagTable, looksLikeFlag, type FlagTable, type NamedArgument } from "./flag-table.ts";
import type { ArgumentInput } from "./parse-arguments.ts";
import { quote, scanLine } from "./tokenise.ts";

/**
 * Writes arguments as the line a person would type, which `parseLine` reads back to the same arguments (unless it
 * comes out longer than a line may be). Keys that the command does not declare are left out.
 */
export function printLine({
  path,
  command,
  input,
}: {
  readonly path: readonly string[];
  readonly command: Command;
  readonly input: ArgumentInput;
}): string {
  const table = flagTable(command);
  const flags: string[] = [];
  const words: string[] = [];
  let gap = false;
  for (const entry of table.positionals) {
    const value = valueOf({ input, entry });
    if (value === undefined) gap = true;
    // A positional behind one that is left out would be taken for that one.
    else if (gap) flags.push(named({ entry, value }));
    else words.push(positional({ entry, value, table }));
  }
  for (const entry of table.byLong.values()) {
    const value = valueOf({ input, entry });
    if (value === undefined || table.positionals.includes(entry)) continue;
    flags.push(value === true && entry.argument.kind === "flag" ? long(entry) : named({ entry, value }));
  }
  const guarded = needsTerminator({ words, command, table });
  return [...path, ...(guarded ? [...flags, "--", ...words] : [...words, ...flags])].join(" ");
}

function valueOf({ input, entry }: { input: ArgumentInput; entry: NamedArgument }): JsonValue | undefined {
  const key = toSnakeCase(entry.name);
  return Object.hasOwn(input, key) ? input[key] : undefined;
}

function typedForm(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function long({ name }: NamedArgument): string {
  return `--${toKebabCase(name)}`;
}

function named({ entry, value }: { entry: NamedArgument; value: JsonValue }): string {
  return `${long(entry)}=${quote(typedForm(value))}`;
}

function positional({
  entry,
  value,
  table,
}: {
  entry: NamedArgument;
  value: JsonValue;
  table: FlagTable;
}): string {
  const typed = typedForm(value);
  const isPlain = entry.argument.kind === "rest" && readsAsWords({ typed, table });
  return isPlain ? typed : quote(typed);
}

/** Whether remaining words come back as they are without quotes around the whole. */
function readsAsWords({ typed, table }: { typed: string; table: FlagTable }): boolean {
  // A joined line break would vanish from between two words, and a backslash at the end escapes what follows.
  if (typed === "" || typed.trim() !== typed || /\\(\r?\n|$)/.test(typed)) return false;
  const { tokens, openQuote } = scanLine(typed);
  return (
    !openQuote &&
    tokens.every(
      ({ value, start, end }) =>
        typed.slice(start, end) === value && value !== "--" && !looksLikeFlag({ word: value, table }),
    )
  );
}

function needsTerminator({
  words,
  command,
  table,
}: {
  words: readonly string[];
  command: Command;
  table: FlagTable;
}): boolean {
  const read = words.map((word) => scanLine(word).tokens[0]?.value ?? "");
  const [first] = read;
  return (
    read.some((word) => word === "--" || looksLikeFlag({ word, table })) ||
    command.commands.some(({ name }) => name === first?.toLowerCase())
  );
}
