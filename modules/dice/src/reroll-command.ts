import { parse, Roller, type RollDetail } from "@guildhall/dice-engine";
import {
  CommandError,
  defineCommand,
  json,
  markdown,
  option,
  rest,
  text,
  type Command,
  type Random,
} from "@guildhall/sdk";
import { describeRoll, drawsDice } from "./describe.ts";
import type { DiceLog, LoggedRoll } from "./dice-log.ts";
import type { DiceTable } from "./dice-table.ts";
import { ROLL_MIME, rollDocument } from "./documents.ts";
import { refusing } from "./refusal.ts";

const MOST_BUTTONS = 4;

/** The command `reroll`: rolls some dice of an earlier roll again and leaves the others as they lie. */
export function rerollCommand({ table, log }: { readonly table: DiceTable; readonly log: DiceLog }): Command {
  return defineCommand({
    name: "reroll",
    summary: "Roll some dice of your last roll again",
    description:
      "Dice are counted as the roll lists them, from 1; all are rolled again when you name none. The earlier roll stays in the record.",
    arguments: {
      dice: rest("Which dice, such as 2 4"),
      of: option(
        undefined,
        text("The action of the roll; your last one here when left out", { optional: true }),
      ),
    },
    examples: ["reroll 2 4", "reroll"],
    async *run({ dice: typed, of }, context) {
      const { place, user, random } = context;
      const earlier = await log.lastOf({ userId: user.id, channelId: place.channelId, actionId: of });
      if (!earlier || earlier.blind) {
        throw new CommandError("You have not rolled anything here that could be rolled again: use roll.", {
          code: "no_earlier_roll",
        });
      }
      const again = chosenDice(typed, earlier);
      const faces = earlier.dice.map(([sides, face], index) =>
        again.has(index) ? newFace(sides, random) : face,
      );
      const rules = await table.workspaces.of(place);
      const advantage = earlier.advantage ? "advantage" : earlier.disadvantage ? "disadvantage" : undefined;
      const { dialect, expression, reason, character } = earlier;
      const played =
        character === null ? undefined : await table.characters.find({ userId: user.id, name: character });
      const roll = asRandom(
        earlier,
        refusing(() =>
          new Roller(parse(expression, { dialect, limits: rules.limits }), {
            dialect,
            limits: rules.limits,
            advantage,
            names: played ? { variable: (name) => played.variable(name) } : {},
          }).rollFaces(faces),
        ),
      );
      const before = earlier.dice.map(([, face]) => face);
      const manner = [...(advantage === undefined ? [] : [`at ${advantage}`]), "re-rolled"];
      const told = (drawn: boolean) =>
        `${describeRoll(roll, { purpose: reason, manner, drawn })}\n\nBefore: ${before.join(", ")} = ${earlier.total}`;
      table.notes.note(context, rules, [
        { roll, reason, character: character ?? undefined, advantage, told: told(false) },
      ]);
      yield markdown(told(drawsDice(place)));
      yield json(
        rollDocument(roll, {
          purpose: reason,
          advantage,
          character: character ?? undefined,
          rerollOf: { action: earlier.action_id, faces: before, dice: [...again] },
        }),
        ROLL_MIME,
      );
    },
  });
}

/** A button for each die of a roll of few dice that can be rolled again one by one. */
export function rerollButtons(
  { dice, repeats }: RollDetail,
  actionId: string,
): readonly { readonly label: string; readonly line: string }[] {
  const isSimple = dice.every(({ sides, fate }) => typeof sides === "number" && fate !== "rerolled");
  const hasFew = dice.length >= 2 && dice.length <= MOST_BUTTONS && repeats.length === 0;
  if (!isSimple || !hasFew || dice.some(({ marks }) => marks.includes("added"))) return [];
  return dice.map(({ face }, index) => ({
    label: `Re-roll the ${face}`,
    line: `reroll --of ${actionId} ${index + 1}`,
  }));
}

/** @throws CommandError for what are no numbers of its dice */
function chosenDice(typed: string, { dice }: LoggedRoll): ReadonlySet<number> {
  const words = typed.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) return new Set(dice.keys());
  return new Set(
    words.map((word) => {
      const number = /^\d{1,6}$/.test(word) ? Number(word) : 0;
      if (number >= 1 && number <= dice.length) return number - 1;
      throw new CommandError(`That roll has no die "${word}": give numbers from 1 to ${dice.length}.`, {
        code: "bad_value",
      });
    }),
  );
}

/** @throws CommandError for a die whose faces are no plain numbers */
function newFace(sides: number | string, random: Random): number {
  if (typeof sides === "number") return random.integer(1, sides);
  throw new CommandError("Only dice with the numbers from 1 on can be rolled again one by one: use roll.", {
    code: "bad_value",
  });
}

/** The new dice were rolled by the hall, unless the earlier ones lay on a table. */
function asRandom({ by_hand: byHand }: LoggedRoll, roll: RollDetail): RollDetail {
  return byHand ? roll : { ...roll, source: "random" };
}
