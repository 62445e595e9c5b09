import {
  DIALECTS,
  randomFrom,
  ratioToNumber,
  Roller,
  type Odds,
  type RollDetail,
} from "@guildhall/dice-engine";
import {
  buttons,
  choice,
  defineCommand,
  escapeMarkdown,
  flag,
  json,
  markdown,
  option,
  rest,
  text,
  type Command,
} from "@guildhall/sdk";
import { describeBlindRoll, describeRoll, drawsDice } from "./describe.ts";
import type { DiceTable } from "./dice-table.ts";
import { ROLL_MIME, rollDocument } from "./documents.ts";
import { oddsAtOnce } from "./known-expressions.ts";
import { isBlindRoll } from "./note-rolls.ts";
import { verifyCommand } from "./proof-commands.ts";
import { answered } from "./queries.ts";
import { readRoll } from "./read-roll.ts";
import { rerollButtons } from "./reroll-command.ts";
import { refusing } from "./refusal.ts";
import { facesOf } from "./typed-faces.ts";

const LONGEST_FACES = 100_000;
// Ways in on which nobody presses buttons.
const WITHOUT_BUTTONS: ReadonlySet<string> = new Set(["terminal", "rest", "mcp"]);

/** The command `roll`. */
export function rollCommand(table: DiceTable): Command {
  return defineCommand({
    name: "roll",
    summary: "Roll dice",
    description: [
      "NdS rolls N dice of S faces; d20 is one die, d% has 100 faces.",
      "Parts are joined by + - * /, such as 2d6+1d4-1.",
      "khK or kK keeps the K highest dice, klK the K lowest; dlK and dhK drop; ! explodes; r1 rolls ones again; >=6 counts.",
      "The expression ends where it no longer reads as one; the rest is what the roll is for.",
    ].join("\n"),
    arguments: {
      expression: text("The dice to roll, such as 4d6kh3"),
      purpose: rest("What the roll is for"),
      advantage: flag("-a", "Roll every die twice and keep the higher"),
      disadvantage: flag("-d", "Roll every die twice and keep the lower"),
      rerollOnes: flag("-1", "Roll each 1 again, once"),
      rerollTwos: flag("-2", "Roll each 1 and 2 again, once"),
      dialect: option(undefined, choice("How the dice are written", DIALECTS, { optional: true })),
      faces: option(
        undefined,
        text("What dice on the table show, such as 3,5,1,6", { optional: true, maxLength: LONGEST_FACES }),
      ),
      character: option("-c", text("Which of your characters rolls", { optional: true })),
      whole: flag("-w", "List every die, however many"),
      blind: flag("-b", "Only the game master's channel sees what came of it"),
      show: flag("-s", "Show it, though such rolls are blind in this workspace"),
      answers: option(
        undefined,
        text("Answers to what the roll asks by ?{...}, in order, with commas", { optional: true }),
      ),
    },
    exclusive: [
      ["advantage", "disadvantage"],
      ["rerollOnes", "rerollTwos"],
      ["blind", "show"],
    ],
    examples: [
      "roll 4d6kh3",
      "roll 1d20+5 stealth -a",
      "roll 2d6 + 3 fire damage",
      "roll dex save -c Ada",
      "roll --faces 3,5,1,6 4d6kh3",
    ],
    commands: [verifyCommand(table)],
    pure: true,
    async *run(values, context) {
      const { random, place, user } = context;
      const typed = values.purpose === "" ? values.expression : `${values.expression} ${values.purpose}`;
      const rules = await table.workspaces.of(place);
      const channelDialect = values.dialect ?? (await table.dialects.of(place.channelId));
      const expanded = await table.saved.expanded(typed, { userId: user.id, channelId: place.channelId });
      const read = await readRoll(answered(expanded, values.answers), {
        dialect: channelDialect,
        rules,
        characters: table.characters,
        userId: user.id,
        character: values.character,
      });
      const { known, purpose, names } = read;
      const advantage = values.advantage
        ? "advantage"
        : values.disadvantage
          ? "disadvantage"
          : read.advantage;
      const rerollUpTo = values.rerollOnes ? 1 : values.rerollTwos ? 2 : undefined;
      const faces = values.faces === undefined ? undefined : facesOf(values.faces);
      const { dialect, expression } = known;
      const options = { dialect, limits: rules.limits, advantage, rerollUpTo, names };
      const isPlain = advantage === undefined && rerollUpTo === undefined && read.as === undefined;
      const blind = isBlindRoll({
        asked: values.blind,
        shown: values.show,
        purpose: read.purpose,
        place,
        rules,
      });
      const roll = refusing(() => {
        const roller = isPlain ? known.roller : new Roller(expression, options);
        return faces ? roller.rollFaces(faces) : roller.roll(randomFrom(random));
      });
      const chance = chanceOf(roll, () => (isPlain ? known.odds : oddsAtOnce(expression, options)));
      const manner = [
        ...(read.as === undefined ? [] : [`for ${escapeMarkdown(read.as)}`]),
        ...(advantage === undefined ? [] : [`at ${advantage}`]),
        ...(rerollUpTo === undefined
          ? []
          : [rerollUpTo === 1 ? "re-rolling ones" : "re-rolling ones and twos"]),
      ];
      const words = { purpose, manner, chance, target: read.target };
      table.notes.note(context, rules, [
        {
          roll,
          reason: purpose,
          character: read.as,
          advantage,
          rerollUpTo,
          blind,
          told: describeRoll(roll, words),
        },
      ]);
      if (blind) {
        yield markdown(describeBlindRoll(roll, words));
        return;
      }
      yield markdown(describeRoll(roll, { ...words, whole: values.whole, drawn: drawsDice(place) }));
      yield json(
        rollDocument(roll, {
          purpose,
          advantage,
          chance,
          warnings: known.warnings,
          character: read.as,
          target: read.target,
        }),
        ROLL_MIME,
      );
      if (!WITHOUT_BUTTONS.has(place.adapter) && !faces) {
        yield buttons([
          { label: "Roll again", line: lineOf(typed, values) },
          ...rerollButtons(roll, context.action.id),
        ]);
      }
    },
  });
}

/** How likely a total of at least this is; undefined where that is not known at once, or says nothing. */
function chanceOf(roll: RollDetail, odds: () => Odds | undefined): number | undefined {
  if (roll.dice.length === 0 || roll.repeats.length > 0 || roll.passed !== null) return undefined;
  const found = odds();
  return found && ratioToNumber(found.atLeast(roll.total));
}

/** The same line once more. */
function lineOf(
  typed: string,
  values: {
    readonly advantage: boolean;
    readonly disadvantage: boolean;
    readonly rerollOnes: boolean;
    readonly rerollTwos: boolean;
    readonly whole: boolean;
    readonly show: boolean;
    readonly answers: string | undefined;
    readonly dialect: string | undefined;
    readonly character: string | undefined;
  },
): string {
  const words = [
    values.advantage ? "-a" : "",
    values.disadvantage ? "-d" : "",
    values.rerollOnes ? "-1" : "",
    values.rerollTwos ? "-2" : "",
    values.whole ? "-w" : "",
    values.show ? "-s" : "",
    values.answers === undefined ? "" : `--answers ${quoted(values.answers)}`,
    values.dialect === undefined ? "" : `--dialect ${values.dialect}`,
    values.character === undefined ? "" : `--character ${quoted(values.character)}`,
    "--",
    quoted(typed),
  ];
  return `roll ${words.filter((word) => word !== "").join(" ")}`;
}

function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, "\\$&")}"`;
}
