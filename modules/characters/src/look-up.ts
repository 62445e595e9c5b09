/** What a sheet says about an ability, a save, a skill or the like. */
export type LookUp =
  /** Added to a d20. */
  | { readonly kind: "modifier"; readonly modifier: number }
  /** A d20 succeeds at this or less. */
  | { readonly kind: "target"; readonly target: number }
  /** Dice of their own. */
  | { readonly kind: "dice"; readonly expression: string }
  /** A number that is not rolled for; `unit` says what it counts. */
  | { readonly kind: "value"; readonly value: number; readonly unit?: string };

/** A whole number with its sign: +2, -1, +0. */
export function signed(amount: number): string {
  return amount < 0 ? String(amount) : `+${amount}`;
}

/** The words of a look-up in lower case, without what people put in between: `Sleight_of Hand` is `sleight of hand`. */
export function lookUpWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .split(/[\s_]+/)
    .filter((word) => word !== "");
}
