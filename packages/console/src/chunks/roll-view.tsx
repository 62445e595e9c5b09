import type { RollContent } from "./chunk-content.ts";

const MOST_DICE = 100;

/** The dice of a roll as they fell; those that do not count are struck out, the best and the worst face stand out. */
export function RollView({ roll }: { roll: RollContent }) {
  const shown = roll.dice.slice(0, MOST_DICE);
  if (shown.length === 0) return null;
  const words = roll.dice.slice(0, MOST_DICE).map(spoken).join(", ");
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-sm">
      <span className="sr-only">Dice: {words}</span>
      {shown.map((die, index) => (
        <span
          key={index}
          aria-hidden="true"
          title={title(die)}
          className={`inline-grid h-7 min-w-7 place-items-center rounded-md border px-1 font-mono font-semibold tabular-nums ${lookOf(die)}`}
        >
          {die.face}
        </span>
      ))}
      {roll.dice.length > MOST_DICE && (
        <span className="text-muted">and {(roll.dice.length - MOST_DICE).toLocaleString()} more dice</span>
      )}
      {roll.source === "faces" && <span className="text-muted">(entered by hand)</span>}
    </div>
  );
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
