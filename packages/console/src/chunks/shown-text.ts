/** More than this many UTF-16 code units of one text are not drawn. */
export const LONGEST_SHOWN = 100_000;
/** Of a text that is longer, so much is drawn from its beginning, and the rest of the budget from its end. */
const HEAD = 20_000;

/** The drawn parts of a text: all of it, or its two ends and how many characters lie between them. */
export type ShownText =
  | { readonly isWhole: true; readonly text: string }
  | { readonly isWhole: false; readonly head: string; readonly tail: string; readonly hidden: number };

/** The parts of a text that are drawn. A long text is cut at line ends where there are some near. */
export function shownText(text: string): ShownText {
  if (text.length <= LONGEST_SHOWN) return { isWhole: true, text };
  const headEnd = lineEndBefore(text, HEAD);
  const tailStart = lineEndAfter(text, text.length - (LONGEST_SHOWN - HEAD));
  return {
    isWhole: false,
    head: text.slice(0, headEnd).toWellFormed(),
    tail: text.slice(tailStart).toWellFormed(),
    hidden: tailStart - headEnd,
  };
}

/** The beginning of a text, in one piece, with a sign where it was cut. */
export function shortened(text: string, most = LONGEST_SHOWN): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}

const NEAR = 2000;

function lineEndBefore(text: string, position: number): number {
  const found = text.lastIndexOf("\n", position - 1);
  return found >= position - NEAR ? found + 1 : position;
}

function lineEndAfter(text: string, position: number): number {
  const found = text.indexOf("\n", position);
  return found >= 0 && found < position + NEAR ? found + 1 : position;
}
