import { CommandError } from "@guildhall/sdk";
import { DiceError, Roller } from "@guildhall/dice-engine";
import { initiativeExpression, variable, type Sheet } from "./sheet.ts";

// Words that stand alone between operators; `d6` and `kh3` are none, nor is a function such as `max(`.
const WORDS = /(?<=^|[\s+\-*/(,])[a-z][a-z_]*(?: +[a-z_]+)*(?![\w(])/gi;

/** Dice as a person writes them on a sheet, `4d6+STR`, in the engine's form, `4d6+@{STR}`. */
export function withVariables(sheet: Sheet, typed: string): string {
  return typed.replaceAll(WORDS, (words) => (variable(sheet, words) === undefined ? words : `@{${words}}`));
}

/** What is wrong with dice on this sheet; undefined when they can be rolled. */
export function diceFault(sheet: Sheet, expression: string): string | undefined {
  try {
    const names = { variable: (name: string) => variable(sheet, name) };
    void new Roller(withVariables(sheet, expression), { names });
    return undefined;
  } catch (error) {
    if (error instanceof DiceError) return error.message;
    throw error;
  }
}

/** @throws CommandError with the code `bad_sheet` when dice on the sheet cannot be rolled */
export function assertDice(sheet: Sheet): void {
  const dice = Object.entries(sheet.roll_aliases).map(([name, roll]) => ({
    place: `roll_aliases.${name}`,
    roll,
  }));
  for (const { place, roll } of [{ place: "initiative", roll: initiativeExpression(sheet) }, ...dice]) {
    const fault = diceFault(sheet, roll);
    if (fault !== undefined) {
      throw new CommandError(`The dice of ${place} cannot be read: ${fault}`, { code: "bad_sheet" });
    }
  }
}
