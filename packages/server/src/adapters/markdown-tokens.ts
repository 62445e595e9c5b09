import type { Token, Tokens } from "marked";

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

/** Whether a token of Markdown is a list with its items. */
export function isList(token: Token): token is Tokens.List {
  return token.type === "list" && "items" in token;
}

/** Whether a token of Markdown is a table with its head and rows. */
export function isTable(token: Token): token is Tokens.Table {
  return token.type === "table" && "header" in token;
}

/** A token's text as it was typed: the tokens carry it as it stands in HTML. */
export function unescapeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}
