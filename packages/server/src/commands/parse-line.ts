import type { JsonValue } from "@guildhall/sdk";
import { toSnakeCase } from "./argument-names.ts";
import type { CommandRegistry, RegisteredCommand } from "./command-registry.ts";
import { convertText } from "./convert-text.ts";
import { flagTable, lineLabel, type FlagTable, type NamedArgument } from "./flag-table.ts";
import { commandHelp, registryHelp, type HelpDocument } from "./help/help-document.ts";
import { showTyped, type LineError } from "./line-error.ts";
import { nearestName } from "./nearest-name.ts";
import {
  checkArguments,
  missingArgument,
  type ArgumentInput,
  type CommandValues,
} from "./parse-arguments.ts";
import { lacksValue, splitWords, type GivenFlag, type SplitWords } from "./split-words.ts";
import { scanLine, unbalancedQuote, type Token } from "./tokenise.ts";

/** The longest line that is read, in UTF-16 code units. */
export const MAX_LINE_LENGTH = 65_536;

/** What a typed line asks for. */
export type ParsedLine =
  | {
      readonly kind: "invocation";
      readonly command: RegisteredCommand;
      readonly values: CommandValues;
      /** The arguments that were given, as JSON, to be stored; see `parseArguments` and `printLine`. */
      readonly input: ArgumentInput;
    }
  | { readonly kind: "help"; readonly help: HelpDocument }
  | {
      readonly kind: "error";
      readonly error: LineError;
      /** The usage to show with the error. */
      readonly help: HelpDocument;
    };

/**
 * Reads a typed line. Nothing it can be given makes it throw, and it keeps nothing from one line to the next.
 *
 * The leading words name the command, in any letter case; a "/" in front of the first is dropped. Flags stand
 * anywhere behind it, up to `--`. Every argument may also be given by name: `--purpose=stealth`. An empty line,
 * `-h` and `--help` ask for help, as does the bare name of a group that cannot be run itself.
 */
export function parseLine({
  registry,
  line,
}: {
  readonly registry: CommandRegistry;
  readonly line: string;
}): ParsedLine {
  if (line.length > MAX_LINE_LENGTH) {
    const message = `The line has ${line.length} characters: shorten it to ${MAX_LINE_LENGTH} at most.`;
    return {
      kind: "error",
      error: { code: "line_too_long", message, limit: "line" },
      help: registryHelp(registry),
    };
  }
  const { tokens: all, openQuote } = scanLine(line);
  const tokens = withoutSlash(all);
  const words = tokens.map((token) => token.value);
  const { found, depth } = registry.resolve(words);
  const help = () => (found ? commandHelp({ registry, found }) : registryHelp(registry));
  if (openQuote) return { kind: "error", error: unbalancedQuote(openQuote), help: help() };
  if (tokens.length === 0) return { kind: "help", help: help() };

  const scope: Scope = { registry, found, line, tokens: tokens.slice(depth) };
  const table = found ? flagTable(found.command) : NO_FLAGS;
  const split = splitWords({ words: words.slice(depth), table });
  if (split.help && !found?.isDegraded) return { kind: "help", help: help() };
  if (!found?.command.run) {
    const error = misnamed({ scope, split, table });
    return error ? { kind: "error", error, help: help() } : { kind: "help", help: help() };
  }
  if (found.isDegraded) return { kind: "invocation", command: found, values: {}, input: {} };
  const result = readInvocation({ scope, found, split, table });
  return "error" in result ? { kind: "error", error: result.error, help: help() } : result;
}

const NO_FLAGS: FlagTable = { byLong: new Map(), byShort: new Map(), positionals: [], shown: ["--help"] };

interface Scope {
  readonly registry: CommandRegistry;
  readonly found: RegisteredCommand | undefined;
  readonly line: string;
  /** Those behind the words that name the command. */
  readonly tokens: readonly Token[];
}

