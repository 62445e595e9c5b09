import { MIME } from "@guildhall/sdk";
import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import { z } from "zod";
import type { ActionResponseChunk } from "../../data/models.ts";
import { columnsText } from "./columns-text.ts";
import { commonmarkToDiscord } from "./commonmark-to-discord.ts";
import { pressId } from "./component-ids.ts";
import type { DiscordBlock } from "./discord-block.ts";
import { codeBlock, escapeDiscord, subtext } from "./discord-markdown.ts";
import { COLOURS } from "./embed-colours.ts";
import { fileBlock } from "./pack-messages.ts";

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Table = z.object({ columns: z.array(z.string()), rows: z.array(z.array(Cell)) });
const Buttons = z.array(z.object({ label: z.string(), line: z.string() }));
const Notice = z.object({ level: z.string(), message: z.string() });
const Progress = z.object({ done: z.number(), total: z.number().optional(), label: z.string().optional() });
const Chart = z.object({
  title: z.string(),
  x: z.array(z.union([z.string(), z.number()])),
  series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
});

const BUTTONS_A_ROW = 5;
const MAX_LABEL = 80;
const MAX_EMBED_TEXT = 4096;
/** A table that is longer is given as a file of comma-separated values besides. */
const LONGEST_TABLE = 8000;
const BAR_LENGTH = 20;

/** A piece of an action's output as Discord can show it; progress is for the caller, which keeps only the last. */
export type RenderedChunk =
  | { readonly kind: "blocks"; readonly blocks: readonly DiscordBlock[] }
  | { readonly kind: "progress"; readonly markup: string }
  /** Bytes that are to be fetched and attached. */
  | { readonly kind: "binary" };

/** Renders a chunk for Discord. What Discord cannot show it shows as its source, and says so. */
export function renderChunk(chunk: ActionResponseChunk): RenderedChunk {
  const isEphemeral = chunk.audience === "asker";
  if (chunk.is_binary) return { kind: "binary" };
  const content = chunk.text_content ?? "";
  const text = (markup: string): RenderedChunk => ({
    kind: "blocks",
    blocks: markup === "" ? [] : [{ kind: "text", markup, isEphemeral }],
  });
  switch (chunk.mime) {
    case MIME.text:
      return text(plainMarkup(content));
    case MIME.markdown:
      return text(commonmarkToDiscord(content));
    case MIME.html:
      return text(escapeDiscord(htmlText(content)));
    case MIME.json:
      return text(codeBlock(pretty(content), "json"));
    case MIME.mermaid:
      return text(
        `${codeBlock(content, "mermaid")}\n${subtext("Discord draws no diagrams: this is its source.")}`,
      );
    case MIME.progress:
      return { kind: "progress", markup: progressMarkup(content) };
    case MIME.table:
      return { kind: "blocks", blocks: tableBlocks(Table.parse(JSON.parse(content)), isEphemeral) };
    case MIME.chart:
      return text(chartMarkup(content));
    case MIME.notice: {
      const { level, message } = Notice.parse(JSON.parse(content));
      const color =
        level === "error" ? COLOURS.error : level === "warning" ? COLOURS.warning : COLOURS.success;
      const description = clippedText(escapeDiscord(message), MAX_EMBED_TEXT);
      return { kind: "blocks", blocks: [{ kind: "embed", embed: { color, description }, isEphemeral }] };
    }
    case MIME.buttons:
      return { kind: "blocks", blocks: buttonBlocks(chunk, isEphemeral) };
    default:
      return otherBlocks(chunk, { content, isEphemeral });
  }
}

function otherBlocks(
  { mime, name }: ActionResponseChunk,
  { content, isEphemeral }: { content: string; isEphemeral: boolean },
): RenderedChunk {
  // What is made for programs, such as a roll's numbers, is not for people.
  if (mime.startsWith("application/vnd.")) return { kind: "blocks", blocks: [] };
  const file = { name: name ?? "output.txt", mime, bytes: Buffer.from(content) };
  return { kind: "blocks", blocks: [fileBlock(file, { isEphemeral })] };
}

