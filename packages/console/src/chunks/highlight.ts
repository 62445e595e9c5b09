import highlighter from "highlight.js/lib/common";

/** Code as HTML with its parts marked, everything in it escaped; undefined for a language that is not known. */
export function highlightedHtml(text: string, language: string): string | undefined {
  if (!highlighter.getLanguage(language)) return undefined;
  return highlighter.highlight(text, { language, ignoreIllegals: true }).value;
}
