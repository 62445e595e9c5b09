import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { toKebabCase } from "./argument-names.ts";
import { findLong, isSwitch, looksLikeFlag, type FlagTable, type NamedArgument } from "./flag-table.ts";

/** A flag or a named value that stands on the line. */
export interface GivenFlag {
  readonly entry: NamedArgument;
  /** As typed: `-a`, `--advantage`. */
  readonly typed: string;
  /** Which word it stands in. */
  readonly index: number;
  /** What was given with it; absent for a switch, and where the value is missing. */
  readonly value?: string;
  /** The word that holds the value, when it is the next one. */
  readonly valueIndex?: number;
}

/** A word with the shape of a flag that names none. */
interface UnknownFlag {
  readonly typed: string;
  readonly index: number;
}

/** The words behind a command, told apart. */
export interface SplitWords {
  /** The numbers of the words that are positional. */
  readonly positionals: readonly number[];
  readonly flags: readonly GivenFlag[];
  readonly unknown: readonly UnknownFlag[];
  /** Whether `-h` or `--help` is among them. */
  readonly help: boolean;
  /** The number of the `--` that ended the flags. */
  readonly terminator?: number;
}

const PLAIN_WORD = "word";

/** Tells flags from positional words. Flags may stand anywhere before `--`. Never throws. */
export function splitWords({
  words,
  table,
}: {
  readonly words: readonly string[];
  readonly table: FlagTable;
}): SplitWords {
  const positionals: number[] = [];
  const flags: GivenFlag[] = [];
  const unknown = new Map<number, UnknownFlag>();
  const helpWords = new Set<number>();
  let terminator: number | undefined;
  for (const token of readFlags({ words, table })) {
    const { index } = token;
    const word = words[index] ?? "";
    if (token.kind === "option-terminator") terminator = index;
    else if (token.kind === "positional") positionals.push(index);
    else if (token.name === "help") helpWords.add(index);
    else {
      const entry = table.byLong.get(token.name);
      if (entry) {
        const flag = givenFlag({ token, entry, words, table });
        flags.push(flag);
        const next = words[index + 1] ?? "";
        if (lacksValue(flag) && (next === "-h" || next === "--help")) helpWords.add(index + 1);
      }
      // One message for a word such as -advantage, not one for each of its letters.
      else if (!unknown.has(index))
        unknown.set(index, { typed: word.startsWith("--") ? withoutValue(word) : word, index });
    }
  }
  return {
    positionals,
    flags: flags.filter(({ index }) => !unknown.has(index)),
    unknown: [...unknown.values()],
    help: [...helpWords].some((index) => !unknown.has(index)),
    ...(terminator === undefined ? {} : { terminator }),
  };
}

/** Whether an option stands there without its value. */
export function lacksValue(flag: GivenFlag): boolean {
  return flag.value === undefined && !isSwitch(flag.entry);
}

function readFlags({ words, table }: { words: readonly string[]; table: FlagTable }) {
  const options: ParseArgsOptionsConfig = {};
  for (const [long, entry] of table.byLong) {
    options[long] = {
      type: isSwitch(entry) ? "boolean" : "string",
      ...(entry.argument.short === undefined ? {} : { short: entry.argument.short.slice(1) }),
    };
  }
  options["help"] = { type: "boolean", short: "h" };
  const { tokens } = parseArgs({
    args: words.map((word) => normalised({ word, table })),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

type FlagToken = ReturnType<typeof readFlags>[number];
type OptionToken = Extract<FlagToken, { kind: "option" }>;

function normalised({ word, table }: { word: string; table: FlagTable }): string {
  if (word === "--") return word;
  if (!looksLikeFlag({ word, table })) return PLAIN_WORD;
  if (!word.startsWith("--")) return word;
  const [typed = "", ...value] = word.slice(2).split("=");
  const entry = findLong({ typed, table });
  const known = entry ? toKebabCase(entry.name) : typed;
  return `--${[known, ...value].join("=")}`;
}

function givenFlag({
  token,
  entry,
  words,
  table,
}: {
  token: OptionToken;
  entry: NamedArgument;
  words: readonly string[];
  table: FlagTable;
}): GivenFlag {
  const { index } = token;
  const given = { entry, typed: withoutValue(token.rawName), index };
  if (token.value === undefined) return given;
  if (token.inlineValue) {
    // Other than getopt, -c=NAME gives NAME.
    const attached = token.rawName.startsWith("--") ? token.value : token.value.replace(/^=/, "");
    return { ...given, value: attached };
  }
  const valueIndex = index + 1;
  const value = words[valueIndex] ?? "";
  if (value === "--" || looksLikeFlag({ word: value, table })) return given;
  return { ...given, value, valueIndex };
}

function withoutValue(word: string): string {
  return word.replace(/=.*$/s, "");
}