// oxlint-disable-next-line no-control-regex -- the sequences begin with a control character
const ANSI_SEQUENCE = /\x1b\[[0-9;]*[A-Za-z]/;

/** Plain text; where it stands in columns, or has colours, it is shown in type of fixed width. */
function plainMarkup(content: string): string {
  const text = content.replace(/\s+$/, "");
  if (ANSI_SEQUENCE.test(text)) return codeBlock(text, "ansi");
  const hasColumns = text.includes("\n") && /^ {2,}\S|\S {2,}\S/m.test(text);
  return hasColumns ? codeBlock(text) : escapeDiscord(text);
}

function pretty(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function tableBlocks(
  { columns, rows }: z.infer<typeof Table>,
  isEphemeral: boolean,
): readonly DiscordBlock[] {
  const cells = [columns, ...rows.map((row) => row.map((cell) => String(cell ?? "")))];
  const text = columnsText(cells);
  if (text.length <= LONGEST_TABLE) return [{ kind: "text", markup: codeBlock(text), isEphemeral }];
  const bytes = Buffer.from(cells.map((row) => row.map(csvCell).join(",")).join("\r\n"));
  const markup = subtext(`A table of ${rows.length} rows: it is in the attached file.`);
  return [
    { kind: "text", markup, isEphemeral },
    fileBlock({ name: "table.csv", mime: "text/csv", bytes }, { isEphemeral }),
  ];
}

/** A cell of comma-separated values (RFC 4180). */
function csvCell(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function chartMarkup(content: string): string {
  const { title, x, series } = Chart.parse(JSON.parse(content));
  const rows = x.map((at, index) => [String(at), ...series.map(({ values }) => String(values[index] ?? ""))]);
  const text = columnsText([["", ...series.map(({ name }) => name)], ...rows]);
  return `**${escapeDiscord(title)}**\n${codeBlock(text)}\n${subtext("Discord draws no charts: these are its numbers.")}`;
}

function progressMarkup(content: string): string {
  const { done, total, label = "" } = Progress.parse(JSON.parse(content));
  const words = [escapeDiscord(label), total === undefined ? String(done) : `${done} of ${total}`];
  if (total === undefined || total <= 0) return subtext(words.join(" ").trim());
  const filled = Math.round(Math.min(1, Math.max(0, done / total)) * BAR_LENGTH);
  const bar = "\u2588".repeat(filled) + "\u2591".repeat(BAR_LENGTH - filled);
  return subtext(`${words.join(" ").trim()} ${bar}`);
}

function buttonBlocks(
  { action_id: actionId, order, text_content: content }: ActionResponseChunk,
  isEphemeral: boolean,
): readonly DiscordBlock[] {
  const buttons = Buttons.parse(JSON.parse(content ?? "[]")).map(({ label }, index) => ({
    type: ComponentType.Button as const,
    style: ButtonStyle.Secondary as const,
    label: clippedText(label.trim() || "\u2026", MAX_LABEL),
    custom_id: pressId({ actionId, order, index }),
  }));
  const rows = Array.from({ length: Math.ceil(buttons.length / BUTTONS_A_ROW) }, (_, row) =>
    buttons.slice(row * BUTTONS_A_ROW, (row + 1) * BUTTONS_A_ROW),
  );
  return rows.map((components) => ({
    kind: "buttons",
    row: { type: ComponentType.ActionRow, components },
    isEphemeral,
  }));
}

/** The words of a page, without scripts and styles; what is left of its markup is escaped by whoever shows it. */
function htmlText(content: string): string {
  return content
    .replace(/<(script|style)\b[^]*?<\/\1\s*>/gi, "")
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h[1-6]|\/dt|\/dd)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function clippedText(text: string, length: number): string {
  return text.length <= length
    ? text
    : `${text
        .slice(0, length - 1)
        .toWellFormed()
        .replace(/\\+$/, "")}\u2026`;
}
