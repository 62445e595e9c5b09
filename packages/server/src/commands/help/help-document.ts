import type { Argument, Command, ValueType } from "@guildhall/sdk";
import { z } from "zod";
import { toKebabCase, toSnakeCase } from "../argument-names.ts";
import type { CommandRegistry, RegisteredCommand } from "../command-registry.ts";
import { flagTable, lineLabel } from "../flag-table.ts";

/** One argument as help shows it. */
export interface HelpArgument {
  /** The snake_case name; absent for `-h, --help`, which every command has. */
  readonly name?: string;
  /** How it is typed: `<expression>`, `<purpose>...`, `-a, --advantage`, `--level <integer>`. */
  readonly label: string;
  /** Its line breaks are to be kept. */
  readonly summary: string;
  readonly type: ValueType;
  readonly required: boolean;
  readonly choices?: readonly string[];
  readonly defaultValue?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** In characters; only where it is less than the usual 10,000. */
  readonly maxLength?: number;
  /** Choices, range and default in words, to be shown behind the summary. */
  readonly notes: readonly string[];
}

/** One command in a list. */
export interface HelpCommand {
  readonly path: readonly string[];
  readonly summary: string;
}

/** Help for a command, a group or the whole hall, as structure: each way in renders it in its own markup. */
export interface HelpDocument {
  /** The words that name the command; empty for the whole hall. */
  readonly path: readonly string[];
  readonly usage: readonly string[];
  readonly summary: string;
  /** Its line breaks are to be kept. */
  readonly description?: string;
  /** Positionals, in their order. */
  readonly arguments: readonly HelpArgument[];
  /** Flags and options, `-h, --help` last. */
  readonly flags: readonly HelpArgument[];
  readonly commands: readonly HelpCommand[];
  /** Complete lines. */
  readonly examples: readonly string[];
  readonly administratorsOnly: boolean;
}

const USUAL_TEXT_LENGTH = 10_000;
const HELP_FLAG: HelpArgument = {
  label: "-h, --help",
  summary: "Show this help",
  type: "boolean",
  required: false,
  notes: [],
};

/** Help for the whole hall: every command of the top level. */
export function registryHelp(registry: CommandRegistry): HelpDocument {
  return {
    path: [],
    usage: ["<command> [<argument>...]", "<command> --help"],
    summary: "The commands of this hall",
    arguments: [],
    flags: [HELP_FLAG],
    commands: listed(registry.children([])),
    examples: [],
    administratorsOnly: false,
  };
}

/** Help for one command or group, with its sub-commands one by one. */
export function commandHelp({
  registry,
  found,
}: {
  readonly registry: CommandRegistry;
  readonly found: RegisteredCommand;
}): HelpDocument {
  const { command, path } = found;
  const { positionals, flags } = argumentHelp(command);
  return {
    path,
    usage: usageLines(found),
    summary: command.summary,
    ...(command.description === undefined ? {} : { description: command.description }),
    arguments: positionals,
    flags: [...flags, HELP_FLAG],
    commands: listed(registry.children(path)),
    examples: command.examples,
    administratorsOnly: command.permission === "administrator",
  };
}

function listed(commands: readonly RegisteredCommand[]): HelpCommand[] {
  return commands.map(({ path, command }) => ({ path, summary: command.summary }));
}

interface ArgumentHelp {
  readonly positionals: readonly HelpArgument[];
  readonly flags: readonly HelpArgument[];
}

const argumentHelps = new WeakMap<Command, ArgumentHelp>();

function argumentHelp(command: Command): ArgumentHelp {
  const known = argumentHelps.get(command);
  if (known) return known;
  const entries = Object.entries(command.arguments).map(([name, argument]) => ({
    isFlag: isFlag(argument),
    help: helpArgument({ name, argument }),
  }));
  const made = {
    positionals: entries.filter((entry) => !entry.isFlag).map(({ help }) => help),
    flags: entries.filter((entry) => entry.isFlag).map(({ help }) => help),
  };
  argumentHelps.set(command, made);
  return made;
}

function isFlag({ kind }: Argument): boolean {
  return kind === "flag" || kind === "option";
}

function helpArgument({ name, argument }: { name: string; argument: Argument }): HelpArgument {
  const { summary, type, required, choices, defaultValue } = argument;
  const bounds = boundsOf(argument);
  return {
    name: toSnakeCase(name),
    label: helpLabel({ name, argument }),
    summary,
    type,
    required,
    ...(choices === undefined ? {} : { choices }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...bounds,
    notes: [
      ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`]),
      ...(type === "integer" ? ["whole number"] : type === "number" ? ["number"] : []),
      ...boundsNotes(bounds),
      ...(defaultValue === undefined ? [] : [`default ${defaultValue}`]),
    ],
  };
}

function helpLabel({ name, argument }: { name: string; argument: Argument }): string {
  const plain = lineLabel({ name, argument });
  if (argument.kind === "rest") return `${plain}...`;
  const forms = argument.short === undefined ? plain : `${argument.short}, ${plain}`;
  return argument.kind === "option" ? `${forms} <${argument.type}>` : forms;
}

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

function boundsOf({ schema }: Argument): Bounds {
  const { minimum, maximum, maxLength } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return {
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? { minimum } : {}),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? { maximum } : {}),
    ...(maxLength !== undefined && maxLength < USUAL_TEXT_LENGTH ? { maxLength } : {}),
  };
}

function boundsNotes({ minimum, maximum, maxLength }: Bounds): string[] {
  const notes = maxLength === undefined ? [] : [`at most ${maxLength} characters`];
  if (minimum !== undefined && maximum !== undefined) return [...notes, `${minimum} to ${maximum}`];
  if (minimum !== undefined) return [...notes, `${minimum} or more`];
  return maximum === undefined ? notes : [...notes, `${maximum} or less`];
}

function usageLines({ path, command }: RegisteredCommand): string[] {
  const line = path.join(" ");
  const own = command.run ? [[line, ...usageParts(command)].join(" ")] : [];
  return command.commands.length === 0 ? own : [...own, `${line} <command> [<argument>...]`];
}

function usageParts(command: Command): string[] {
  const { positionals } = flagTable(command);
  const words = positionals.map(({ name, argument }) => {
    const label = helpLabel({ name, argument });
    return argument.required ? label : `[${label}]`;
  });
  const flags = Object.entries(command.arguments).filter(([, argument]) => isFlag(argument));
  const grouped = new Set<string>();
  const parts: string[] = [];
  for (const [name] of flags) {
    if (grouped.has(name)) continue;
    const group = command.exclusive.find((names) => names.includes(name)) ?? [name];
    const members = flags.filter(([member]) => group.includes(member) && !grouped.has(member));
    for (const [member] of members) grouped.add(member);
    parts.push(`[${members.map(([member, argument]) => flagUsage({ name: member, argument })).join(" | ")}]`);
  }
  return [...words, ...parts];
}

function flagUsage({ name, argument }: { name: string; argument: Argument }): string {
  const form = argument.short ?? `--${toKebabCase(name)}`;
  return argument.kind === "option" ? `${form} <${argument.type}>` : form;
}
