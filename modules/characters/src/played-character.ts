import type { Character } from "./character-book.ts";
import { lookUpWords, signed } from "./look-up.ts";
import type { NamedRoll, PlayedCharacter } from "./ref.ts";
import { withVariables } from "./sheet-dice.ts";
import { initiativeExpression, lookUp, variable, type Sheet } from "./sheet.ts";

/** A character as other modules see it. */
export function playedCharacter({ id, current: { sheet } }: Character): PlayedCharacter {
  return {
    id,
    name: sheet.name,
    system: sheet.system,
    initiative: withVariables(sheet, initiativeExpression(sheet)),
    variable: (name) => variable(sheet, name),
    namedRoll: (words) => namedRoll(sheet, words),
  };
}

/** An alias of the sheet first, then what a look-up finds. */
function namedRoll(sheet: Sheet, words: string): NamedRoll | undefined {
  const label = lookUpWords(words).join(" ");
  if (Object.hasOwn(sheet.roll_aliases, label)) {
    const expression = sheet.roll_aliases[label];
    if (expression !== undefined) {
      return { label, expression: withVariables(sheet, expression), target: null };
    }
  }
  const found = lookUp(sheet, label);
  switch (found?.kind) {
    case "modifier":
      return { label, expression: `1d20${signed(found.modifier)}`, target: null };
    case "target":
      return { label, expression: "1d20", target: found.target };
    case "dice":
      return { label, expression: found.expression, target: null };
    case "value":
    case undefined:
      return undefined;
  }
}
