import {
  advantage,
  AMBIGUOUS_DROP,
  clamp,
  ENDS,
  explode,
  failure,
  GUILDHALL,
  INCLUSIVE,
  keepCompared,
  keepMatching,
  MARGIN,
  mark,
  MATCHES,
  PARITY,
  reroll,
  rollingOnPool,
  SORTS,
  STRICT,
  success,
} from "./modifier-entries.ts";
import {
  bare,
  picks,
  readCondition,
  writeComparison,
  writeCondition,
  type ModifierEntry,
  type ModifierTable,
} from "./modifier-table.ts";

export const GUILDHALL_MODIFIERS: ModifierTable = [
  ...rollingOnPool(GUILDHALL).slice(0, -1),
  reroll("ra", GUILDHALL, "add"),
  reroll("r", GUILDHALL, "until"),
  advantage("adv", "high"),
  advantage("dis", "low"),
  clamp("min", "min"),
  clamp("max", "max"),
  ...ENDS,
  picks({ spelling: "km", kind: "keep", pick: "middle", fallback: 1 }),
  keepCompared("k", "keep"),
  picks({ spelling: "k", kind: "keep", pick: "high", fallback: 1, plain: false }),
  success("ds", GUILDHALL, 2),
  picks({ spelling: "dh", kind: "drop", pick: "high", fallback: 1 }),
  picks({ spelling: "dl", kind: "drop", pick: "low", fallback: 1 }),
  keepCompared("d", "drop"),
  AMBIGUOUS_DROP,
  mark("cs", GUILDHALL, "critical"),
  mark("cf", GUILDHALL, "fumble"),
  ...PARITY,
  failure("f", GUILDHALL, "subtract"),
  bare("uo", { kind: "unique", once: true }),
  bare("u", { kind: "unique", once: false }),
  MARGIN,
  ...MATCHES,
  ...SORTS,
];

export const ROLL20_MODIFIERS: ModifierTable = [
  ...rollingOnPool(INCLUSIVE),
  ...ENDS,
  picks({ spelling: "k", kind: "keep", pick: "high", fallback: 1, plain: false }),
  picks({ spelling: "dh", kind: "drop", pick: "high", fallback: 1 }),
  picks({ spelling: "dl", kind: "drop", pick: "low", fallback: 1 }),
  picks({ spelling: "d", kind: "drop", pick: "low", plain: false }),
  mark("cs", INCLUSIVE, "critical"),
  mark("cf", INCLUSIVE, "fumble"),
  failure("f", INCLUSIVE, "subtract"),
  ...MATCHES,
  ...SORTS,
];

export const AVRAE_MODIFIERS: ModifierTable = [
  reroll("rr", STRICT, "until", false),
  reroll("ro", STRICT, "once", false),
  reroll("ra", STRICT, "add", false),
  explode("e", STRICT, { optional: false }),
  clamp("mi", "min"),
  clamp("ma", "max"),
  picks({ spelling: "kh", kind: "keep", pick: "high" }),
  picks({ spelling: "kl", kind: "keep", pick: "low" }),
  keepMatching("k", STRICT, "keep"),
  picks({ spelling: "ph", kind: "drop", pick: "high" }),
  picks({ spelling: "pl", kind: "drop", pick: "low" }),
  keepMatching("p", STRICT, "drop"),
];

/** Foundry's `x3=6`: a number before a comparison is the most dice that it adds. */
const FOUNDRY_EXPLODE: ModifierEntry = {
  spelling: "x",
  read: (scanner) => {
    const first = readCondition(scanner, STRICT);
    const shape = { kind: "explode", style: "explode", once: false, apart: false } as const;
    if (!first || !("value" in first) || first.test !== "=")
      return { ...shape, most: null, on: first ?? null };
    const second = scanner.seesDigit ? undefined : readCondition(scanner, STRICT);
    return second ? { ...shape, most: first.value, on: second } : { ...shape, most: null, on: first };
  },
  write: (modifier) => {
    if (modifier.kind !== "explode" || modifier.once || modifier.style !== "explode") return undefined;
    if (modifier.most === null) return `x${writeCondition(modifier.on, STRICT)}`;
    return modifier.on === null ? undefined : `x${modifier.most}${writeComparison(modifier.on, STRICT)}`;
  },
};

export const FOUNDRY_MODIFIERS: ModifierTable = [
  explode("xo", STRICT, { once: true }),
  FOUNDRY_EXPLODE,
  reroll("rr", STRICT, "until"),
  reroll("r", STRICT, "once"),
  clamp("min", "min"),
  clamp("max", "max"),
  ...ENDS,
  picks({ spelling: "k", kind: "keep", pick: "high", fallback: 1, plain: false }),
  picks({ spelling: "dh", kind: "drop", pick: "high", fallback: 1 }),
  picks({ spelling: "dl", kind: "drop", pick: "low", fallback: 1 }),
  failure("df", STRICT, "subtract"),
  picks({ spelling: "d", kind: "drop", pick: "low", fallback: 1, plain: false }),
  success("cs", STRICT),
  failure("cf", STRICT, "count"),
  failure("sf", STRICT, "face"),
  ...PARITY,
  MARGIN,
];
