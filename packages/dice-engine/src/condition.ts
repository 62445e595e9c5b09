import type { DieShape } from "./die-shape.ts";
import type { Condition } from "./syntax-tree.ts";

/** A condition as a function of a value. */
export function testOf(condition: Condition): (value: number) => boolean {
  switch (condition.test) {
    case "even":
      return (value) => value % 2 === 0;
    case "odd":
      return (value) => value % 2 !== 0;
    case "=":
      return (value) => value === condition.value;
    case "!=":
      return (value) => value !== condition.value;
    case "<":
      return (value) => value < condition.value;
    case "<=":
      return (value) => value <= condition.value;
    case ">":
      return (value) => value > condition.value;
    case ">=":
      return (value) => value >= condition.value;
  }
}

/** A condition that may be left out, which then means the die's highest or lowest face. */
export function testFor(
  condition: Condition | null,
  shape: DieShape,
  extreme: "highest" | "lowest",
): (value: number) => boolean {
  return testOf(condition ?? { test: "=", value: shape[extreme] });
}
