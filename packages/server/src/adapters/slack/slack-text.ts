import type { RichTextLink, RichTextText } from "@slack/types";
import { Marked, type Token, type Tokens } from "marked";
import { isList, isTable, unescapeEntities } from "../markdown-tokens.ts";

/** A run of characters of one style, or a link: none of them can call anybody. */
export type RichPiece = RichTextText | RichTextLink;

/** A line of rich text. */
interface RichSection {
  readonly type: "rich_text_section";
  readonly elements: RichPiece[];
}

/** A part of a rich text block: what it holds is shown as it is and forms no markup. */
export type RichPart =
  | RichSection
  | { readonly type: "rich_text_preformatted"; readonly elements: RichPiece[] }
  | { readonly type: "rich_text_quote"; readonly elements: RichPiece[] }
  | {
      readonly type: "rich_text_list";
      readonly style: "bullet" | "ordered";
      readonly indent: number;
      readonly elements: RichSection[];
    };

type Style = NonNullable<RichTextText["style"]>;

/** Escapes what Slack's `text` reads as markup of its own: links, mentions and entities. */
export function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Plain text; ANSI colours are taken away. */
export function plainParts(text: string): RichPart[] {
  const shown = text.replaceAll(ANSI_SEQUENCE, "").replace(/\n$/, "");
  return shown === "" ? [] : [section([{ type: "text", text: shown }])];
}

// oxlint-disable-next-line no-control-regex -- the sequences begin with a control character
const ANSI_SEQUENCE = /\x1b\[[0-9;]*[A-Za-z]/g;

/** Text in characters of one width. */
export function preformatted(text: string): RichPart {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text: text === "" ? " " : text }] };
}

// A bare address is left as text: as a link it would take the escapes of what was typed for part of itself.
const markdown = new Marked({ tokenizer: { url: () => undefined } });

/** CommonMark as rich text. HTML in it is shown as the text it is. */
export function markdownParts(content: string): RichPart[] {
  return markdown.lexer(content).flatMap((token) => blockParts(token));
}

function blockParts(token: Token): RichPart[] {
  switch (token.type) {
    case "space":
      return [];
    case "code":
      return [preformatted(String(token["text"]))];
    case "heading":
      return [section(inline(token["tokens"], token.raw, { bold: true }))];
    case "blockquote":
      return [{ type: "rich_text_quote", elements: quoted(token) }];
    case "list":
      return isList(token) ? listParts(token, 0) : [];
    case "table":
      return isTable(token) ? [preformatted(tableText(tableCells(token)))] : [];
    case "hr":
      return [section([{ type: "text", text: "\u2500".repeat(20) }])];
    default:
      return [section(inline(childrenOf(token), token.raw.trimEnd(), {}))];
  }
}

function quoted(token: Token): RichPiece[] {
  const lines = (childrenOf(token) ?? []).filter(({ type }) => type !== "space");
  return lines.flatMap((line, index) => [
    ...(index === 0 ? [] : [{ type: "text" as const, text: "\n" }]),
    ...inline(childrenOf(line), line.raw.trimEnd(), {}),
  ]);
}

function listParts(list: Tokens.List, indent: number): RichPart[] {
  const parts: RichPart[] = [];
  let items: RichSection[] = [];
  const close = () => {
    if (items.length === 0) return;
    parts.push({
      type: "rich_text_list",
      style: list.ordered ? "ordered" : "bullet",
      indent,
      elements: items,
    });
    items = [];
  };
  for (const item of list.items) {
    items.push(section(item.tokens.filter(({ type }) => type !== "list").flatMap((token) => lineOf(token))));
    for (const inner of item.tokens) {
      if (!isList(inner)) continue;
      close();
      parts.push(...listParts(inner, Math.min(indent + 1, 8)));
    }
  }
  close();
  return parts;
}

function lineOf(token: Token): RichPiece[] {
  return inline(childrenOf(token), token.raw.trimEnd(), {});
}

function inline(tokens: readonly Token[] | undefined, raw: string, style: Style): RichPiece[] {
  if (!tokens) return pieces(raw, style);
  return tokens.flatMap((token) => {
    switch (token.type) {
      case "strong":
        return inline(childrenOf(token), token.raw, { ...style, bold: true });
      case "em":
        return inline(childrenOf(token), token.raw, { ...style, italic: true });
      case "del":
        return inline(childrenOf(token), token.raw, { ...style, strike: true });
      case "codespan":
        return pieces(unescapeEntities(String(token["text"])), { ...style, code: true });
      case "escape":
        return pieces(unescapeEntities(String(token["text"])), style);
      case "br":
        return pieces("\n", style);
      case "link":
        return link(String(token["href"]), String(token["text"]), style);
      case "image":
        return link(String(token["href"]), String(token["text"] || token["href"]), style);
      case "text":
        return childrenOf(token)
          ? inline(childrenOf(token), token.raw, style)
          : pieces(unescapeEntities(String(token["text"])), style);
      default:
        return pieces(token.raw, style);
    }
  });
}

function pieces(content: string, style: Style): RichPiece[] {
  if (content === "") return [];
  return [{ type: "text", text: content, ...(Object.keys(style).length > 0 ? { style } : {}) }];
}

function link(href: string, label: string, style: Style): RichPiece[] {
  const isSafe = /^(https?|mailto):/i.test(href);
  return isSafe
    ? [{ type: "link", url: href, text: unescapeEntities(label) }]
    : pieces(unescapeEntities(label), style);
}

const section = (elements: RichPiece[]): RichSection => ({ type: "rich_text_section", elements });

/** Cells in columns, for characters of one width. */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(line)].join("\n");
}

function tableCells(table: Tokens.Table): string[][] {
  return [table.header, ...table.rows].map((row) => row.map((cell) => unescapeEntities(cell.text)));
}

function childrenOf(token: Token): readonly Token[] | undefined {
  return "tokens" in token ? token.tokens : undefined;
}
