const FENCE = /^(`{3})([^`\n]*)$/;
const CLOSING = "\n```";

/**
 * Splits markup into pieces of at most `limit` characters, at line breaks where there are any, else at spaces. A block
 * of code that is cut is ended in one piece and begun again in the next, so that each piece stands on its own.
 */
export function splitMarkup(markup: string, limit: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  let fence: string | undefined;
  const end = () => {
    if (piece.trim() !== "") pieces.push(fence === undefined ? piece : piece + CLOSING);
    piece = fence ?? "";
  };
  for (const line of markup.split("\n")) {
    const isFence = FENCE.test(line);
    const closes = isFence && fence !== undefined && line === "```";
    // What is open behind this line will need its end in the same piece.
    const staysOpen = isFence ? !closes : fence !== undefined;
    const room = () => limit - piece.length - (piece === "" ? 0 : 1) - (staysOpen ? CLOSING.length : 0);
    if (line.length > room() && piece !== "" && piece !== fence) end();
    let left = line;
    while (left.length > room()) {
      const at = cutPlace(left, Math.max(1, room()));
      piece = joined(piece, left.slice(0, at));
      left = left.slice(at).trimStart();
      end();
    }
    piece = joined(piece, left);
    if (isFence) fence = closes ? undefined : (fence ?? line);
  }
  fence = undefined;
  end();
  return pieces;
}

function joined(piece: string, line: string): string {
  return piece === "" ? line : `${piece}\n${line}`;
}

/** Where to cut a line that is too long: behind a space in the last quarter, else between two whole characters. */
function cutPlace(line: string, limit: number): number {
  const space = line.lastIndexOf(" ", limit - 1);
  if (space > limit * 0.75) return space + 1;
  let at = limit;
  const isLow = (code: number) => code >= 0xdc00 && code <= 0xdfff;
  if (at > 1 && isLow(line.charCodeAt(at))) at -= 1;
  // Not between a backslash and what it escapes.
  const backslashes = /\\*$/.exec(line.slice(0, at))?.[0].length ?? 0;
  if (backslashes % 2 === 1 && at > 1) at -= 1;
  return at;
}
