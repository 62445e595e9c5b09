import { advantage } from "./modifier-entries.ts";
import { bare, needNumber, picks, type ModifierEntry, type ModifierTable } from "./modifier-table.ts";
import type { Condition, Modifier } from "./syntax-tree.ts";

type Reroll = Extract<Modifier, { kind: "reroll" }>;

/** Maiden's double successes: `ds10`, or `ds` for the target itself, which stands before it. */
const MAIDEN_DOUBLE: ModifierEntry = {
  spelling: "ds",
  read: (scanner) => ({
    kind: "success",
    worth: 2,
    on: { test: ">=", value: needNumber(scanner, "ds") },
  }),
  write: (modifier) =>
    modifier.kind === "success" && modifier.worth === 2 && "value" in modifier.on
      ? `ds${modifier.on.value}`
      : undefined,
};

/** Maiden's target number, with the bound in the spelling. */
function target(spelling: string, test: ">=" | "<="): ModifierEntry {
  return {
    spelling,
    read: (scanner) => ({ kind: "success", worth: 1, on: { test, value: needNumber(scanner, spelling) } }),
    write: (modifier) =>
      modifier.kind === "success" &&
      modifier.worth === 1 &&
      "value" in modifier.on &&
      modifier.on.test === test
        ? `${spelling}${modifier.on.value}`
        : undefined,
  };
}

/** A bare letter that means the die's lowest or highest face, or a number with a bound of its own. */
function ofNumber(
  spelling: string,
  test: ">=" | "<=" | "=",
  make: (on: Condition | null) => Modifier,
  is: (modifier: Modifier) => boolean,
): ModifierEntry {
  const fits = (on: Condition | null) => on === null || on.test === test;
  return {
    spelling,
    read: (scanner) => make(scanner.seesDigit ? { test, value: needNumber(scanner, spelling) } : null),
    write: (modifier) =>
      is(modifier) && "on" in modifier && fits(modifier.on)
        ? `${spelling}${modifier.on && "value" in modifier.on ? modifier.on.value : ""}`
        : undefined,
  };
}

function exploding(once: boolean): (on: Condition | null) => Modifier {
  return (on) => ({ kind: "explode", style: "explode", once, most: null, apart: false, on });
}

function explodingApart(on: Condition | null): Modifier {
  return { kind: "explode", style: "explode", once: true, most: null, apart: true, on };
}

function rerolling(how: Reroll["how"]): (on: Condition | null) => Modifier {
  return (on) => ({ kind: "reroll", how, on });
}

const isExplode = (once: boolean) => (modifier: Modifier) =>
  modifier.kind === "explode" && modifier.once === once && !modifier.apart;
const isReroll = (how: Reroll["how"]) => (modifier: Modifier) =>
  modifier.kind === "reroll" && modifier.how === how;

export const MAIDEN_MODIFIERS: ModifierTable = [
  ofNumber("irg", ">=", rerolling("until"), (m) => isReroll("until")(m) && "on" in m && m.on?.test === ">="),
  ofNumber("ir", "<=", rerolling("until"), isReroll("until")),
  ofNumber("ie", ">=", exploding(false), isExplode(false)),
  ofNumber("rg", ">=", rerolling("once"), (m) => isReroll("once")(m) && "on" in m && m.on?.test === ">="),
  ofNumber("r", "<=", rerolling("once"), isReroll("once")),
  ofNumber("e", ">=", exploding(true), isExplode(true)),
  ofNumber(
    "i",
    "<=",
    (on) => ({ kind: "implode", on, once: true }),
    (modifier) => modifier.kind === "implode",
  ),
  advantage("adv", "high"),
  advantage("dis", "low"),
  picks({ spelling: "kl", kind: "keep", pick: "low" }),
  picks({ spelling: "km", kind: "keep", pick: "middle" }),
  picks({ spelling: "k", kind: "keep", pick: "high" }),
  MAIDEN_DOUBLE,
  picks({ spelling: "d", kind: "drop", pick: "low" }),
  target("tl", "<="),
  target("t", ">="),
  {
    spelling: "f",
    read: (scanner) => ({
      kind: "failure",
      effect: "subtract",
      on: { test: "<=", value: scanner.seesDigit ? needNumber(scanner, "f") : 1 },
    }),
    write: (modifier) =>
      modifier.kind === "failure" && "value" in modifier.on ? `f${modifier.on.value}` : undefined,
  },
  {
    spelling: "b",
    read: (scanner) => ({
      kind: "mark",
      as: "fumble",
      on: { test: "<=", value: scanner.seesDigit ? needNumber(scanner, "b") : 1 },
    }),
    write: (modifier) =>
      modifier.kind === "mark" && "value" in modifier.on ? `b${modifier.on.value}` : undefined,
  },
  bare("c", { kind: "cancel" }),
];

export const FEYRE_MODIFIERS: ModifierTable = [
  picks({ spelling: "keep", kind: "keep", pick: "high", plain: false }),
  picks({ spelling: "kh", kind: "keep", pick: "high", plain: false }),
  picks({ spelling: "kl", kind: "keep", pick: "low" }),
  picks({ spelling: "k", kind: "keep", pick: "high" }),
  ofNumber("eo", "=", explodingApart, (modifier) => modifier.kind === "explode"),
  ofNumber("e", ">=", explodingApart, (modifier) => modifier.kind === "explode"),
];
