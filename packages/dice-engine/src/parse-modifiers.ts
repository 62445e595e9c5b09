import type { Dialect } from "./dialect.ts";
import { readCondition } from "./modifier-table.ts";
import type { Scanner } from "./scanner.ts";
import type { Condition, Modifier } from "./syntax-tree.ts";

/** What has dice rolled, in the order in which it takes effect. */
const ROLLING: readonly Modifier["kind"][] = [
  "twice",
  "advantage",
  "reroll",
  "explode",
  "implode",
  "unique",
  "clamp",
];

/** In which order modifiers take effect, whatever the order in which they were typed. */
const STAGES: readonly Modifier["kind"][] = [
  ...ROLLING,
  "keep",
  "drop",
  "success",
  "failure",
  "cancel",
  "margin",
  "mark",
  "match",
  "sort",
];

/** Reads the operators behind a pool, in the order in which they take effect. */
export function parseModifiers(
  scanner: Scanner,
  { dialect, onGroup }: { readonly dialect: Dialect; readonly onGroup: boolean },
): readonly Modifier[] {
  const modifiers: Modifier[] = [];
  for (;;) {
    const at = scanner.at;
    const modifier = parseModifier(scanner, dialect);
    if (!modifier) break;
    if (onGroup && ROLLING.includes(modifier.kind)) {
      throw scanner.fault("only dice explode and are rolled again, not a group of rolls", "k, d, > or f", at);
    }
    modifiers.push(modifier);
  }
  const ordered = modifiers.toSorted((a, b) => stageOf(a) - stageOf(b));
  return dialect.name === "avrae" ? joined(ordered) : ordered;
}

function stageOf(modifier: Modifier): number {
  // Bare comparisons are written first, so they are kept first.
  const isBare = modifier.kind === "success" && modifier.worth === 1 && "value" in modifier.on;
  return STAGES.indexOf(modifier.kind) - (isBare ? 0.5 : 0);
}

function parseModifier(scanner: Scanner, dialect: Dialect): Modifier | undefined {
  const begin = scanner.end;
  for (const { spelling, read } of dialect.modifiers) {
    if (!scanner.takes(spelling)) continue;
    const modifier = read(scanner);
    if (modifier) return dialect.name === "feyre" ? feyre(scanner, modifier) : modifier;
    scanner.return(begin);
  }
  const on = dialect.successStyle && readBareSuccess(scanner, dialect);
  return on ? { kind: "success", on, worth: 1 } : undefined;
}

function readBareSuccess(scanner: Scanner, { successStyle }: Dialect): Condition | undefined {
  if (!successStyle || scanner.seesDigit || scanner.sees("==") || scanner.sees("!=")) return undefined;
  return readCondition(scanner, successStyle);
}

function feyre(scanner: Scanner, modifier: Modifier): Modifier {
  if (modifier.kind === "explode" && modifier.on === null) {
    throw scanner.unexpected("write from which face on a die explodes, as in 3d6e6");
  }
  return modifier;
}

/** In Avrae several keeps are one: `kh1kl1` keeps both ends. */
function joined(modifiers: readonly Modifier[]): readonly Modifier[] {
  const result: Modifier[] = [];
  for (const modifier of modifiers) {
    const last = result.at(-1);
    if (last?.kind === "keep" && modifier.kind === "keep") {
      result[result.length - 1] = { kind: "keep", selectors: [...last.selectors, ...modifier.selectors] };
    } else {
      result.push(modifier);
    }
  }
  return result;
}
