const FURTHEST = 2;
// Two changes turn any word of two letters into any other.
const FURTHEST_FROM_SHORT = 1;
const SHORT = 2;

/**
 * The name a person most likely meant: within 2 changes (a letter added, left out, replaced, or two neighbours
 * swapped; 1 change for words of up to 2 letters), or one that begins with what was typed. Letter case does not
 * count. Undefined when none is near; the alphabetically first of equals.
 */
export function nearestName({
  typed,
  names,
}: {
  readonly typed: string;
  readonly names: Iterable<string>;
}): string | undefined {
  const wanted = typed.toLowerCase();
  if (wanted === "") return undefined;
  const limit = wanted.length <= SHORT ? FURTHEST_FROM_SHORT : FURTHEST;
  let best: { name: string; rank: number } | undefined;
  for (const name of names) {
    const rank = rankOf({ wanted, name: name.toLowerCase(), limit });
    if (rank === undefined) continue;
    if (!best || rank < best.rank || (rank === best.rank && name < best.name)) best = { name, rank };
  }
  return best?.name;
}

function rankOf({
  wanted,
  name,
  limit,
}: {
  wanted: string;
  name: string;
  limit: number;
}): number | undefined {
  const distance =
    Math.abs(wanted.length - name.length) > limit ? Infinity : editDistance({ from: wanted, to: name });
  if (distance <= 1) return distance;
  if (name.startsWith(wanted)) return 1.5;
  return distance <= limit ? distance : undefined;
}

// Damerau-Levenshtein distance in its optimal string alignment form.
function editDistance({ from, to }: { from: string; to: string }): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let least = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) least = Math.min(least, at(beforePrevious, column - 2) + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
