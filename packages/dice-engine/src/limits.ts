/** How much one expression may ask for. */
export interface Limits {
  /** The length of an expression in UTF-16 code units. */
  readonly text: number;
  /** Numbers, operators, names and brackets of an expression. */
  readonly tokens: number;
  /** Brackets within brackets. */
  readonly nesting: number;
  /** Dice of one roll, with all that were added or rolled again. */
  readonly draws: number;
  /** Faces of a die. */
  readonly sides: number;
  /** How often one die may explode or be rolled again. */
  readonly chain: number;
  /** Repetitions of an expression, as in `6#4d6`. */
  readonly repeats: number;
  /** The size of a number on the way to the total. */
  readonly magnitude: number;
  /** Units of work of one roll: a counter, not a timer, so that the same text always gets the same answer. */
  readonly steps: number;
  /** Distinct results of a distribution. */
  readonly outcomes: number;
  /** Multiplications and additions spent on a distribution. */
  readonly work: number;
}

/** The name of a limit, as errors give it. */
export type LimitName = keyof Limits;

/** The limits where nothing else is asked for. */
export const DEFAULT_LIMITS: Limits = {
  text: 1_000,
  tokens: 400,
  nesting: 64,
  draws: 10_000,
  sides: 1_000_000,
  chain: 100,
  repeats: 100,
  magnitude: Number.MAX_SAFE_INTEGER,
  steps: 1_000_000,
  outcomes: 20_000,
  work: 2_000_000,
};

/** The largest value that each limit can be set to; beyond it a roll could stall or exhaust its process. */
const CEILINGS: Limits = {
  text: 10_000,
  tokens: 4_000,
  nesting: 256,
  draws: 1_000_000,
  sides: 2 ** 32,
  chain: 10_000,
  repeats: 1_000,
  magnitude: Number.MAX_SAFE_INTEGER,
  steps: 100_000_000,
  outcomes: 1_000_000,
  work: 1_000_000_000,
};

const CEILING_BY_NAME: ReadonlyMap<string, number> = new Map(Object.entries(CEILINGS));

/**
 * Fills in the limits that are not given. What it returns is known to be checked: whoever rolls often gives that to the
 * engine, and not the parts.
 *
 * @throws RangeError for one that is no whole number from 1 to its ceiling: a limit that cannot be understood
 * must not mean "no limit"
 */
export function limitsOf(given?: Partial<Limits>): Limits {
  if (given === undefined) return DEFAULT_LIMITS;
  if (isChecked(given)) return given;
  const limits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const ceiling = CEILING_BY_NAME.get(name);
    if (ceiling === undefined) throw new RangeError(`there is no limit "${name}"`);
    if (!Number.isSafeInteger(value) || value < 1 || value > ceiling) {
      throw new RangeError(`the limit "${name}" must be a whole number from 1 to ${ceiling}`);
    }
  }
  checked.add(limits);
  return limits;
}

const checked = new WeakSet<Partial<Limits>>([DEFAULT_LIMITS]);

function isChecked(given: Partial<Limits>): given is Limits {
  return checked.has(given);
}
