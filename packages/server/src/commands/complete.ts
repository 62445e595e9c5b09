import type { CommandRegistry, RegisteredCommand } from "./command-registry.ts";
import { flagTable, lineLabel, type FlagTable, type NamedArgument } from "./flag-table.ts";
import { lacksValue, splitWords, type SplitWords } from "./split-words.ts";
import { quote, scanLine } from "./tokenise.ts";

/** One way to go on typing. */
export interface Candidate {
  /** What to put in place of the text from `start` to `end`; quoted where the line needs it. */
  readonly value: string;
  readonly summary: string;
  readonly kind: "command" | "flag" | "choice";
}

/** What may stand at the cursor. */
export interface Completion {
  /** The part of the line to be replaced, in UTF-16 code units: the word at the cursor, or the empty place there. */
  readonly start: number;
  readonly end: number;
  /** Commands by name, then choices and flags as declared. */
  readonly candidates: readonly Candidate[];
}

/**
 * Completes a line at the cursor: commands and sub-commands, flags that are not yet given and not excluded by one
 * that is, and the choices of the argument there. A cursor outside the line counts as its nearest end. An unclosed
 * quote is taken to reach to the end of the line. Never throws.
 */
export function complete({
  registry,
  line,
  cursor,
}: {
  readonly registry: CommandRegistry;
  readonly line: string;
  readonly cursor: number;
}): Completion {
  const place = Number.isNaN(cursor) ? line.length : Math.min(Math.max(0, Math.trunc(cursor)), line.length);
  const { tokens } = scanLine(line);
  const current = tokens.find(({ start, end }) => start <= place && place <= end);
  const before = tokens.filter(({ end }) => end < place && end !== current?.end).map(({ value }) => value);
  const after = tokens.filter(({ start }) => start > place).map(({ value }) => value);
  const slashed = (before[0] ?? current?.value ?? "").startsWith("/");
  if (before[0] !== undefined && slashed) before[0] = before[0].slice(1);
  const typed = typedUpTo({ line, place, start: current?.start ?? place });
  const atFirstWord = before.length === 0;
  const prefix = atFirstWord && slashed ? typed.slice(1) : typed;

  const { found, depth } = registry.resolve(before);
  const words = before.slice(depth);
  const candidates = [
    ...(words.length === 0 ? commandCandidates({ registry, found, prefix }) : []),
    ...(found ? argumentCandidates({ found, words, prefix, after }) : []),
  ];
  const mark = atFirstWord && slashed ? "/" : "";
  return {
    start: current?.start ?? place,
    end: current?.end ?? place,
    candidates: candidates.map((candidate) => ({ ...candidate, value: mark + candidate.value })),
  };
}

function typedUpTo({ line, place, start }: { line: string; place: number; start: number }): string {
  return scanLine(line.slice(start, place)).tokens[0]?.value ?? "";
}

function commandCandidates({
  registry,
  found,
  prefix,
}: {
  registry: CommandRegistry;
  found: RegisteredCommand | undefined;
  prefix: string;
}): Candidate[] {
  return registry
    .children(found?.path ?? [])
    .filter(({ command }) => beginsWith({ word: command.name, prefix }))
    .map(({ command }) => ({ value: command.name, summary: command.summary, kind: "command" }));
}

function argumentCandidates({
  found,
  words,
  prefix,
  after,
}: {
  found: RegisteredCommand;
  words: readonly string[];
  prefix: string;
  after: readonly string[];
}): Candidate[] {
  const table = flagTable(found.command);
  const split = splitWords({ words, table });
  if (split.terminator !== undefined) return positionalCandidates({ table, split, prefix });
  const last = split.flags.at(-1);
  if (last && lacksValueAtEnd({ split, words })) return choiceCandidates({ entry: last.entry, prefix });
  const inline = /^--([^=]+)=(.*)$/s.exec(prefix);
  if (inline) return inlineCandidates({ table, name: inline[1] ?? "", prefix: inline[2] ?? "" });
  return [
    ...positionalCandidates({ table, split, prefix }),
    ...flagCandidates({ found, table, prefix, others: splitWords({ words: [...words, ...after], table }) }),
  ];
}

function lacksValueAtEnd({ split, words }: { split: SplitWords; words: readonly string[] }): boolean {
  const last = split.flags.at(-1);
  return last !== undefined && lacksValue(last) && last.index === words.length - 1;
}

function inlineCandidates({
  table,
  name,
  prefix,
}: {
  table: FlagTable;
  name: string;
  prefix: string;
}): Candidate[] {
  const entry = table.byLong.get(name.replaceAll("_", "-"));
  if (!entry) return [];
  return choiceCandidates({ entry, prefix }).map((candidate) => ({
    ...candidate,
    value: `--${name}=${candidate.value}`,
  }));
}

function positionalCandidates({
  table,
  split,
  prefix,
}: {
  table: FlagTable;
  split: SplitWords;
  prefix: string;
}): Candidate[] {
  const named = new Set(split.flags.map(({ entry }) => entry));
  const entry = table.positionals.filter((positional) => !named.has(positional))[split.positionals.length];
  return entry ? choiceCandidates({ entry, prefix }) : [];
}

function choiceCandidates({ entry, prefix }: { entry: NamedArgument; prefix: string }): Candidate[] {
  return (entry.argument.choices ?? [])
    .filter((word) => beginsWith({ word, prefix }))
    .map((word) => ({ value: quote(word), summary: entry.argument.summary, kind: "choice" }));
}

function flagCandidates({
  found,
  table,
  prefix,
  others,
}: {
  found: RegisteredCommand;
  table: FlagTable;
  prefix: string;
  others: SplitWords;
}): Candidate[] {
  if (prefix !== "" && !prefix.startsWith("-")) return [];
  const given = new Set(others.flags.map(({ entry }) => entry.name));
  const excluded = new Set(
    found.command.exclusive.filter((group) => group.some((name) => given.has(name))).flat(),
  );
  const open = [...table.byLong.values()].filter(
    (entry) => !table.positionals.includes(entry) && !given.has(entry.name) && !excluded.has(entry.name),
  );
  const candidates = open.flatMap((entry) => {
    const { short, summary } = entry.argument;
    const forms = prefix !== "" && short === prefix ? [short] : [lineLabel(entry)];
    return forms
      .filter((form) => beginsWith({ word: form, prefix: prefix.replaceAll("_", "-") }))
      .map((form): Candidate => ({ value: form, summary, kind: "flag" }));
  });
  const help: Candidate = { value: "--help", summary: "Show help", kind: "flag" };
  return prefix !== "" && beginsWith({ word: help.value, prefix }) ? [...candidates, help] : candidates;
}

function beginsWith({ word, prefix }: { word: string; prefix: string }): boolean {
  return word.toLowerCase().startsWith(prefix.toLowerCase());
}
