/** How two numbers are compared. */
export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** What a die's value is held against. */
export type Condition =
  | { readonly test: Comparison; readonly value: number }
  | { readonly test: "even" | "odd" };

/** Which dice of a pool are meant: so many of one end, or those that satisfy a condition. */
export type Selector =
  | { readonly pick: "high" | "low" | "middle"; readonly count: number }
  | { readonly pick: "match"; readonly on: Condition };

/** Something done to a pool, in the order in which it takes effect. `on: null` means the die's own extreme. */
export type Modifier =
  /** Every die is rolled twice and one of the two counts. */
  | { readonly kind: "twice"; readonly which: "high" | "low" }
  /** So many more dice are rolled, and as many of the worse (or better) taken away, before anything else. */
  | { readonly kind: "advantage"; readonly which: "high" | "low"; readonly count: number }
  /** `add` keeps the old die and adds the new one. */
  | { readonly kind: "reroll"; readonly how: "once" | "until" | "add"; readonly on: Condition | null }
  | {
      readonly kind: "explode";
      readonly style: "explode" | "compound" | "penetrate" | "compound-penetrate";
      /** Whether an added die may explode in turn. */
      readonly once: boolean;
      /** The most dice that are added to the pool; null for no such bound. */
      readonly most: number | null;
      /** Whether the added dice count whatever is kept or dropped. */
      readonly apart: boolean;
      readonly on: Condition | null;
    }
  /** Each such die brings another one, which is subtracted. */
  | { readonly kind: "implode"; readonly on: Condition | null; readonly once: boolean }
  /** A die that equals an earlier one of its pool is rolled again. */
  | { readonly kind: "unique"; readonly once: boolean }
  | { readonly kind: "clamp"; readonly which: "min" | "max"; readonly value: number }
  | { readonly kind: "keep" | "drop"; readonly selectors: readonly Selector[] }
  /** Counts dice instead of adding them up. */
  | { readonly kind: "success"; readonly on: Condition; readonly worth: 1 | 2 }
  /** `subtract` takes one off the successes, `face` the die's face; `count` makes the failures the result. */
  | { readonly kind: "failure"; readonly on: Condition; readonly effect: "subtract" | "face" | "count" }
  /** Failures take away successes that count double first, then the others (the "cancel" of storytelling games). */
  | { readonly kind: "cancel" }
  /** The result is how far the sum lies above (or below) a target. */
  | { readonly kind: "margin"; readonly test: ">" | "<"; readonly value: number }
  | { readonly kind: "mark"; readonly as: "critical" | "fumble"; readonly on: Condition }
  /** Groups equal faces, at least `size` of them; `counts` makes the number of such groups the result. */
  | { readonly kind: "match"; readonly size: number; readonly counts: boolean }
  | { readonly kind: "sort"; readonly order: "ascending" | "descending" };

/** One face of a die with faces of its own. */
export interface Face {
  readonly value: number;
  /** What is written on it, where that is no number. */
  readonly symbol: string | null;
  /** How many sides show it. */
  readonly weight: number;
}

/** What a die looks like. */
export type Sides =
  | { readonly kind: "number"; readonly of: number }
  | { readonly kind: "computed"; readonly of: Expression }
  /** 1 to 100, written `d%`. */
  | { readonly kind: "percent" }
  /** 00, 10, ... 90. */
  | { readonly kind: "tens" }
  /** 0 to one less than `of`. */
  | { readonly kind: "zero"; readonly of: number }
  /** Variant 2 has two faces each of -1, 0 and 1; variant 1 has one of -1 and 1, and four of 0. */
  | { readonly kind: "fudge"; readonly variant: 1 | 2 }
  /** 0 or 1. */
  | { readonly kind: "coin" }
  | { readonly kind: "faces"; readonly faces: readonly Face[] };

/** What stands between two operands. */
export type Operator = "+" | "-" | "*" | "/" | "//" | "%" | "**" | "==" | "!=" | "<" | "<=" | ">" | ">=";

interface Place {
  /** Where it begins in the text it was read from, counted from 0; not part of its meaning. */
  readonly at: number;
}

/** Dice of one kind. */
export interface DiceNode extends Place {
  readonly kind: "dice";
  readonly count: Expression;
  readonly sides: Sides;
  readonly modifiers: readonly Modifier[];
}

/** Rolls in braces. One item is a pool of its faces; each of several is a compound die. */
export interface GroupNode extends Place {
  readonly kind: "group";
  readonly items: readonly Expression[];
  readonly modifiers: readonly Modifier[];
}

/** A dice expression. */
export type Expression =
  /** `text` is in plain form: no needless zeros. */
  | ({ readonly kind: "number"; readonly text: string } & Place)
  | DiceNode
  | GroupNode
  | ({ readonly kind: "negate"; readonly of: Expression } & Place)
  | ({
      readonly kind: "binary";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    } & Place)
  | ({ readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] } & Place)
  /** A number that belongs to whoever rolls, such as `@str`. */
  | ({ readonly kind: "variable"; readonly name: string } & Place)
  /** A number to ask for, such as `?{Bonus|2}`. */
  | ({ readonly kind: "query"; readonly prompt: string; readonly fallback: string | null } & Place)
  /** A saved roll, such as `$smite(3)`. */
  | ({ readonly kind: "saved"; readonly name: string; readonly arguments: readonly Expression[] } & Place)
  | ({ readonly kind: "label"; readonly label: string; readonly of: Expression } & Place)
  /** `value` when the condition holds, else 0; both are rolled. */
  | ({ readonly kind: "then"; readonly condition: Expression; readonly value: Expression } & Place)
  /** A roll against a target, with a degree of success. */
  | ({ readonly kind: "check"; readonly of: Expression; readonly target: Expression } & Place)
  /** So many separate results; only at the root. */
  | ({ readonly kind: "repeat"; readonly times: number; readonly of: Expression } & Place);
