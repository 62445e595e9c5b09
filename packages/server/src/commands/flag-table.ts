import type { Argument, Command } from "@guildhall/sdk";
import { toKebabCase } from "./argument-names.ts";

/** A declared argument with its name. */
export interface NamedArgument {
  /** As declared, in camelCase. */
  readonly name: string;
  readonly argument: Argument;
}

/** How the arguments of one command may be written on a line. */
export interface FlagTable {
  /** By kebab-case name, without hyphens in front. Positionals are in it too: any argument may be named. */
  readonly byLong: ReadonlyMap<string, NamedArgument>;
  /** By letter or digit, without the hyphen in front. */
  readonly byShort: ReadonlyMap<string, NamedArgument>;
  /** In the order of declaration; `rest` included. */
  readonly positionals: readonly NamedArgument[];
  /** The short and long forms that help and suggestions name: of flags and options, and help itself. */
  readonly shown: readonly string[];
}

const tables = new WeakMap<Command, FlagTable>();

/** The table of a command; made once for each declaration. */
export function flagTable(command: Command): FlagTable {
  const known = tables.get(command);
  if (known) return known;
  const made = makeTable(command);
  tables.set(command, made);
  return made;
}

/** Whether an argument is a switch, which takes no value. */
export function isSwitch({ argument }: NamedArgument): boolean {
  return argument.kind === "flag";
}

/** How an argument is called on a line: `--reroll-ones`, or `<hit-points>` for a positional. */
export function lineLabel({ name, argument }: NamedArgument): string {
  const kebab = toKebabCase(name);
  return argument.kind === "flag" || argument.kind === "option" ? `--${kebab}` : `<${kebab}>`;
}

/**
 * Whether a word has the shape of a flag: one hyphen and a letter, two hyphens and a letter, or one hyphen and a
 * digit that is declared as a short form. So `-5`, `-1d4`, `-`, `->` and `-_-` are plain words.
 */
export function looksLikeFlag({
  word,
  table,
}: {
  readonly word: string;
  readonly table: FlagTable;
}): boolean {
  if (/^--?[A-Za-z]/.test(word)) return true;
  return /^-\d/.test(word) && table.byShort.has(word.charAt(1));
}

/** Finds an argument by its long form as typed, without the hyphens: `reroll-ones`, `reroll_ones`, `rerollOnes`. */
export function findLong({
  typed,
  table,
}: {
  readonly typed: string;
  readonly table: FlagTable;
}): NamedArgument | undefined {
  const hyphens = typed.replaceAll("_", "-");
  return (
    table.byLong.get(hyphens) ??
    table.byLong.get(toKebabCase(hyphens)) ??
    table.byLong.get(hyphens.toLowerCase())
  );
}

function makeTable(command: Command): FlagTable {
  const named = Object.entries(command.arguments).map(([name, argument]) => ({ name, argument }));
  const flags = named.filter(({ argument }) => argument.kind === "flag" || argument.kind === "option");
  const shorts = flags.flatMap((entry) =>
    entry.argument.short === undefined ? [] : [[entry.argument.short.slice(1), entry] as const],
  );
  return {
    byLong: new Map(named.map((entry) => [toKebabCase(entry.name), entry])),
    byShort: new Map(shorts),
    positionals: named.filter((entry) => !flags.includes(entry)),
    shown: [...flags.map(lineLabel), "--help"],
  };
}
