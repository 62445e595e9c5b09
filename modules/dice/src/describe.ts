import type { RollDetail, RolledDie, RolledTerm } from "@guildhall/dice-engine";
import { escapeMarkdown, type Place } from "@guildhall/sdk";

// Rolls of more dice than this are summed up and not listed one by one.
const LISTED_DICE = 50;
const LISTED_REPEATS = 20;

/** What a reply says besides what the dice show. */
export interface RollWords {
  /** As typed; it is escaped here, and its line breaks become spaces. */
  readonly purpose: string;
  /** "at advantage", "re-rolling ones". */
  readonly manner: readonly string[];
  /** How likely a total of at least this is, 0 to 1. */
  readonly chance?: number | undefined;
  /** The roll succeeds at this or less. */
  readonly target?: number | null;
  /** Whether every die is listed, however many. */
  readonly whole?: boolean;
  /** Whether whoever reads it sees the dice drawn beside it, so that no text need list them. */
  readonly drawn?: boolean;
}

/**
 * A roll as Markdown for people: the expression, the total and what it was for, then every die, with those that do
 * not count struck through, a 1 in bold and the highest face in italics.
 */
export function describeRoll(roll: RollDetail, words: RollWords): string {
  const how = howOf(words);
  const aim =
    words.target === undefined || words.target === null
      ? ""
      : `, ${underTarget(roll.total, words.target)} against ${words.target}`;
  const what = whatFor(words);
  const by = roll.source === "faces" ? " (dice on the table)" : "";
  const headline = `**${escapeMarkdown(roll.canonical)}**${how} = **${resultOf(roll)}**${by}${aim}${what}`;
  if (roll.repeats.length > 0) {
    const shown = roll.repeats.slice(0, words.whole ? undefined : LISTED_REPEATS);
    const lines = shown.map((repeat) => `- **${resultOf(repeat)}**: ${rollsOf(repeat, words)}`);
    const left = roll.repeats.length - shown.length;
    return `${headline}\n\n${lines.join("\n")}${left > 0 ? `\n- and ${left} more` : ""}`;
  }
  const rolls = rollsOf(roll, words);
  if (rolls === "") return headline;
  const list = words.drawn === true && roll.dice.length <= LISTED_DICE ? "" : `\n\nRolls: ${rolls}`;
  const labels = Object.entries(roll.labels)
    .map(([name, sum]) => `${escapeMarkdown(name)} **${sum}**`)
    .join(", ");
  const chance =
    words.chance === undefined
      ? ""
      : // It has just happened, however small the number that is left of it.
        `\n\n${percent(words.chance || Number.MIN_VALUE)} of such rolls are this high or higher.`;
  return `${headline}${list}${labels === "" ? "" : `\n\nBy kind: ${labels}`}${chance}`;
}

/** Whether dice are drawn where a line was typed. */
export function drawsDice({ adapter }: Place): boolean {
  return adapter === "console";
}

/** What the roller of a blind roll reads: what was rolled, and nothing of what came of it. */
export function describeBlindRoll({ canonical }: RollDetail, words: RollWords): string {
  return `**${escapeMarkdown(canonical)}**${howOf(words)}${whatFor(words)} was rolled blind: the game master will see the result.`;
}

function howOf({ manner }: RollWords): string {
  return manner.map((one) => ` ${one}`).join("");
}

function whatFor({ purpose }: RollWords): string {
  const label = purpose.trim().replace(/\s*[\r\n\u2028\u2029]\s*/g, " ");
  return label === "" ? "" : ` ${escapeMarkdown(label)}`;
}

/** A likelihood as people read it. */
export function percent(chance: number): string {
  const shown = chance * 100;
  if (chance > 0 && shown < 0.1) return "Less than 0.1 %";
  return `${shown >= 10 ? Math.round(shown) : shown.toFixed(1)} %`;
}

/** How a roll under a target went, by the rules of Pendragon: the target itself is a critical success. */
function underTarget(total: number, target: number): string {
  const critical = Math.min(20, target);
  if (target > 20) return total + target - 20 >= 20 ? "critical success" : "success";
  if (total === critical) return "critical success";
  if (total < critical) return "success";
  return total === 20 ? "fumble" : "failure";
}

function resultOf({ shown, successes, failures, passed, degree }: RollDetail): string {
  if (degree !== null) return `${shown}, ${degree}`;
  if (passed !== null) return passed ? "true" : "false";
  if (successes === null) return shown.startsWith("-") ? `\u2212${shown.slice(1)}` : shown;
  const failed = failures === null || failures === 0 ? "" : `, ${failures} failed`;
  return `${shown} ${shown === "1" ? "success" : "successes"}${failed}`;
}

function rollsOf({ terms, dice }: RollDetail, { whole = false }: RollWords): string {
  const rolled = terms.filter(({ dice: [from, to] }) => to > from);
  const first = dice[0]?.order ?? 0;
  const isShort = whole || dice.length <= LISTED_DICE;
  return rolled
    .map((term) => {
      const own = dice.slice(term.dice[0] - first, term.dice[1] - first);
      const text = isShort ? own.map(describeDie).join(", ") : summedUp(own, term);
      return rolled.length === 1 ? text : `${plainText(term)} (${text})`;
    })
    .join(", ");
}

function plainText({ text }: RolledTerm): string {
  return escapeMarkdown(text.replace(/^-/, "\u2212")).replace(/^\\\u2212/, "\u2212");
}

function describeDie({ sides, face, symbol, value, fate, marks }: RolledDie): string {
  const shown = symbol === null ? signed(face, sides) : escapeMarkdown(symbol);
  if (fate === "dropped" || fate === "rerolled") return `~~${shown}~~`;
  const counted = value === face ? shown : `${shown}\u2192${value}`;
  const exploded = fate === "exploded" ? `${counted}!` : counted;
  if (marks.includes("success")) return `**${exploded}**`;
  if (marks.includes("failure") || marks.includes("fumble")) return `*${exploded}*`;
  if (face === 1 && typeof sides === "number") return `**${exploded}**`;
  return face === sides || marks.includes("critical") ? `*${exploded}*` : exploded;
}

function signed(face: number, sides: number | string): string {
  if (!String(sides).startsWith("F")) return String(face);
  return face > 0 ? "+" : face < 0 ? "\u2212" : "blank";
}

function summedUp(dice: readonly RolledDie[], { subtotal }: RolledTerm): string {
  let kept = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const { fate, value } of dice) {
    if (fate !== "dropped" && fate !== "rerolled") kept += 1;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const counted = kept === dice.length ? `${kept} dice` : `${dice.length} dice, ${kept} kept`;
  return `${counted}, lowest ${lowest}, highest ${highest}, sum ${Math.abs(subtotal)}`;
}
