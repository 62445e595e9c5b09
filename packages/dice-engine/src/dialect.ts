import type { ConditionStyle, ModifierTable } from "./modifier-table.ts";
import {
  AVRAE_MODIFIERS,
  FOUNDRY_MODIFIERS,
  GUILDHALL_MODIFIERS,
  ROLL20_MODIFIERS,
} from "./dialect-modifiers.ts";
import { FEYRE_MODIFIERS, MAIDEN_MODIFIERS } from "./numbered-dialects.ts";
import { GUILDHALL, INCLUSIVE } from "./modifier-entries.ts";
import type { Operator } from "./syntax-tree.ts";

/** The names of the dialects. */
export const DIALECTS = ["guildhall", "roll20", "avrae", "foundry", "maiden", "feyre"] as const;

/** A way of writing dice: the same letters mean different things to different programs. */
export type DialectName = (typeof DIALECTS)[number];

/** What sets a dialect apart. */
export interface Dialect {
  readonly name: DialectName;
  readonly modifiers: ModifierTable;
  /** How `>6` directly behind a pool counts successes; null where it compares the sum. */
  readonly successStyle: ConditionStyle | null;
  readonly operators: readonly Operator[];
  /** Whether `/` rounds down. */
  readonly floorsDivision: boolean;
  /** What `d%` is. */
  readonly percent: "percent" | "tens";
  readonly unaryMinus: boolean;
  /** Atoms and forms beside numbers, dice and round brackets. */
  readonly has: {
    readonly fudge: boolean;
    readonly customFaces: boolean;
    readonly coin: boolean;
    readonly zeroBased: boolean;
    readonly computedDice: boolean;
    readonly groups: boolean;
    readonly functions: boolean;
    readonly names: boolean;
    readonly inlineRolls: boolean;
    readonly labels: boolean;
    /** `1d20 vs 15`. */
    readonly checks: boolean;
    /** How so many separate results are asked for. */
    readonly repeats: "hash" | "leading" | "count" | "none";
    readonly decimals: boolean;
  };
}

const ARITHMETIC: readonly Operator[] = ["+", "-", "*", "/", "//", "%", "**"];
const COMPARISONS: readonly Operator[] = ["==", "!=", "<", "<=", ">", ">="];

const WHOLE = {
  fudge: true,
  customFaces: true,
  coin: true,
  zeroBased: true,
  computedDice: true,
  groups: true,
  functions: true,
  names: true,
  inlineRolls: true,
  labels: true,
  checks: true,
  repeats: "hash",
  decimals: true,
} as const;
const NOTHING = {
  fudge: false,
  customFaces: false,
  coin: false,
  zeroBased: false,
  computedDice: false,
  groups: false,
  functions: false,
  names: false,
  inlineRolls: false,
  labels: false,
  checks: false,
  repeats: "none",
  decimals: false,
} as const;

const TABLE: Readonly<Record<DialectName, Dialect>> = {
  guildhall: {
    name: "guildhall",
    modifiers: GUILDHALL_MODIFIERS,
    successStyle: GUILDHALL,
    operators: [...ARITHMETIC, ...COMPARISONS],
    floorsDivision: false,
    percent: "percent",
    unaryMinus: true,
    has: WHOLE,
  },
  roll20: {
    name: "roll20",
    modifiers: ROLL20_MODIFIERS,
    successStyle: INCLUSIVE,
    operators: ARITHMETIC.filter((operator) => operator !== "//"),
    floorsDivision: false,
    percent: "percent",
    unaryMinus: true,
    has: { ...WHOLE, customFaces: false, coin: false, zeroBased: false, checks: false, repeats: "none" },
  },
  avrae: {
    name: "avrae",
    modifiers: AVRAE_MODIFIERS,
    successStyle: null,
    operators: [...ARITHMETIC.filter((operator) => operator !== "**"), ...COMPARISONS],
    floorsDivision: false,
    percent: "tens",
    unaryMinus: true,
    has: { ...NOTHING, labels: true, decimals: true, inlineRolls: true },
  },
  foundry: {
    name: "foundry",
    modifiers: FOUNDRY_MODIFIERS,
    successStyle: null,
    operators: ["+", "-", "*", "/", "%"],
    floorsDivision: false,
    percent: "percent",
    unaryMinus: true,
    has: { ...WHOLE, customFaces: false, zeroBased: false, checks: false, repeats: "none" },
  },
  maiden: {
    name: "maiden",
    modifiers: MAIDEN_MODIFIERS,
    successStyle: null,
    operators: ["+", "-", "*", "/"],
    floorsDivision: true,
    percent: "percent",
    unaryMinus: false,
    has: { ...NOTHING, repeats: "leading" },
  },
  feyre: {
    name: "feyre",
    modifiers: FEYRE_MODIFIERS,
    successStyle: null,
    operators: ["+", "-", "*", "/", "==", "<", "<=", ">", ">="],
    floorsDivision: true,
    percent: "percent",
    unaryMinus: false,
    has: { ...NOTHING, repeats: "count" },
  },
};

/** What a dialect understands. */
export function dialectOf(name: DialectName): Dialect {
  return TABLE[name];
}
