import {
  CommandError,
  defineCommand,
  escapeMarkdown,
  file,
  flag,
  forAsker,
  markdown,
  option,
  text,
  type Command,
} from "@guildhall/sdk";
import { describeDieOf } from "./die-description.ts";
import type { DiceLog, LoggedRoll } from "./dice-log.ts";
import { diceLogFile } from "./dice-log-file.ts";

const MOST_ROLLS = 20_000;
const MOST_IN_FILE = 100_000;
const LAST_SHOWN = 5;
const REASONS_SHOWN = 3;
const MOST_SIDES = 1_000;
const LONGEST_PATTERN = 100;

/** The command `stats`: what the dice log says of a die (M-30 to M-32), and the log itself (M-28). */
export function statsCommand(log: DiceLog): Command {
  return defineCommand({
    name: "stats",
    summary: "How a die has fallen, for you or for all players",
    description: "Counts the dice that counted, of rolls in public; blind rolls are left out.",
    arguments: {
      allPlayers: flag(undefined, "The rolls of everybody in this workspace, or outside chat in this thread"),
      character: option("-c", text("Only rolls of this character", { optional: true })),
      reason: option(undefined, text("Only rolls for this", { optional: true })),
      die: option(undefined, text("Which die", { default: "d20", maxLength: 10 })),
      channel: option(
        undefined,
        text("Only channels whose names match this regular expression", {
          optional: true,
          maxLength: LONGEST_PATTERN,
        }),
      ),
      noModifiers: flag(undefined, "Without rolls at advantage or disadvantage, and without re-rolls"),
    },
    examples: ["stats", "stats --die d6 --all-players", "stats --reason stealth --no-modifiers"],
    commands: [logCommand(log)],
    timeLimitSeconds: 30,
    async *run({ allPlayers, character, reason, die = "d20", channel, noModifiers }, { place, user }) {
      const sides = sidesOf(die);
      const found = await log
        .find({
          place,
          userId: allPlayers ? undefined : user.id,
          character,
          reason,
          channel,
          withModifiers: !noModifiers,
          withBlind: false,
          limit: MOST_ROLLS,
        })
        .catch(rethrowBadPattern);
      const used = found.filter(({ dice }) => dice.some(([one]) => one === sides));
      const values = used.flatMap(({ dice }) =>
        dice.flatMap(([one, face, counts]) => (one === sides && counts ? [face] : [])),
      );
      if (values.length === 0) {
        yield forAsker(markdown("No matching dice rolls."));
        return;
      }
      const whose = allPlayers ? "all players" : user.displayName;
      const why = reason === undefined ? "" : ` for ${reason}`;
      const where = channel === undefined ? "" : ` in channels: ${channelsOf(used)}`;
      const lines = [
        `Pulled ${values.length} d${sides} rolls${escapeMarkdown(`${why} from ${whose}${where}`)}`,
        `*Last ${Math.min(LAST_SHOWN, values.length)} rolls*: ${values.slice(0, LAST_SHOWN).join(", ")}`,
        ...(reason === undefined ? reasonsOf(used) : []),
        `*Die description*: ${describeDieOf(countsOf(values, sides))}`,
      ];
      yield forAsker(markdown(lines.join("  \n")));
    },
  });
}

function logCommand(log: DiceLog): Command {
  return defineCommand({
    name: "log",
    summary: "The dice log of this workspace, or outside chat of this thread, as CSV",
    description:
      "The newest 100,000 rolls, oldest first. What blind rolls showed is for administrators alone.",
    examples: ["stats log"],
    timeLimitSeconds: 60,
    async *run(_values, { place, user }) {
      const found = await log.find({ place, withModifiers: true, withBlind: true, limit: MOST_IN_FILE });
      yield forAsker(
        file({
          mime: "text/csv",
          name: "dice-log.csv",
          bytes: new TextEncoder().encode(diceLogFile(found.toReversed(), user)),
        }),
      );
    },
  });
}

/** @throws CommandError for what is no die */
function sidesOf(typed: string): number {
  const sides = Number(/^\s*1?d?(\d{1,4})\s*$/i.exec(typed)?.[1]);
  if (sides >= 1 && sides <= MOST_SIDES) return sides;
  throw new CommandError(`Bad dice value: give a die of up to ${MOST_SIDES} faces, such as d20.`, {
    code: "bad_value",
  });
}

function countsOf(values: readonly number[], sides: number): number[] {
  const counts = Array.from({ length: sides }, () => 0);
  for (const value of values) counts[value - 1] = (counts[value - 1] ?? 0) + 1;
  return counts;
}

function channelsOf(found: readonly LoggedRoll[]): string {
  return [...new Set(found.map(({ channel_name: name }) => name))].toSorted().join(", ");
}

function reasonsOf(found: readonly LoggedRoll[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason } of found) if (reason !== "") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const most = [...counts].toSorted(([, one], [, other]) => other - one).slice(0, REASONS_SHOWN);
  if (most.length === 0) return [];
  return [
    `*Most common rolls*: ${most.map(([reason, count]) => `${escapeMarkdown(reason)} (${count})`).join(", ")}`,
  ];
}

const BAD_PATTERN = "2201B";

function rethrowBadPattern(error: unknown): never {
  if (error instanceof Error && "code" in error && error.code === BAD_PATTERN) {
    throw new CommandError("The channels' regular expression cannot be read: try a plain part of the name.", {
      code: "bad_value",
    });
  }
  throw error;
}
