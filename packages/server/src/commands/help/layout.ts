import type { LineError } from "../line-error.ts";
import type { HelpArgument, HelpDocument } from "./help-document.ts";

/** What is rendered: help, an error, or an error above its usage. */
export interface HelpPage {
  readonly help: HelpDocument;
  readonly error?: LineError;
}

/** What a piece of text is, for a renderer to style. */
export type SpanRole = "plain" | "heading" | "label" | "error";

/** A piece of one line of laid-out text. */
export interface Span {
  readonly text: string;
  readonly role: SpanRole;
}

/** The width of a line in characters, unless told otherwise. */
export const DEFAULT_WIDTH = 80;

const INDENT = 2;
const GAP = 2;
const WIDEST_LABEL = 28;
const NARROWEST_COLUMN = 10;

/**
 * Lays help out for a display of fixed-width characters: one list of spans a line. Lines wrap at `width`; only a
 * single word that is longer sticks out. Control characters are replaced.
 */
export function layOut({ help, error }: HelpPage, { width }: { readonly width: number }): Span[][] {
  const sections = [
    error ? errorSection({ error, width }) : [],
    usageSection({ help, width }),
    wrapped({
      text: help.administratorsOnly ? `${help.summary} (administrators only)` : help.summary,
      width,
    }),
    help.description === undefined ? [] : wrapped({ text: help.description, width }),
    listSection({ heading: "Arguments", rows: help.arguments.map(argumentRow), width }),
    listSection({
      heading: "Commands",
      rows: help.commands.map(({ path, summary }) => ({ label: path.join(" "), text: summary })),
      width,
    }),
    listSection({ heading: "Flags", rows: help.flags.map(flagRow), width }),
    exampleSection(help.examples),
  ].filter((section) => section.length > 0);
  return sections.flatMap((section, index) => (index === 0 ? section : [[], ...section]));
}

/** The line that shows a page of help whole, for where only a part is shown. */
export function wholePage({ path }: HelpDocument): string {
  return path.length === 0 ? "help" : `${path.join(" ")} -h`;
}

/** The summary of an argument with what there is to know about its value. */
export function summaryWithNotes({ summary, notes }: HelpArgument): string {
  return notes.length === 0 ? summary : `${summary} (${notes.join("; ")})`;
}

interface Row {
  readonly label: string;
  readonly text: string;
}

function argumentRow(argument: HelpArgument): Row {
  return { label: argument.label, text: summaryWithNotes(argument) };
}

function flagRow(argument: HelpArgument): Row {
  const { label, text } = argumentRow(argument);
  // Long forms stand below each other, with a short form or without.
  return { label: label.startsWith("--") ? `    ${label}` : label, text };
}

function errorSection({ error, width }: { error: LineError; width: number }): Span[][] {
  return wrapText({ text: `Error: ${error.message}`, width, hanging: 0 }).map((text) => [
    { text, role: "error" },
  ]);
}

function usageSection({ help, width }: { help: HelpDocument; width: number }): Span[][] {
  const heading = "Usage: ";
  return help.usage.flatMap((usage, index) =>
    wrapText({ text: usage, width: width - heading.length, hanging: INDENT }).map((text, part) => [
      index === 0 && part === 0 ? span(heading, "heading") : span(" ".repeat(heading.length)),
      span(text),
    ]),
  );
}

function wrapped({ text, width }: { text: string; width: number }): Span[][] {
  return wrapText({ text, width, hanging: 0 }).map((line) => [span(line)]);
}

function listSection({
  heading,
  rows,
  width,
}: {
  heading: string;
  rows: readonly Row[];
  width: number;
}): Span[][] {
  if (rows.length === 0) return [];
  const clean = rows.map(({ label, text }) => ({ label: visible(label).replaceAll("\n", " "), text }));
  const widest = Math.min(WIDEST_LABEL, Math.floor(width / 2));
  const lengths = clean.map(({ label }) => label.length).filter((length) => length <= widest);
  const column = INDENT + Math.max(0, ...lengths) + GAP;
  const textWidth = Math.max(NARROWEST_COLUMN, width - column);
  const lines = clean.flatMap(({ label, text }) => {
    const [first = "", ...others] = wrapText({ text, width: textWidth, hanging: 0 });
    const start = span(" ".repeat(INDENT));
    const fits = label.length <= widest;
    const padding = " ".repeat(Math.max(0, column - INDENT - label.length));
    const head = fits
      ? [[start, span(label, "label"), span(padding + first)]]
      : [[start, span(label, "label")], [span(" ".repeat(column) + first)]];
    return [...head, ...others.map((other) => [span(" ".repeat(column) + other)])];
  });
  return [[span(`${heading}:`, "heading")], ...lines];
}

function exampleSection(examples: readonly string[]): Span[][] {
  if (examples.length === 0) return [];
  // An example is typed as it stands, so it is not wrapped.
  const lines = examples.flatMap((example) => visible(example).split("\n"));
  return [[span("Examples:", "heading")], ...lines.map((line) => [span(" ".repeat(INDENT) + line)])];
}

function span(text: string, role: SpanRole = "plain"): Span {
  return { text, role };
}

/** Keeps line breaks, makes tabs spaces, and replaces what could steer a terminal. */
function visible(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replaceAll("\t", "  ")
    .replace(/[^\P{Cc}\n]/gu, "\uFFFD");
}

/** Wraps each line of a text on its own; what wraps is indented like the line, plus `hanging`. */
function wrapText({ text, width, hanging }: { text: string; width: number; hanging: number }): string[] {
  return visible(text)
    .split("\n")
    .flatMap((line) => wrapLine({ line: line.trimEnd(), width, hanging }));
}

function wrapLine({ line, width, hanging }: { line: string; width: number; hanging: number }): string[] {
  if (line.length <= width) return [line];
  const indent = line.length - line.trimStart().length;
  const lines: string[] = [];
  let current = "";
  for (const word of line.trimStart().split(" ")) {
    const room = width - indent - (lines.length === 0 ? 0 : hanging);
    if (current !== "" && current.length + 1 + word.length > room) {
      lines.push(current.trimEnd());
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines.map((part, index) => " ".repeat(indent + (index === 0 ? 0 : hanging)) + part);
}
