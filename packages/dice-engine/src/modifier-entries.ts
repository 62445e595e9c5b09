import {
  bare,
  conditional,
  matchSelector,
  needCondition,
  needCount,
  numbered,
  picks,
  readCondition,
  writeComparison,
  writeCondition,
  type ConditionStyle,
  type ModifierEntry,
  type ModifierTable,
} from "./modifier-table.ts";
import type { Modifier } from "./syntax-tree.ts";

type Explode = Extract<Modifier, { kind: "explode" }>;
type Reroll = Extract<Modifier, { kind: "reroll" }>;

export const STRICT: ConditionStyle = { bounds: "strict", bare: "=" };
export const GUILDHALL: ConditionStyle = { ...STRICT, comparesDice: true };
export const INCLUSIVE: ConditionStyle = { bounds: "inclusive", bare: "=" };

export function explode(
  spelling: string,
  style: ConditionStyle,
  {
    shape = "explode",
    once = false,
    optional = true,
  }: {
    readonly shape?: Explode["style"];
    readonly once?: boolean;
    readonly optional?: boolean;
  } = {},
): ModifierEntry {
  return conditional({
    spelling,
    style,
    optional,
    make: (on) => ({ kind: "explode", style: shape, once, most: null, apart: false, on }),
    is: (modifier) =>
      modifier.kind === "explode" &&
      modifier.style === shape &&
      modifier.once === once &&
      !modifier.apart &&
      modifier.most === null,
  });
}

export function reroll(
  spelling: string,
  style: ConditionStyle,
  how: Reroll["how"],
  optional = true,
): ModifierEntry {
  return conditional({
    spelling,
    style,
    optional,
    make: (on) => ({ kind: "reroll", how, on }),
    is: (modifier) => modifier.kind === "reroll" && modifier.how === how,
  });
}

export function clamp(spelling: string, which: "min" | "max"): ModifierEntry {
  return numbered({
    spelling,
    make: (value) => ({ kind: "clamp", which, value }),
    valueOf: (modifier) =>
      modifier.kind === "clamp" && modifier.which === which ? modifier.value : undefined,
  });
}

export function success(spelling: string, style: ConditionStyle, worth: 1 | 2 = 1): ModifierEntry {
  return {
    spelling,
    read: (scanner) => ({ kind: "success", worth, on: needCondition(scanner, style, spelling) }),
    write: (modifier) =>
      modifier.kind === "success" && modifier.worth === worth && "value" in modifier.on
        ? `${spelling}${writeCondition(modifier.on, style)}`
        : undefined,
  };
}

export function failure(
  spelling: string,
  style: ConditionStyle,
  effect: "subtract" | "face" | "count",
): ModifierEntry {
  return {
    spelling,
    read: (scanner) => ({ kind: "failure", effect, on: needCondition(scanner, style, spelling) }),
    write: (modifier) =>
      modifier.kind === "failure" && modifier.effect === effect
        ? `${spelling}${writeCondition(modifier.on, style)}`
        : undefined,
  };
}

export function mark(spelling: string, style: ConditionStyle, as: "critical" | "fumble"): ModifierEntry {
  return {
    spelling,
    read: (scanner) => ({ kind: "mark", as, on: needCondition(scanner, style, spelling) }),
    write: (modifier) =>
      modifier.kind === "mark" && modifier.as === as
        ? `${spelling}${writeCondition(modifier.on, style)}`
        : undefined,
  };
}

/** Keeps or drops the dice that satisfy a condition; the comparison is always written unless `style` has it bare. */
export function keepMatching(spelling: string, style: ConditionStyle, kind: "keep" | "drop"): ModifierEntry {
  return {
    spelling,
    read: (scanner) => {
      const begin = scanner.end;
      const on = readCondition(scanner, style);
      if (on) return { kind, selectors: [{ pick: "match", on }] };
      scanner.return(begin);
      return undefined;
    },
    write: (modifier) => {
      const on = matchSelector(modifier, kind);
      return on === undefined ? undefined : `${spelling}${writeCondition(on, style)}`;
    },
  };
}

/** The same, where a bare number means so many of the highest or lowest. */
export function keepCompared(spelling: string, kind: "keep" | "drop"): ModifierEntry {
  return {
    spelling,
    read: (scanner) => {
      if (scanner.seesDigit) return undefined;
      const on = readCondition(scanner, GUILDHALL);
      return on && { kind, selectors: [{ pick: "match", on }] };
    },
    write: (modifier) => {
      const on = matchSelector(modifier, kind);
      return on === undefined ? undefined : `${spelling}${writeComparison(on, STRICT)}`;
    },
  };
}

export function advantage(spelling: string, which: "high" | "low"): ModifierEntry {
  return {
    spelling,
    read: (scanner) => ({ kind: "advantage", which, count: needCount(scanner, spelling) }),
    write: (modifier) =>
      modifier.kind === "advantage" && modifier.which === which ? `${spelling}${modifier.count}` : undefined,
  };
}

export const PARITY: ModifierTable = [
  bare("even", { kind: "success", on: { test: "even" }, worth: 1 }),
  bare("odd", { kind: "success", on: { test: "odd" }, worth: 1 }),
];

export const SORTS: ModifierTable = [
  bare("sa", { kind: "sort", order: "ascending" }),
  bare("sd", { kind: "sort", order: "descending" }),
  { spelling: "s", read: () => ({ kind: "sort", order: "ascending" }), write: () => undefined },
];

export const ENDS: ModifierTable = [
  picks({ spelling: "kh", kind: "keep", pick: "high", fallback: 1 }),
  picks({ spelling: "kl", kind: "keep", pick: "low", fallback: 1 }),
];

export const MATCHES: ModifierTable = [
  numbered({
    spelling: "mt",
    fallback: 2,
    least: 2,
    make: (size) => ({ kind: "match", size, counts: true }),
    valueOf: (modifier) => (modifier.kind === "match" && modifier.counts ? modifier.size : undefined),
  }),
  numbered({
    spelling: "m",
    fallback: 2,
    least: 2,
    make: (size) => ({ kind: "match", size, counts: false }),
    valueOf: (modifier) => (modifier.kind === "match" && !modifier.counts ? modifier.size : undefined),
  }),
];

export const MARGIN: ModifierEntry = {
  spelling: "ms",
  read: (scanner) => {
    const on = needCondition(scanner, { bounds: "strict", bare: ">" }, "ms");
    if (!("value" in on)) return undefined;
    return { kind: "margin", test: on.test.startsWith("<") ? "<" : ">", value: on.value };
  },
  write: (modifier) => (modifier.kind === "margin" ? `ms${modifier.test}${modifier.value}` : undefined),
};

/** `d` behind a pool: which dice it drops is guessed differently everywhere, so it must be said. */
export const AMBIGUOUS_DROP: ModifierEntry = {
  spelling: "d",
  read: (scanner) => {
    throw scanner.unexpected("write dl1 to drop the lowest die, or dh1 to drop the highest");
  },
  write: () => undefined,
};

export function rollingOnPool(style: ConditionStyle): ModifierTable {
  return [
    explode("!!p", style, { shape: "compound-penetrate" }),
    explode("!!", style, { shape: "compound" }),
    explode("!p", style, { shape: "penetrate" }),
    explode("!o", style, { once: true }),
    explode("!", style),
    reroll("ro", style, "once"),
    reroll("r", style, "until"),
  ];
}
