import { marked, type Token, type Tokens } from "marked";
import { isList, isTable, unescapeEntities } from "../markdown-tokens.ts";
import { columnsText } from "./columns-text.ts";
import { codeBlock, codeSpan, escapeDiscord } from "./discord-markdown.ts";

const DEEPEST_HEADING = 3;

/**
 * Writes CommonMark in Discord's own markup, which knows no tables, pictures, rules or HTML. All text is escaped anew,
 * so that what one of them takes for text is text in the other.
 */
export function commonmarkToDiscord(content: string): string {
  return blocks(marked.lexer(content)).trimEnd();
}

function blocks(tokens: readonly Token[]): string {
  return tokens.map((token) => block(token)).join("");
}

function block(token: Token): string {
  if (isTable(token)) return `${tableText(token)}\n`;
  if (isList(token)) return `${listText(token)}\n`;
  switch (token.type) {
    case "heading":
      return token["depth"] <= DEEPEST_HEADING
        ? `${"#".repeat(token["depth"])} ${inline(token)}\n`
        : `**${inline(token)}**\n`;
    case "paragraph":
      return `${inline(token)}\n\n`;
    case "code":
      return `${codeBlock(String(token["text"]), languageOf(token))}\n`;
    case "blockquote":
      return `${quoted(blocks(token["tokens"] ?? []).trimEnd())}\n\n`;
    case "hr":
      return `${"\u2500".repeat(20)}\n`;
    case "space":
    case "def":
      return "";
    case "text":
      return inline(token);
    default:
      return `${escapeDiscord(token.raw.trim())}\n\n`;
  }
}

function inline(token: Token): string {
  const tokens: readonly Token[] | undefined = "tokens" in token ? token.tokens : undefined;
  return tokens ? tokens.map((each) => span(each)).join("") : span(token);
}

function span(token: Token): string {
  if (isLink(token)) return linkText(token);
  switch (token.type) {
    case "strong":
      return `**${inline(token)}**`;
    case "em":
      return `*${inline(token)}*`;
    case "del":
      return `~~${inline(token)}~~`;
    case "codespan":
      return codeSpan(String(token["text"]));
    case "br":
      return "\n";
    case "escape":
      return escapeDiscord(String(token["text"]));
    case "text":
      return token["tokens"] ? inline(token) : escapeDiscord(unescapeEntities(String(token["text"])));
    default:
      return escapeDiscord(token.raw);
  }
}

function linkText({ href, text, tokens, type, raw }: Tokens.Link | Tokens.Image): string {
  // An address that stands bare stays as it was typed: the lexer takes escapes in it, and one behind it, for its own.
  if (raw === text) return escapeDiscord(raw.replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(/\\$/, ""));
  const isWeb = /^https?:\/\/[^\s<>]+$/.test(href);
  const label = tokens && type === "link" ? tokens.map((each) => span(each)).join("") : escapeDiscord(text);
  if (!isWeb) return label;
  // Angle brackets keep Discord from showing a preview of the page.
  return text === href || label === "" ? `<${href}>` : `[${label}](<${href}>)`;
}

function listText(list: Tokens.List): string {
  const first = list.start || 1;
  return list.items
    .map((item, index) => {
      const mark = list.ordered ? `${first + index}.` : "-";
      const done = item.task ? (item.checked ? "[x] " : "[ ] ") : "";
      const text = item.tokens.map((token) => (token.type === "text" ? `${inline(token)}\n` : block(token)));
      return `${mark} ${done}${text.join("").trimEnd().replaceAll("\n", "\n  ")}\n`;
    })
    .join("");
}

function tableText({ header, rows }: Tokens.Table): string {
  return codeBlock(
    columnsText([header.map(({ text }) => text), ...rows.map((row) => row.map(({ text }) => text))]),
  );
}

function quoted(text: string): string {
  return text.replace(/^/gm, "> ");
}

function languageOf(token: Token): string {
  const [language = ""] = String("lang" in token ? (token.lang ?? "") : "").split(/\s/);
  return /^[\w+-]{0,20}$/.test(language) ? language : "";
}

function isLink(token: Token): token is Tokens.Link | Tokens.Image {
  return (token.type === "link" || token.type === "image") && "href" in token;
}
