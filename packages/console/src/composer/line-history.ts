/** Lines typed before, oldest first, each once where it was repeated in a row. */
export function distinctLines(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== "" && line !== lines[index - 1]);
}

/** Where in the history the person is: `back` lines before the draft, which is kept for the way back. */
export interface HistoryPlace {
  readonly back: number;
  readonly draft: string;
}

/** The line one step older or newer, or undefined at either end. */
export function recall({
  lines,
  place,
  step,
}: {
  readonly lines: readonly string[];
  readonly place: HistoryPlace;
  readonly step: 1 | -1;
}): { readonly text: string; readonly place: HistoryPlace } | undefined {
  const back = place.back + step;
  if (back < 0 || back > lines.length) return undefined;
  const text = back === 0 ? place.draft : (lines[lines.length - back] ?? "");
  return { text, place: { ...place, back } };
}
