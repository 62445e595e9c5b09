/** More than this many UTF-16 code units of one text are not drawn. */
export const LONGEST_SHOWN = 100_000;

/** The part of a text that is drawn, and how much of it is not. */
export function shownText(text: string): { readonly shown: string; readonly hidden: number } {
  if (text.length <= LONGEST_SHOWN) return { shown: text, hidden: 0 };
  return { shown: text.slice(0, LONGEST_SHOWN).toWellFormed(), hidden: text.length - LONGEST_SHOWN };
}
