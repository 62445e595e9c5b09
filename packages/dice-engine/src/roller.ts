import { GivenDraws, RandomDraws } from "./draws.ts";
import { FastPlan, type FastResult } from "./fast-plan.ts";
import type { Names } from "./compile.ts";
import type { DialectName } from "./dialect.ts";
import { limitsOf } from "./limits.ts";
import { parse, type ParseOptions } from "./parse.ts";
import { Program } from "./program.ts";
import { BufferedRandom, type RandomSource } from "./random-source.ts";
import type { RollDetail } from "./roll-result.ts";
import type { Expression, Modifier } from "./syntax-tree.ts";

/** How an expression is made ready. */
export interface RollerOptions extends ParseOptions {
  /** What its names stand for. */
  readonly names?: Names;
  /** Rolls every die twice and takes the higher, or the lower. */
  readonly advantage?: "advantage" | "disadvantage" | undefined;
  /** Rolls each die that shows so much or less again, once; of a die that is rolled twice at most one of the two. */
  readonly rerollUpTo?: number | undefined;
}

/** What the options do to every die. */
export function everyDie({ advantage, rerollUpTo }: RollerOptions): readonly Modifier[] {
  const modifiers: Modifier[] = [];
  if (advantage) modifiers.push({ kind: "twice", which: advantage === "advantage" ? "high" : "low" });
  if (rerollUpTo !== undefined) {
    modifiers.push({ kind: "reroll", how: "once", on: { test: "<=", value: rerollUpTo } });
  }
  return modifiers;
}

/** A roll of which only the total and the faces are known so far; the rest is worked out from them when asked for. */
class LazyRoll implements RollDetail {
  readonly total: number;
  readonly faces: RollDetail["faces"];
  readonly #program: Program;
  #whole: RollDetail | undefined;

  constructor({ total, faces }: FastResult, program: Program) {
    this.total = total;
    this.faces = faces;
    this.#program = program;
  }

  get #detail(): RollDetail {
    this.#whole ??= this.#program.roll(new GivenDraws(this.faces), "random");
    return this.#whole;
  }

  get shown(): string {
    return String(this.total);
  }

  get passed(): null {
    return null;
  }

  get degree(): null {
    return null;
  }

  get successes(): null {
    return null;
  }

  get failures(): null {
    return null;
  }

  get terms(): RollDetail["terms"] {
    return this.#detail.terms;
  }

  get dice(): RollDetail["dice"] {
    return this.#detail.dice;
  }

  get matches(): RollDetail["matches"] {
    return this.#detail.matches;
  }

  get labels(): RollDetail["labels"] {
    return this.#detail.labels;
  }

  get repeats(): RollDetail["repeats"] {
    return [];
  }

  get canonical(): string {
    return this.#program.canonical;
  }

  get dialect(): RollDetail["dialect"] {
    return this.#detail.dialect;
  }

  get used(): RollDetail["used"] {
    return this.#detail.used;
  }

  get source(): "random" {
    return "random";
  }
}

/** An expression that was read once and can be rolled as often as one likes. */
export class Roller {
  readonly expression: Expression;
  readonly dialect: DialectName;
  readonly #program: Program;
  readonly #fast: FastPlan | undefined;

  /**
   * @param expression a text, or what {@link parse} made of one in the same dialect
   * @throws DiceError when it cannot be read, or no roll of it could stay within the limits
   */
  constructor(expression: string | Expression, options: RollerOptions = {}) {
    this.dialect = options.dialect ?? "guildhall";
    this.expression = typeof expression === "string" ? parse(expression, options) : expression;
    const limits = limitsOf(options.limits);
    this.#program = new Program(this.expression, {
      dialect: this.dialect,
      limits,
      names: options.names ?? {},
      everyDie: everyDie(options),
    });
    this.#fast = everyDie(options).length > 0 ? undefined : FastPlan.of(this.expression, limits);
  }

  /** The expression in plain form. */
  get canonical(): string {
    return this.#program.canonical;
  }

  /** @throws DiceError when this very roll exceeds a limit or divides by zero */
  roll(source: RandomSource): RollDetail {
    if (this.#fast && source instanceof BufferedRandom) {
      return new LazyRoll(this.#fast.roll(source), this.#program);
    }
    return this.#program.roll(new RandomDraws(source), "random");
  }

  /**
   * What dice that lie on the table come to.
   *
   * @param faces what each shows, in the order in which they would be rolled: all dice of a pool, then those that are
   * rolled again, then those that explosions bring, wave by wave
   * @throws DiceError when they are too few, too many, or no faces of these dice
   */
  rollFaces(faces: readonly number[]): RollDetail {
    const draws = new GivenDraws(faces);
    const detail = this.#program.roll(draws, "faces");
    draws.finish();
    return detail;
  }
}
