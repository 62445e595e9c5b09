import { Budget } from "./budget.ts";
import { Distribution } from "./distribution.ts";
import { enumerate } from "./enumerate.ts";
import { expressionOdds } from "./expression-odds.ts";
import { DiceError } from "../dice-error.ts";
import { RandomDraws, type Draws } from "../draws.ts";
import { limitsOf } from "../limits.ts";
import { parse } from "../parse.ts";
import { print } from "../print.ts";
import { Program } from "../program.ts";
import type { RandomSource } from "../random-source.ts";
import { everyDie, type RollerOptions } from "../roller.ts";
import type { Expression } from "../syntax-tree.ts";
import { compare, fromDouble, greatestCommonDivisor, toNumber, type Value } from "../value.ts";

/** How the odds were found. */
export type OddsMethod = "exact" | "truncated" | "sampled";

// Beyond so many ways samples are drawn instead.
const MOST_WAYS = 20_000;
const SAMPLES = 20_000;
// 95 % of a normal distribution lie within so many deviations.
const DEVIATIONS = 1.959964;

/** An exact rational in text needs no more than this to be reduced. */
const REDUCED_BITS = 512n;

/** How likely each result of an expression is. */
export class Odds {
  /** In plain form, in its dialect. */
  readonly canonical: string;
  readonly method: OddsMethod;
  /** An upper bound of how likely the results are that were left out; 0 unless truncated. */
  readonly tail: number;
  readonly distribution: Distribution;

  constructor(given: {
    readonly canonical: string;
    readonly method: OddsMethod;
    readonly tail: number;
    readonly distribution: Distribution;
  }) {
    this.canonical = given.canonical;
    this.method = given.method;
    this.tail = given.tail;
    this.distribution = given.distribution;
  }

  get isExact(): boolean {
    return this.method === "exact";
  }

  /** The mean as an exact fraction of what is known. */
  get mean(): Ratio {
    return moment(this.distribution, 1);
  }

  get variance(): Ratio {
    const mean = this.mean;
    const square = moment(this.distribution, 2);
    return reduced(
      square.numerator * mean.denominator ** 2n - mean.numerator ** 2n * square.denominator,
      square.denominator * mean.denominator ** 2n,
    );
  }

  get deviation(): number {
    return Math.sqrt(Math.max(0, ratioToNumber(this.variance)));
  }

  /** Where the true mean lies with a certainty of 95 %; null unless it was sampled. */
  get interval(): readonly [number, number] | null {
    if (this.method !== "sampled") return null;
    const half = (DEVIATIONS * this.deviation) / Math.sqrt(SAMPLES);
    const mean = ratioToNumber(this.mean);
    return [mean - half, mean + half];
  }

  /** The smallest result that is not exceeded with this likelihood, 0 to 1. */
  quantile(share: number): number {
    const { distribution } = this;
    const wanted = BigInt(Math.ceil(share * 1e9));
    let sum = 0n;
    for (const [value, weight] of distribution.entries()) {
      sum += weight;
      if (sum * 1_000_000_000n >= wanted * distribution.total) return toNumber(value);
    }
    return toNumber(distribution.values.at(-1) ?? 0);
  }

  /** The most likely results. */
  get modes(): readonly number[] {
    const most = this.distribution.weights.reduce((a, b) => (b > a ? b : a), 0n);
    return [...this.distribution.entries()]
      .filter(([, weight]) => weight === most)
      .map(([value]) => toNumber(value));
  }

  /** How likely a result of at least so much is. */
  atLeast(bound: number): Ratio {
    return this.#where((value) => compare(value, fromDouble(bound)) >= 0);
  }

  /** How likely a result of at most so much is. */
  atMost(bound: number): Ratio {
    return this.#where((value) => compare(value, fromDouble(bound)) <= 0);
  }

  #where(test: (value: Value) => boolean): Ratio {
    let sum = 0n;
    for (const [value, weight] of this.distribution.entries()) if (test(value)) sum += weight;
    return reduced(sum, this.distribution.total);
  }

  /** How likely this is higher than, equal to, or lower than the other, rolled independently. */
  against(other: Odds): { readonly higher: Ratio; readonly equal: Ratio; readonly lower: Ratio } {
    let higher = 0n;
    let equal = 0n;
    let below = 0n;
    let index = 0;
    const { values, weights } = other.distribution;
    for (const [value, weight] of this.distribution.entries()) {
      while (index < values.length && compare(values[index] ?? 0, value) < 0) below += weights[index++] ?? 0n;
      higher += weight * below;
      if (index < values.length && compare(values[index] ?? 0, value) === 0) {
        equal += weight * (weights[index] ?? 0n);
      }
    }
    const total = this.distribution.total * other.distribution.total;
    return {
      higher: reduced(higher, total),
      equal: reduced(equal, total),
      lower: reduced(total - higher - equal, total),
    };
  }

  /** Each result with its likelihood, rising. */
  *outcomes(): Generator<readonly [Value, Ratio]> {
    for (const [value, weight] of this.distribution.entries()) {
      yield [value, reduced(weight, this.distribution.total)];
    }
  }
}

