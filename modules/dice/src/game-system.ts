/** What a result of a system means: the first band whose bounds hold it. */
export interface Band {
  /** At least this; no lower bound when left out. */
  readonly from?: number;
  /** At most this; no upper bound when left out. */
  readonly to?: number;
  readonly meaning: string;
}

/** A worked example: what the dice show, and what comes of it. */
interface Example {
  readonly arguments: readonly number[];
  readonly faces: readonly number[];
  readonly total: number;
  readonly meaning: string | null;
}

/** A roll of a game system: dice in the dialect `guildhall`, with `{1}`, `{2}` for the numbers given. */
export interface System {
  readonly name: string;
  readonly game: string;
  readonly expression: string;
  /** What the numbers are, each with its value when it is left out. */
  readonly parameters: readonly { readonly name: string; readonly fallback: number }[];
  /** None when the number speaks for itself. */
  readonly bands: readonly Band[];
  readonly example: Example;
}

/** The expression of a system with its numbers put in; what is not given has its fallback. */
export function expressionOf({ expression, parameters }: System, given: readonly number[]): string {
  return parameters.reduce(
    (text, { fallback }, index) => text.replaceAll(`{${index + 1}}`, numberText(given[index] ?? fallback)),
    expression,
  );
}

function numberText(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}

/** What a total means; null where the number speaks for itself. */
export function meaningOf({ bands }: System, total: number): string | null {
  const band = bands.find(({ from = -Infinity, to = Infinity }) => total >= from && total <= to);
  return band?.meaning ?? null;
}
