import { MIME } from "@guildhall/sdk";
import { z } from "zod";
import type { ActionResponseChunk } from "../../data/models.ts";
import type { MessageButton } from "./slack-message.ts";
import { markdownParts, plainParts, preformatted, tableText, type RichPart } from "./slack-text.ts";

/** A chunk in the form that Slack shows it in. */
export type ShownChunk =
  | { readonly kind: "text"; readonly parts: readonly RichPart[]; readonly isMistake?: true }
  /** Replaces the one before it. */
  | { readonly kind: "progress"; readonly parts: readonly RichPart[] }
  | { readonly kind: "buttons"; readonly buttons: readonly MessageButton[] }
  /** Its bytes are sent as a file. */
  | { readonly kind: "file" }
  /** Made for programs: shown nowhere in chat. */
  | { readonly kind: "hidden" };

/** The action id of a command's button; its value says which. */
export const PRESS = "guildhall_press";
/** The action id of the button that cancels a running action; its value is the action's id. */
export const CANCEL = "guildhall_cancel";

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Table = z.object({ columns: z.array(z.string()), rows: z.array(z.array(Cell)) });
const Chart = z.object({
  title: z.string(),
  x: z.array(z.union([z.string(), z.number()])),
  series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
});
const Progress = z.object({ done: z.number(), total: z.number().optional(), label: z.string().optional() });
const Notice = z.object({ level: z.string(), message: z.string() });
const Buttons = z.array(z.object({ label: z.string(), line: z.string() }));

/** Gives a chunk its form for Slack. What cannot be read as its own type is shown as the text it is. */
export function shownChunk(chunk: ActionResponseChunk): ShownChunk {
  const { mime, text_content } = chunk;
  if (text_content === null) return { kind: "file" };
  switch (mime) {
    case MIME.markdown:
      return { kind: "text", parts: markdownParts(text_content) };
    case MIME.html:
      return { kind: "text", parts: plainParts(textOfHtml(text_content)) };
    case MIME.mermaid:
      return { kind: "text", parts: [preformatted(text_content)] };
    case MIME.json:
      return { kind: "text", parts: [preformatted(indented(text_content))] };
    case MIME.table:
      return read(Table, text_content, ({ columns, rows }) => [
        preformatted(tableText([columns, ...rows.map((row) => row.map((cell) => String(cell ?? "")))])),
      ]);
    case MIME.chart:
      return read(Chart, text_content, ({ title, x, series }) => {
        const rows = x.map((at, index) => [
          String(at),
          ...series.map(({ values }) => String(values[index] ?? "")),
        ]);
        return [
          ...plainParts(title),
          preformatted(tableText([["", ...series.map(({ name }) => name)], ...rows])),
        ];
      });
    case MIME.notice:
      return noticeText(text_content);
    case MIME.progress:
      return { kind: "progress", parts: progressParts(text_content) };
    case MIME.buttons:
      return buttonsOf(chunk, text_content);
    default:
      if (mime.startsWith("application/vnd.")) return { kind: "hidden" };
      return { kind: "text", parts: plainParts(text_content) };
  }
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  content: string,
  parts: (value: z.output<Schema>) => RichPart[],
): ShownChunk {
  const value = schema.safeParse(parsed(content));
  return { kind: "text", parts: value.success ? parts(value.data) : plainParts(content) };
}

function noticeText(content: string): ShownChunk {
  const notice = Notice.safeParse(parsed(content));
  if (!notice.success) return { kind: "text", parts: plainParts(content) };
  const { level, message } = notice.data;
  if (level !== "error") return { kind: "text", parts: plainParts(message) };
  // The promised words (requirements M-11).
  return {
    kind: "text",
    parts: plainParts(`Caught an error in your command:\n\n${message}`),
    isMistake: true,
  };
}

function progressParts(content: string): RichPart[] {
  const value = Progress.safeParse(parsed(content));
  if (!value.success) return plainParts(content);
  const { done, total, label } = value.data;
  return plainParts(
    `${label === undefined ? "" : `${label}: `}${done}${total === undefined ? "" : ` of ${total}`}`,
  );
}

function buttonsOf({ action_id, order }: ActionResponseChunk, content: string): ShownChunk {
  const value = Buttons.safeParse(parsed(content));
  if (!value.success) return { kind: "text", parts: plainParts(content) };
  return {
    kind: "buttons",
    buttons: value.data.map(({ label }, index) => ({
      // Slack wants each action id once in a block.
      actionId: `${PRESS}_${order}_${index}`,
      label,
      value: `${action_id}/${order}/${index}`,
    })),
  };
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function indented(content: string): string {
  const value = parsed(content);
  return value === undefined ? content : JSON.stringify(value, null, 2);
}

/** The words of an HTML fragment: Slack shows none of its tags. */
function textOfHtml(content: string): string {
  return content
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(br|\/p|\/div|\/li|\/tr|\/h[1-6])\b[^>]*>/gi, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&nbsp;/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&")
    .trim();
}