/** A likelihood or a mean as a fraction; in lowest terms unless it is very long. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function reduced(numerator: bigint, denominator: bigint): Ratio {
  if (denominator >> REDUCED_BITS !== 0n) return { numerator, denominator };
  const common = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

/** The nearest double. */
export function ratioToNumber({ numerator, denominator }: Ratio): number {
  const scaled = (numerator << 80n) / denominator;
  return Number(scaled) / 2 ** 80;
}

/** As text: "7/432". */
export function ratioText({ numerator, denominator }: Ratio): string {
  return `${numerator}/${denominator}`;
}

function moment(distribution: Distribution, power: 1 | 2): Ratio {
  let whole = 0n;
  let scale = 1n;
  for (const value of distribution.values) {
    if (typeof value !== "number" && scale % value.denominator !== 0n) scale *= value.denominator;
  }
  for (const [value, weight] of distribution.entries()) {
    const scaled =
      typeof value === "number" ? BigInt(value) * scale : (value.numerator * scale) / value.denominator;
    whole += scaled ** BigInt(power) * weight;
  }
  return reduced(whole, distribution.total * scale ** BigInt(power));
}

/**
 * How likely each result of an expression is: calculated where its dice are independent, else by trying every way in
 * which they can fall, else, and then it says so, by samples from a fixed seed.
 *
 * @throws DiceError when the expression is wrong, or has more results than the limit
 */
export function oddsOf(expression: string | Expression, options: RollerOptions = {}): Odds {
  const question = questionOf(expression, options);
  const calculated = calculatedOddsOf(question);
  if (calculated) return calculated;
  const { canonical, play } = question;
  const counted = calculate(() => enumerate(play, MOST_WAYS));
  if (counted) return new Odds({ canonical, distribution: counted, tail: 0, method: "exact" });
  return new Odds({ canonical, distribution: sample(play), tail: 0, method: "sampled" });
}

/** The same, when it can be calculated at once; else undefined. @throws DiceError */
export function quickOddsOf(expression: string | Expression, options: RollerOptions = {}): Odds | undefined {
  return calculatedOddsOf(questionOf(expression, options));
}

function questionOf(expression: string | Expression, options: RollerOptions) {
  const dialect = options.dialect ?? "guildhall";
  const node = typeof expression === "string" ? parse(expression, options) : expression;
  const limits = limitsOf(options.limits);
  const context = { dialect, limits, names: options.names ?? {}, everyDie: everyDie(options) };
  const program = new Program(node, context);
  return {
    node,
    context,
    canonical: print(node, dialect),
    play: (draws: Draws) => program.total(draws),
  };
}

function calculatedOddsOf({ node, context, canonical }: ReturnType<typeof questionOf>): Odds | undefined {
  const budget = new Budget(context.limits);
  const calculated = calculate(() => expressionOdds(node, { ...context, budget }));
  if (!calculated) return undefined;
  const { distribution, tail } = calculated;
  return new Odds({ canonical, distribution, tail, method: tail === 0 ? "exact" : "truncated" });
}

/** Too much work is a reason to try another way; too many results is none. */
function calculate<Result>(attempt: () => Result | undefined): Result | undefined {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof DiceError && (error.limit === "work" || error.limit === "chain")) return undefined;
    throw error;
  }
}

function sample(play: (draws: Draws) => Value): Distribution {
  const draws = new RandomDraws(new SeededRandom());
  const entries: [Value, bigint][] = [];
  for (let index = 0; index < SAMPLES; index += 1) entries.push([play(draws), 1n]);
  return Distribution.of(entries);
}

const SEED = 0x9e3779b9;

/** A fixed sequence for samples only (Marsaglia's xorshift32), so that the same question has the same answer. */
class SeededRandom implements RandomSource {
  #state = SEED;

  below(span: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return Math.floor(((this.#state >>> 0) / 2 ** 32) * span);
  }
}