/** The words behind the command's name, told apart by its flags. */
interface ReadWords {
  readonly scope: Scope;
  readonly split: SplitWords;
  readonly table: FlagTable;
}

function withoutSlash(tokens: readonly Token[]): readonly Token[] {
  const [first, ...others] = tokens;
  if (!first?.value.startsWith("/")) return tokens;
  const value = first.value.slice(1);
  return value === "" ? others : [{ ...first, value, start: first.start + 1 }, ...others];
}

function columnOf({ tokens }: Scope, index: number): { readonly column?: number } {
  const token = tokens[index];
  return token ? { column: token.start + 1 } : {};
}

/** The error of words that should have named a command; undefined when there are no words. */
function misnamed({ scope, split, table }: ReadWords): LineError | undefined {
  const [index] = split.positionals;
  if (index !== undefined) return unknownCommand({ scope, index });
  return firstUnknownFlag({ scope, split, table });
}

function unknownCommand({ scope, index }: { scope: Scope; index: number }): LineError {
  const { registry, found } = scope;
  const typed = scope.tokens[index]?.value ?? "";
  const path = found?.path ?? [];
  const names = registry.children(path).map(({ command }) => command.name);
  const near = nearestName({ typed, names });
  const suggestion = near === undefined ? undefined : [...path, near].join(" ");
  const what = found ? `${found.path.join(" ")} has no sub-command` : "There is no command";
  const help = [...path, "--help"].join(" ");
  const hint = suggestion === undefined ? `${help} lists them.` : `did you mean ${suggestion}?`;
  return {
    code: "unknown_command",
    message: `${what} ${showTyped(typed)}: ${hint}`,
    ...columnOf(scope, index),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function firstUnknownFlag({ scope, split, table }: ReadWords): LineError | undefined {
  const [unknown] = split.unknown;
  if (!unknown) return undefined;
  const { typed, index } = unknown;
  const name = typed.replace(/^-+/, "").replaceAll("_", "-");
  const longs = [...table.byLong.keys(), "help"];
  const near = name.length > 1 ? nearestName({ typed: name, names: longs }) : undefined;
  const suggestion = near === undefined ? undefined : `--${near}`;
  const whose = scope.found?.path.join(" ");
  const known = `it takes ${table.shown.join(", ")}; write -- before words that begin with a hyphen.`;
  return {
    code: "unknown_flag",
    message: `${whose ?? "A line"} has no flag ${showTyped(typed)}: ${suggestion === undefined ? known : `did you mean ${suggestion}?`}`,
    ...columnOf(scope, index),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function readInvocation({
  scope,
  found,
  split,
  table,
}: ReadWords & { readonly found: RegisteredCommand }): ParsedLine | { readonly error: LineError } {
  const unknown = firstUnknownFlag({ scope, split, table });
  if (unknown) return { error: unknown };

  const input: Record<string, JsonValue> = {};
  const columns = new Map<string, number>();
  for (const flag of split.flags) {
    const error = readFlag({ scope, flag, input });
    if (error) return { error };
    columns.set(toSnakeCase(flag.entry.name), (scope.tokens[flag.index]?.start ?? 0) + 1);
  }
  const open = table.positionals.filter(({ name }) => !Object.hasOwn(input, toSnakeCase(name)));
  const error = readPositionals({ scope, split, open, input, columns });
  if (error) return { error };

  const { command } = found;
  const label = (name: string): string => {
    const argument = command.arguments[name];
    return argument ? lineLabel({ name, argument }) : name;
  };
  const missing = table.positionals.find(
    ({ name, argument }) => argument.required && !Object.hasOwn(input, toSnakeCase(name)),
  );
  if (missing) return { error: missingArgument({ ...missing, command, label: lineLabel(missing) }) };
  const checked = checkArguments({ command, input, label });
  if (checked.kind === "arguments")
    return { kind: "invocation", command: found, values: checked.values, input };
  const column = columns.get(checked.error.argument ?? "");
  return { error: { ...checked.error, ...(column === undefined ? {} : { column }) } };
}

function readFlag({
  scope,
  flag,
  input,
}: {
  scope: Scope;
  flag: GivenFlag;
  input: Record<string, JsonValue>;
}): LineError | undefined {
  const { entry, typed, index, value } = flag;
  const key = toSnakeCase(entry.name);
  if (lacksValue(flag)) {
    return {
      code: "missing_value",
      message: `${typed} needs a value, as in --${key.replaceAll("_", "-")}=VALUE: ${entry.argument.summary}`,
      ...columnOf(scope, index),
      argument: key,
    };
  }
  if (value !== undefined && Object.hasOwn(input, key)) {
    return {
      code: "extra_argument",
      message: `${typed} is given twice: leave one of them out.`,
      ...columnOf(scope, index),
      argument: key,
    };
  }
  if (value === undefined) {
    input[key] = true;
    return undefined;
  }
  return convertInto({ scope, entry, typed: value, index: flag.valueIndex ?? index, input });
}

function readPositionals({
  scope,
  split,
  open,
  input,
  columns,
}: {
  scope: Scope;
  split: SplitWords;
  open: readonly NamedArgument[];
  input: Record<string, JsonValue>;
  columns: Map<string, number>;
}): LineError | undefined {
  const waiting = [...open];
  for (const [place, index] of split.positionals.entries()) {
    const entry = waiting.shift();
    if (!entry) return surplusWord({ scope, index });
    columns.set(toSnakeCase(entry.name), (scope.tokens[index]?.start ?? 0) + 1);
    const isRest = entry.argument.kind === "rest";
    const typed = isRest
      ? restText({ scope, indexes: split.positionals.slice(place) })
      : (scope.tokens[index]?.value ?? "");
    const error = convertInto({ scope, entry, typed, index, input });
    if (error || isRest) return error;
  }
  return undefined;
}

function surplusWord({ scope, index }: { scope: Scope; index: number }): LineError {
  const { found } = scope;
  const takesWords = found && flagTable(found.command).positionals.length > 0;
  if (found && !takesWords && found.command.commands.length > 0) return unknownCommand({ scope, index });
  const typed = scope.tokens[index]?.value ?? "";
  return {
    code: "extra_argument",
    message: `${found?.path.join(" ") ?? "The line"} takes no further word ${showTyped(typed)}: leave it out, or put words that belong together in quotes.`,
    ...columnOf(scope, index),
  };
}

/** The remaining words, with the line's own whitespace between neighbours. */
function restText({ scope, indexes }: { scope: Scope; indexes: readonly number[] }): string {
  let text = "";
  let before: number | undefined;
  for (const index of indexes) {
    const token = scope.tokens[index];
    if (!token) continue;
    const previous = before === index - 1 ? scope.tokens[before] : undefined;
    const gap = previous ? scope.line.slice(previous.end, token.start).replace(/\\\r?\n/g, "") : " ";
    text += before === undefined ? token.value : gap + token.value;
    before = index;
  }
  return text;
}

function convertInto({
  scope,
  entry,
  typed,
  index,
  input,
}: {
  scope: Scope;
  entry: NamedArgument;
  typed: string;
  index: number;
  input: Record<string, JsonValue>;
}): LineError | undefined {
  const key = toSnakeCase(entry.name);
  const converted = convertText({ ...entry, typed });
  if (converted.ok) {
    input[key] = converted.value;
    return undefined;
  }
  const { suggestion } = converted;
  return {
    code: "bad_value",
    message: `${lineLabel(entry)}: ${converted.reason}${suggestion === undefined ? "." : `; did you mean ${suggestion}?`}`,
    ...columnOf(scope, index),
    ...(suggestion === undefined ? {} : { suggestion }),
    argument: key,
  };
}
