import { print, randomFrom, type RollDetail } from "@guildhall/dice-engine";
import {
  defineCommand,
  escapeMarkdown,
  json,
  LineRefusedError,
  markdown,
  rest,
  type Command,
} from "@guildhall/sdk";
import { describeRoll } from "./describe.ts";
import type { DiceTable } from "./dice-table.ts";
import { ROLL_MIME, rollDocument } from "./documents.ts";
import { refusing } from "./refusal.ts";

const INLINE = /\[\[(.{1,1000}?)\]\]/gs;
const MOST_ROLLS = 20;

/** The command `say`: prose with rolls in it. */
export function sayCommand(table: DiceTable): Command {
  return defineCommand({
    name: "say",
    summary: "Say something with rolls in it",
    description: `Each expression in double brackets is rolled, up to ${MOST_ROLLS} of them.`,
    arguments: { words: rest("What to say, with [[1d20+5]] in it", { required: true }) },
    examples: ["say I swing [[1d20+5]] for [[2d6+3]] damage"],
    pure: true,
    async *run({ words }, context) {
      const { random, place, user } = context;
      const dialect = await table.dialects.of(place.channelId);
      const rules = await table.workspaces.of(place);
      const expanded = await table.saved.expanded(words, { userId: user.id, channelId: place.channelId });
      const found = [...expanded.matchAll(INLINE)];
      if (found.length === 0 || found.length > MOST_ROLLS) {
        throw new LineRefusedError(`Put 1 to ${MOST_ROLLS} rolls in double brackets, as in [[1d20+5]].`, {
          code: "bad_expression",
          column: 1,
        });
      }
      const source = randomFrom(random);
      let text = "";
      let end = 0;
      const rolls: { readonly roll: RollDetail; readonly purpose: string }[] = [];
      for (const { 0: whole, 1: inside = "", index } of found) {
        const rolled = refusing(() => {
          const { known, rest: purpose } = rules.expressions.prefixOf(inside, dialect);
          return { roll: known.roller.roll(source), purpose, expression: known.expression };
        });
        rolls.push(rolled);
        const shown = escapeMarkdown(print(rolled.expression, dialect));
        text += `${escapeMarkdown(expanded.slice(end, index))}**${escapeMarkdown(rolled.roll.shown)}** (${shown})`;
        end = index + whole.length;
      }
      table.notes.note(
        context,
        rules,
        rolls.map(({ roll, purpose }) => ({
          roll,
          reason: purpose,
          told: describeRoll(roll, { purpose, manner: [] }),
        })),
      );
      yield markdown(text + escapeMarkdown(expanded.slice(end)));
      for (const { roll, purpose } of rolls) {
        yield json(rollDocument(roll, { purpose }), ROLL_MIME);
      }
    },
  });
}
