/** Which of a term's dice count: so many of the highest or of the lowest. */
export interface Keep {
  readonly which: "highest" | "lowest";
  readonly count: number;
}

/** Dice of one kind, such as `4d6kh3`. */
export interface DiceTerm {
  readonly kind: "dice";
  /** In plain form, with a minus in front when it is subtracted. */
  readonly text: string;
  readonly subtracted: boolean;
  /** From 1. */
  readonly count: number;
  /** From 1 to {@link MAX_FACES}. */
  readonly faces: number;
  /** Absent when all count. */
  readonly keep?: Keep;
}

/** A fixed number. */
export interface NumberTerm {
  readonly kind: "number";
  /** In plain form, with a minus in front when it is subtracted. */
  readonly text: string;
  readonly subtracted: boolean;
  /** From 0 to {@link MAX_MODIFIER}. */
  readonly amount: number;
}

/** A dice expression that was read. */
export interface Expression {
  /** In plain form: lower case, no spaces, every count written. */
  readonly text: string;
  readonly terms: readonly (DiceTerm | NumberTerm)[];
}

/** Why an expression cannot be read. */
export interface ExpressionError {
  /** One sentence for the person who typed it, without a full stop. */
  readonly message: string;
  /** Where, counted from 1 in UTF-16 code units. */
  readonly column: number;
}

/** An expression, or why there is none. */
export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly error: ExpressionError };

/** The most faces a die can have. */
export const MAX_FACES = 1_000_000;
/** The largest number that can be added or subtracted. */
export const MAX_MODIFIER = 1_000_000_000;

/**
 * Reads a dice expression: terms joined by `+` and `-`, the first of which may have a sign too. A term is a whole
 * number, or `NdS` for N dice (one when left out) of S faces (`%` for 100), which may end in `khK` or `kK` (keep
 * the K highest), `klK` (keep the K lowest), `dhK` or `dlK` (drop the K highest or lowest). Letter case does not
 * count, and spaces may stand between the parts. `maxDice` bounds the dice of the whole expression.
 */
export function parseExpression(typed: string, { maxDice }: { readonly maxDice: number }): ParsedExpression {
  const terms: (DiceTerm | NumberTerm)[] = [];
  let at = 0;
  let dice = 0;
  while (at < typed.length || terms.length === 0) {
    const operator = OPERATOR.exec(typed.slice(at));
    if (!operator && terms.length > 0) return misplaced({ typed, at });
    at += operator?.[0].length ?? 0;
    const read = readTerm({ typed, at, subtracted: operator?.[1] === "-" });
    if (!read.ok) return read;
    if (read.term.kind === "dice") dice += read.term.count;
    if (dice > maxDice) {
      return fault({
        typed,
        at,
        message: `that is too many dice: roll at most ${maxDice.toLocaleString("en")} at once`,
      });
    }
    terms.push(read.term);
    at = read.end;
    if (typed.slice(at).trim() === "") break;
  }
  const text = terms.map((term, index) => (index === 0 || term.subtracted ? "" : "+") + term.text).join("");
  return { ok: true, expression: { text, terms } };
}

const OPERATOR = /^\s*([+-])/;
const TERM =
  /^\s*(?<count>\d+)?\s*(?:(?<d>d)\s*(?:(?<faces>\d+|%)\s*(?:(?<mode>kh|kl|dh|dl|k)\s*(?<kept>\d+)?)?)?)?/i;

type Fault = { readonly ok: false; readonly error: ExpressionError };
type ReadTerm = { readonly ok: true; readonly term: DiceTerm | NumberTerm; readonly end: number } | Fault;

