import { styleText } from "node:util";
import { MIME } from "@guildhall/sdk";
import { z } from "zod";
import { markdownToTerminal } from "./markdown-to-terminal.ts";
import type { TerminalFrame } from "./terminal-frame.ts";

/** The exit status of a terminal's line. */
export const EXIT = { completed: 0, failed: 1, lineInvalid: 2, interrupted: 130 } as const;

/** Where a terminal's output goes. */
export interface TerminalOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly ansi: boolean;
}

const Notice = z.object({ level: z.string(), message: z.string() });
const Progress = z.object({ done: z.number(), total: z.number().optional(), label: z.string().optional() });
const Table = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
const Buttons = z.array(z.object({ label: z.string(), line: z.string() }));

/** Prints what a line brings as it comes, for a person or, with `json`, as one document at its end. */
export async function printFrames(
  frames: AsyncIterable<TerminalFrame>,
  { output, json }: { readonly output: TerminalOutput; readonly json: boolean },
): Promise<number> {
  for await (const frame of frames) {
    switch (frame.kind) {
      case "help":
        output.out(json ? `${JSON.stringify(frameDocument(frame))}\n` : withNewline(frame.text));
        return EXIT.completed;
      case "line_invalid":
        if (json) output.out(`${JSON.stringify(frameDocument(frame))}\n`);
        else output.err(withNewline(frame.text));
        return EXIT.lineInvalid;
      case "refused":
        if (json) output.out(`${JSON.stringify(frameDocument(frame))}\n`);
        else output.err(`${frame.message}\n`);
        return EXIT.failed;
      case "accepted":
        break;
      case "chunk":
        if (!json) printChunk(frame.chunk, output);
        break;
      case "end":
        if (json) output.out(`${JSON.stringify(frame.action, null, 2)}\n`);
        return exitStatus(frame.action.state);
    }
  }
  output.err("The hall went away before the command came to its end; its outcome is kept with the action.\n");
  return EXIT.failed;
}

/** The one document that a line's frames come to; undefined for a frame that is not the last. */
export function frameDocument(frame: TerminalFrame): object | undefined {
  switch (frame.kind) {
    case "help":
      return { help: { text: frame.text } };
    case "line_invalid": {
      const { code, message, column, limit, text } = frame;
      return { code, message, column, limit, detail: text };
    }
    case "refused":
      return { code: frame.code, message: frame.message, detail: frame.message };
    case "end":
      return frame.action;
    case "accepted":
    case "chunk":
      return undefined;
  }
}

function exitStatus(state: string): number {
  if (state === "completed") return EXIT.completed;
  return state === "cancelled" ? EXIT.interrupted : EXIT.failed;
}

function printChunk(
  chunk: Extract<TerminalFrame, { kind: "chunk" }>["chunk"],
  { out, err, ansi }: TerminalOutput,
): void {
  const { mime, text_content, data } = chunk;
  if (text_content === undefined) {
    out(`[${mime}${chunk.name === undefined ? "" : ` "${chunk.name}"`}: ${chunk.binary_url}]\n`);
    return;
  }
  switch (mime) {
    case MIME.markdown:
      out(withNewline(markdownToTerminal(text_content, { ansi })));
      return;
    case MIME.notice: {
      const { level, message } = Notice.parse(data);
      const style = level === "error" ? "red" : "yellow";
      err(`${ansi ? styleText(style, message, { validateStream: false }) : message}\n`);
      return;
    }
    case MIME.progress: {
      const { done, total, label = "" } = Progress.parse(data);
      err(`${label} ${done}${total === undefined ? "" : ` of ${total}`}`.trim() + (ansi ? "\x1b[K\r" : "\n"));
      return;
    }
    case MIME.table:
      out(tableText(Table.parse(data)));
      return;
    case MIME.buttons:
      for (const { label, line } of Buttons.parse(data)) out(`[${label}]  guildhall ${line}\n`);
      return;
    default:
      // What is made for programs, such as a roll's numbers, is for --json.
      if (mime.startsWith("application/vnd.")) return;
      out(withNewline(ansi ? text_content : text_content.replaceAll(ANSI_SEQUENCE, "")));
  }
}

// oxlint-disable-next-line no-control-regex -- the sequences begin with a control character
const ANSI_SEQUENCE = /\x1b\[[0-9;]*[A-Za-z]/g;

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

function tableText({ columns, rows }: z.infer<typeof Table>): string {
  const cells = [columns, ...rows.map((row) => row.map((cell) => String(cell ?? "")))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
