import {
  DiceError,
  otherMeanings,
  parsePrefix,
  print,
  quickOddsOf,
  RecentMap,
  Roller,
  type DialectName,
  type Expression,
  type Limits,
  type Odds,
} from "@guildhall/dice-engine";

// The odds of a reply are told only where they are had at once.
const CHANCE_WORK = 50_000;

interface Reading {
  readonly expression: Expression;
  readonly dialect: DialectName;
  readonly limits: Limits;
}

/** An expression, with what is the same in every roll of it; each is worked out when it is first asked for. */
export class KnownExpression {
  readonly expression: Expression;
  readonly dialect: DialectName;
  readonly #limits: Limits;
  #needsSheet: boolean | undefined;
  #roller: Roller | undefined;
  #odds: { readonly found: Odds | undefined } | undefined;
  #warnings: readonly string[] | undefined;

  constructor({ expression, dialect, limits }: Reading) {
    this.expression = expression;
    this.dialect = dialect;
    this.#limits = limits;
  }

  /** Whether it has numbers of a character in it. */
  get needsSheet(): boolean {
    this.#needsSheet ??= JSON.stringify(this.expression).includes('"kind":"variable"');
    return this.#needsSheet;
  }

  /** Rolls it as it stands, without a character. @throws DiceError when no roll of it could stay within the limits */
  get roller(): Roller {
    this.#roller ??= new Roller(this.expression, { dialect: this.dialect, limits: this.#limits });
    return this.#roller;
  }

  /** The odds of {@link roller}; undefined where they are not had at once. */
  get odds(): Odds | undefined {
    this.#odds ??= { found: oddsAtOnce(this.expression, { dialect: this.dialect, limits: this.#limits }) };
    return this.#odds.found;
  }

  /** What to know of an expression that means something else elsewhere. */
  get warnings(): readonly string[] {
    this.#warnings ??= warningsFor(print(this.expression, this.dialect), this.dialect);
    return this.#warnings;
  }
}

/** What was read lately under some limits. */
export class KnownExpressions {
  readonly #limits: Limits;
  readonly #read = new RecentMap<{ readonly known: KnownExpression; readonly rest: string }>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * The longest expression at the beginning of a text, and what stands behind it.
   *
   * @throws DiceError when no beginning is an expression, or what would be one exceeds a limit
   */
  prefixOf(text: string, dialect: DialectName): { readonly known: KnownExpression; readonly rest: string } {
    return this.#read.get(`${dialect} ${text}`, () => {
      const limits = this.#limits;
      const { expression, rest } = parsePrefix(text, { dialect, limits });
      return { known: new KnownExpression({ expression, dialect, limits }), rest };
    });
  }
}

/** The odds of an expression, where they take little work. */
export function oddsAtOnce(
  expression: Expression,
  options: Parameters<typeof quickOddsOf>[1] & { readonly limits: Limits },
): Odds | undefined {
  try {
    return quickOddsOf(expression, { ...options, limits: { ...options.limits, work: CHANCE_WORK } });
  } catch (error) {
    // More results than the limit: the roll stands all the same.
    if (error instanceof DiceError) return undefined;
    throw error;
  }
}

function warningsFor(canonical: string, dialect: DialectName): readonly string[] {
  const others = otherMeanings(canonical, { dialect });
  return others.length === 0
    ? []
    : [`${canonical} is read as in ${dialect}; it means something else in ${others.join(", ")}.`];
}
