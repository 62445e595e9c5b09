import type { JsonValue } from "./json.ts";

/** Who may see a chunk; everybody who may see the action when it is left out. */
interface Audience {
  readonly audience?: "asker";
}

/** A piece of output as text, possibly JSON in text. */
export interface TextChunk extends Audience {
  readonly mime: string;
  readonly text: string;
  /** A file name to offer when it is saved. */
  readonly name?: string;
}

/** A piece of output as bytes: an image or a file. */
export interface BinaryChunk extends Audience {
  readonly mime: string;
  readonly bytes: Uint8Array;
  /** A file name to offer when it is saved; for an image also its description. */
  readonly name?: string;
}

/** One piece of an action's output. Its order is given when it is stored. */
export type Chunk = TextChunk | BinaryChunk;

/** The MIME types that every adapter knows how to show. Others are offered as a file. */
export const MIME = {
  text: "text/plain",
  markdown: "text/markdown",
  html: "text/html",
  json: "application/json",
  table: "application/vnd.guildhall.table+json",
  mermaid: "text/vnd.mermaid",
  chart: "application/vnd.guildhall.chart+json",
  progress: "application/vnd.guildhall.progress+json",
  buttons: "application/vnd.guildhall.buttons+json",
  notice: "application/vnd.guildhall.notice+json",
} as const;

/** Plain text; ANSI colours are allowed and shown where the platform can. */
export function plainText(content: string): TextChunk {
  return { mime: MIME.text, text: content };
}

/** CommonMark. Text that came from a person goes through {@link escapeMarkdown} first. */
export function markdown(content: string): TextChunk {
  return { mime: MIME.markdown, text: content };
}

/** HTML; every adapter sanitises it, scripts never run. */
export function html(content: string): TextChunk {
  return { mime: MIME.html, text: content };
}

/** Any JSON value, under its own type (one that ends in `+json`) when another program is to recognise it. */
export function json(value: JsonValue, mime: `application/${string}` = MIME.json): TextChunk {
  return { mime, text: JSON.stringify(value) };
}

/** A table: a heading for each column, and rows with one cell a column. */
export function table(content: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}): TextChunk {
  return json({ columns: content.columns, rows: content.rows }, MIME.table);
}

/** A picture; `description` is read aloud and stands in where no picture can be shown. */
export function image(content: {
  readonly mime: `image/${string}`;
  readonly bytes: Uint8Array;
  readonly description: string;
}): BinaryChunk {
  return { mime: content.mime, bytes: content.bytes, name: content.description };
}

/** A file to save, under the given name. */
export function file(content: {
  readonly mime: string;
  readonly bytes: Uint8Array;
  readonly name: string;
}): BinaryChunk {
  return content;
}

/** A diagram in Mermaid's notation (https://mermaid.js.org). */
export function mermaid(content: string): TextChunk {
  return { mime: MIME.mermaid, text: content };
}

/** A chart over shared x positions: one line or one set of bars for each series. */
export function chart(content: {
  readonly kind: "line" | "bar";
  readonly title: string;
  readonly x: readonly (string | number)[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
}): TextChunk {
  return json({ ...content }, MIME.chart);
}

/** How far long work has come: `done` of `total` (left out when unknown). A later one replaces it on screen. */
export function progress(content: {
  readonly done: number;
  readonly total?: number;
  readonly label?: string;
}): TextChunk {
  return json({ ...content }, MIME.progress);
}

/** A button that runs a command line as the person who presses it. */
export interface ButtonContent {
  readonly label: string;
  readonly line: string;
  /** Whether what the line puts out takes the place of the message with the button, which then goes from the chat. */
  readonly replaces?: boolean;
}

/** Buttons below the output before them. */
export function buttons(content: readonly ButtonContent[]): TextChunk {
  return json(
    content.map((button) => ({ ...button })),
    MIME.buttons,
  );
}

/**
 * Marks a chunk that only the person who ran the command may see: ephemeral in chat, and absent for everybody else who
 * reads the thread.
 */
export function forAsker<C extends Chunk>(chunk: C): C {
  return { ...chunk, audience: "asker" };
}

/** Escapes text that a person typed, so that it reads the same inside Markdown and forms no markup or link. */
export function escapeMarkdown(typed: string): string {
  return typed.replace(/[\\`*_{}[\]()<>#+\-.!|~&]/g, "\\$&");
}
