import type { CommandUser } from "@guildhall/sdk";
import type { LoggedRoll } from "./dice-log.ts";

const COLUMNS = [
  "time",
  "user",
  "channel",
  "reason",
  "dice",
  "advantage",
  "disadvantage",
  "reroll_ones",
  "total_value",
  "dice_values",
  "user_id",
  "character",
  "reroll_twos",
  "raw_rolls",
  "blind",
  "source",
] as const;

/**
 * The dice log as CSV (RFC 4180) with the columns of requirements 1c, and whether a roll was blind and who rolled the dice.
 * What a blind roll showed is empty unless an administrator asks.
 */
export function diceLogFile(
  found: readonly LoggedRoll[],
  { isAdministrator }: Pick<CommandUser, "isAdministrator">,
): string {
  const lines = found.map((roll) => {
    const isSeen = isAdministrator || !roll.blind;
    const used = roll.dice.filter(([, , counts]) => counts).map(([, face]) => face);
    const raw = roll.dice.map(([, face]) => face);
    const cells: Record<(typeof COLUMNS)[number], string> = {
      time: roll.rolled_at.toISOString(),
      user: roll.user_name,
      channel: roll.channel_name,
      reason: roll.reason,
      dice: roll.expression,
      advantage: told(roll.advantage),
      disadvantage: told(roll.disadvantage),
      reroll_ones: told(roll.reroll_ones),
      total_value: isSeen ? roll.total : "",
      dice_values: isSeen ? JSON.stringify(used) : "",
      user_id: roll.user_id,
      character: roll.character ?? "",
      reroll_twos: told(roll.reroll_twos),
      raw_rolls: isSeen ? JSON.stringify(raw) : "",
      blind: told(roll.blind),
      source: roll.by_hand ? "faces" : "random",
    };
    return COLUMNS.map((column) => cell(cells[column])).join(",");
  });
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function told(flag: boolean): string {
  return flag ? "True" : "False";
}

/** Quoted where it must be; text that a spreadsheet would take for a formula stands behind an apostrophe. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
