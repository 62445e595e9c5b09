import type { RollContent } from "./chunk-content.ts";

const MOST_DICE = 100;

/**
 * The dice of a roll as they fell, term by term; those that do not count are struck out, the best and the worst face stand
 * out.
 */
export function RollView({ roll }: { roll: RollContent }) {
  const terms = termsOf(roll);
  if (terms.length === 0) return null;
  const left = roll.dice.length - MOST_DICE;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-sm">
      {terms.map(({ text, dice }, index) => (
        <div key={index} className="flex flex-wrap items-center gap-1.5">
          {terms.length > 1 && <span className="font-mono text-xs text-muted">{text}</span>}
          <span className="sr-only">Dice: {dice.map(spoken).join(", ")}</span>
          {dice.map((die, place) => (
            <span
              key={place}
              aria-hidden="true"
              title={title(die)}
              className={`inline-grid h-7 min-w-7 place-items-center rounded-md border px-1 font-mono font-semibold tabular-nums ${lookOf(die)}`}
            >
              {die.face}
            </span>
          ))}
        </div>
      ))}
      {left > 0 && <span className="text-muted">and {left.toLocaleString()} more dice</span>}
      {roll.source === "faces" && <span className="text-muted">(entered by hand)</span>}
    </div>
  );
}

/** The terms that have dice, with those of them that are shown; all dice are one where no terms are told. */
function termsOf({ dice, groups }: RollContent) {
  const shown = dice.slice(0, MOST_DICE);
  const terms = (groups ?? []).map(({ text, dice: numbers }) => ({
    text,
    dice: numbers.flatMap((number) => shown[number] ?? []),
  }));
  const told = terms.filter((term) => term.dice.length > 0);
  const isAll = told.reduce((sum, term) => sum + term.dice.length, 0) === shown.length;
  return isAll || shown.length === 0 ? told : [{ text: "", dice: shown }];
}

type Die = RollContent["dice"][number];

const LOST = /drop|reroll|re-roll|lost|ignored/i;

function lookOf(die: Die): string {
  if (LOST.test(die.fate ?? "")) return "border-dashed border-line text-muted line-through";
  if (typeof die.face !== "number") return "border-edge bg-surface";
  if (die.face === die.sides) return "border-good bg-surface text-good";
  if (die.face === 1 && Number(die.sides) > 2) return "border-danger bg-surface text-danger";
  return "border-edge bg-surface";
}

function title(die: Die): string {
  const kind = die.sides === undefined ? "A die" : `d${die.sides}`;
  return die.fate ? `${kind}, ${die.fate}` : kind;
}

function spoken(die: Die): string {
  return LOST.test(die.fate ?? "") ? `${die.face} (${die.fate})` : String(die.face);
}
