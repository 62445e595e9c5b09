import { limitError } from "./dice-error.ts";
import type { DieShape } from "./die-shape.ts";
import type { Draws } from "./draws.ts";
import type { Limits } from "./limits.ts";
import type { DiceNode, GroupNode } from "./syntax-tree.ts";
import type { Value } from "./value.ts";

/** An expression, or a part of one, ready to be rolled. */
export type Evaluate = (run: Run) => Value;

/** One die that was rolled, as long as its pool is worked on. */
export interface DieRecord {
  readonly order: number;
  readonly shape: DieShape;
  /** What it shows. */
  readonly face: number;
  readonly symbol: string | null;
  /** What it counts, before its pool counts successes. */
  value: number;
  dropped: boolean;
  rerolled: boolean;
  exploded: boolean;
  /** Brought by another die. */
  readonly added: boolean;
  clamped: boolean;
  critical: boolean;
  fumble: boolean;
  success: boolean;
  failure: boolean;
}

/** What is kept, dropped and counted as one: a die with what was added to it, or a whole roll of a group. */
export interface Unit {
  value: number;
  readonly dice: DieRecord[];
  /** What a condition for exploding looks at: the face that came last. */
  face: number;
  dropped: boolean;
  /** Counts whatever is kept or dropped: an added die that stands apart, or one that is subtracted. */
  readonly apart: boolean;
  readonly sign: 1 | -1;
}

/** A pool whose result stands. */
export interface PoolRecord {
  readonly node: DiceNode | GroupNode;
  readonly units: readonly Unit[];
  readonly value: number;
  readonly successes: number | null;
  readonly failures: number | null;
  /** How often each face that matches was there. */
  readonly matches: readonly { readonly value: number; readonly count: number }[];
}

/** One evaluation of an expression: what was drawn, and how much of the limits is used up. */
export class Run {
  readonly limits: Limits;
  readonly dice: DieRecord[] = [];
  readonly pools: PoolRecord[] = [];
  readonly #draws: Draws;
  #steps = 0;

  constructor(draws: Draws, limits: Limits) {
    this.#draws = draws;
    this.limits = limits;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Rolls one die. */
  roll(shape: DieShape, { at, added = false }: { readonly at: number; readonly added?: boolean }): DieRecord {
    if (this.dice.length >= this.limits.draws) {
      throw limitError(`that is too many dice: ${this.limits.draws.toLocaleString("en")} is the most`, {
        limit: "draws",
        at,
      });
    }
    const index = this.#draws.draw(shape);
    const face = shape.valueOf(index);
    const die: DieRecord = {
      order: this.dice.length,
      shape,
      face,
      symbol: shape.symbolOf(index),
      value: face,
      dropped: false,
      rerolled: false,
      exploded: false,
      added,
      clamped: false,
      critical: false,
      fumble: false,
      success: false,
      failure: false,
    };
    this.dice.push(die);
    return die;
  }

  /** Counts units of work. */
  spend(steps: number, at: number): void {
    this.#steps += steps;
    if (this.#steps > this.limits.steps) {
      throw limitError("that is too much work for one roll", { limit: "steps", at });
    }
  }
}
