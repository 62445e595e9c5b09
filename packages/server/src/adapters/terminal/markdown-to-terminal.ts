import { styleText } from "node:util";
import { marked, type Token } from "marked";
import { isList, unescapeEntities } from "../markdown-tokens.ts";

/** Markdown as a terminal shows it: with ANSI styles, or with the markup taken away. */
export function markdownToTerminal(content: string, { ansi }: { readonly ansi: boolean }): string {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    ansi ? styleText(format, text, { validateStream: false }) : text;
  const inline = (tokens: readonly Token[] | undefined, raw: string): string =>
    tokens?.map((token) => render(token)).join("") ?? raw;
  const render = (token: Token): string => {
    switch (token.type) {
      case "strong":
        return style("bold", inline(token["tokens"], token.raw));
      case "em":
        return style("italic", inline(token["tokens"], token.raw));
      case "del":
        return ansi ? style("strikethrough", inline(token["tokens"], token.raw)) : token.raw;
      case "codespan":
        return style("cyan", token["text"]);
      case "heading":
        return `${style("bold", inline(token["tokens"], token.raw))}\n\n`;
      case "paragraph":
        return `${inline(token["tokens"], token.raw)}\n\n`;
      case "list":
        return `${listItems(token)}\n`;
      case "code":
        return `${token["text"]}\n\n`;
      case "escape":
        return token["text"];
      case "space":
        return "";
      case "br":
        return "\n";
      case "text":
        return token["tokens"] ? inline(token["tokens"], token.raw) : unescapeEntities(token["text"]);
      default:
        return token.raw;
    }
  };
  const listItems = (list: Token): string =>
    isList(list)
      ? list.items.map((item) => `- ${inline(item.tokens, item.raw).trimEnd()}\n`).join("")
      : list.raw;
  return marked
    .lexer(content)
    .map((token) => render(token))
    .join("")
    .trimEnd();
}