function readTerm({ typed, at, subtracted }: { typed: string; at: number; subtracted: boolean }): ReadTerm {
  const match = TERM.exec(typed.slice(at));
  const matched = match?.[0] ?? "";
  const end = at + matched.trimEnd().length;
  const { count, d, faces, mode, kept } = match?.groups ?? {};
  const sign = subtracted ? "-" : "";
  if (d === undefined) {
    if (count === undefined) {
      return fault({
        typed,
        at,
        message: `${found({ typed, at })}: write dice such as 2d6, or a whole number`,
      });
    }
    const amount = Number(count);
    if (amount > MAX_MODIFIER) {
      return fault({ typed, at, message: `a number can be at most ${MAX_MODIFIER.toLocaleString("en")}` });
    }
    return { ok: true, term: { kind: "number", text: `${sign}${amount}`, subtracted, amount }, end };
  }
  const problem = diceProblem({ count, faces, mode, kept });
  if (problem) return fault({ typed, at: problem.atEnd ? end : at, message: problem.message });
  const number = count === undefined ? 1 : Number(count);
  const sides = faces === "%" ? PERCENTILE_FACES : Number(faces);
  const keep =
    mode === undefined ? undefined : keepOf({ mode: mode.toLowerCase(), given: Number(kept), count: number });
  const suffix = keep ? `k${keep.which === "highest" ? "h" : "l"}${keep.count}` : "";
  const term: DiceTerm = {
    kind: "dice",
    text: `${sign}${number}d${sides}${suffix}`,
    subtracted,
    count: number,
    faces: sides,
    ...(keep ? { keep } : {}),
  };
  return { ok: true, term, end };
}

const PERCENTILE_FACES = 100;

function diceProblem({
  count,
  faces,
  mode,
  kept,
}: Readonly<Record<"count" | "faces" | "mode" | "kept", string | undefined>>):
  | { readonly message: string; readonly atEnd?: true }
  | undefined {
  if (count !== undefined && Number(count) === 0) {
    return { message: "that rolls no dice: give at least one, as in 1d6" };
  }
  if (faces === undefined) return { message: "the faces are missing after d: write 1d6 or d%", atEnd: true };
  if (faces !== "%" && Number(faces) === 0) return { message: "a die needs at least one face, as in 1d6" };
  if (faces !== "%" && Number(faces) > MAX_FACES) {
    return { message: `a die can have at most ${MAX_FACES.toLocaleString("en")} faces` };
  }
  if (mode === undefined) return undefined;
  if (kept === undefined) {
    return { message: `how many dice is missing after ${mode}: write ${mode.toLowerCase()}1`, atEnd: true };
  }
  const chooses = Number(kept);
  if (chooses === 0) return { message: `${mode}0 names no dice: give at least 1` };
  if (mode.toLowerCase().startsWith("d") && chooses >= Number(count ?? 1)) {
    return { message: `${mode}${kept} drops every die: drop fewer than there are` };
  }
  return undefined;
}

function keepOf({ mode, given, count }: { mode: string; given: number; count: number }): Keep {
  const drops = mode.startsWith("d");
  // Dropping the lowest is keeping the highest.
  const which = mode === "kl" || mode === "dh" ? "lowest" : "highest";
  return { which, count: drops ? count - given : Math.min(given, count) };
}

function misplaced({ typed, at }: { typed: string; at: number }): Fault {
  const message = `${found({ typed, at })}: put + or - between the parts, as in 1d20+5`;
  return fault({ typed, at, message });
}

const SHOWN_LENGTH = 12;

function found({ typed, at }: { typed: string; at: number }): string {
  const rest = typed.slice(at).trim();
  if (rest === "") return "something is missing at the end";
  const [word = ""] = rest.split(/\s/);
  const shown = word.length > SHOWN_LENGTH ? `${word.slice(0, SHOWN_LENGTH).toWellFormed()}...` : word;
  return `"${shown.replace(/\p{Cc}/gu, "\uFFFD")}" is not understood`;
}

function fault({ typed, at, message }: { typed: string; at: number; message: string }): Fault {
  const blank = typed.slice(at).length - typed.slice(at).trimStart().length;
  return { ok: false, error: { message, column: at + blank + 1 } };
}
