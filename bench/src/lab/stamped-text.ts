/** What stands before the instant. */
export const MARK = "@t=";
/** How many digits an instant has. */
export const DIGITS = 16;

/** Text of so many bytes that begins with the present instant, in microseconds. */
export function stampedText(bytes: number): string {
  const instant = Math.round((performance.timeOrigin + performance.now()) * 1000);
  return `${MARK}${instant.toString().padStart(DIGITS, "0")} `.padEnd(bytes, "x");
}

/** How many microseconds ago the text inside these bytes was stamped; undefined when it bears no stamp. */
export function ageOf(bytes: Buffer): number | undefined {
  const found = bytes.indexOf(MARK);
  if (found < 0) return undefined;
  const from = found + MARK.length;
  const instant = Number(bytes.toString("latin1", from, from + DIGITS));
  return (performance.timeOrigin + performance.now()) * 1000 - instant;
}

/** The stamp of the last stamped text in a document. @throws Error when there is none */
export function lastStamp(document: string): number {
  const at = document.lastIndexOf(MARK);
  if (at < 0) throw new Error("there is no stamped text");
  return Number(document.slice(at + MARK.length, at + MARK.length + DIGITS));
}
