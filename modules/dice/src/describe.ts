import { escapeMarkdown } from "@guildhall/sdk";
import type { RolledDie, RolledTerm, RollResult } from "./roll.ts";

// Rolls of more dice than this are summed up and not listed one by one.
const LISTED_DICE = 50;

/**
 * A roll as Markdown for people: the expression, the total and what it was for, then every die, with those that do
 * not count struck through, a 1 in bold and the highest face in italics.
 */
export function describeRoll({
  result,
  purpose,
}: {
  readonly result: RollResult;
  /** As typed; it is escaped here, and its line breaks become spaces. */
  readonly purpose: string;
}): string {
  const how = result.advantage === undefined ? "" : ` at ${result.advantage}`;
  const label = purpose.trim().replace(/\s*[\r\n\u2028\u2029]\s*/g, " ");
  const what = label === "" ? "" : ` ${escapeMarkdown(label)}`;
  const headline = `**${result.expression}**${how} = **${result.total}**${what}`;
  const rolled = result.terms.filter(({ dice }) => dice.length > 0);
  if (rolled.length === 0) return headline;
  const count = rolled.reduce((sum, { dice }) => sum + dice.length, 0);
  const show = count > LISTED_DICE ? summedUp : listed;
  const parts = rolled.map((term) =>
    rolled.length === 1 ? show(term) : `${plainText(term)} (${show(term)})`,
  );
  return `${headline}\n\nRolls: ${parts.join(", ")}`;
}

function plainText({ text }: RolledTerm): string {
  return text.replace(/^-/, "\u2212");
}

function listed({ dice }: RolledTerm): string {
  return dice.map(describeDie).join(", ");
}

function describeDie({ faces, value, kept, rolls }: RolledDie): string {
  if (!kept) return `~~${rolls ? rolls.join("/") : value}~~`;
  const shown = value === 1 ? "**1**" : value === faces ? `*${value}*` : String(value);
  if (!rolls) return shown;
  const [first, second] = rolls;
  return first === value ? `${shown} ~~${second}~~` : `~~${first}~~ ${shown}`;
}

function summedUp({ dice, subtotal }: RolledTerm): string {
  let kept = 0;
  let lowest = Infinity;
  let highest = 0;
  for (const die of dice) {
    if (die.kept) kept += 1;
    lowest = Math.min(lowest, die.value);
    highest = Math.max(highest, die.value);
  }
  const counted = kept === dice.length ? `${kept} dice` : `${dice.length} dice, ${kept} kept`;
  return `${counted}, lowest ${lowest}, highest ${highest}, sum ${Math.abs(subtotal)}`;
}
