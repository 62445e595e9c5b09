import type { CharactersApi } from "@guildhall/characters";
import { DiceError, randomFrom, Roller } from "@guildhall/dice-engine";
import {
  CommandError,
  defineCommand,
  integer,
  option,
  text,
  type Command,
  type Random,
} from "@guildhall/sdk";
import { showTracker } from "./describe-tracker.ts";
import { addNumbered, join, numberedNames, type Newcomer } from "./joining.ts";
import type { Trackers } from "./trackers.ts";

const LONGEST_NAME = 80;
const LONGEST_EXPRESSION = 200;
const MOST_AT_ONCE = 50;
const HIGHEST_HIT_POINTS = 1_000_000;
const DEFAULT_ROLL = "1d20";

const name = text("The name (in quotes where it has spaces)", { maxLength: LONGEST_NAME });
const roll = text("The dice for initiative, such as 1d20+3", {
  maxLength: LONGEST_EXPRESSION,
  default: DEFAULT_ROLL,
});
const count = integer("How many of them, each with a number and a roll of its own", {
  min: 1,
  max: MOST_AT_ONCE,
  default: 1,
});

/** `init join` and `init add`. */
export function joinCommands({
  trackers,
  characters,
}: {
  readonly trackers: Trackers;
  readonly characters: CharactersApi;
}): readonly Command[] {
  const joining = defineCommand({
    name: "join",
    summary: "Join the initiative, with your active character when you give no name",
    description: "One of the same name rolls again and keeps its effects.",
    arguments: {
      name: text("The name (in quotes where it has spaces); your active character when left out", {
        maxLength: LONGEST_NAME,
        optional: true,
      }),
      roll,
      count,
    },
    examples: ["init join", "init join Adrianna 1d20+3", "init join Wolf 1d20+2 3"],
    async *run({ name: typed, roll: expression, count: many }, { user, place, random }) {
      const who =
        typed === undefined
          ? await activeCharacter(characters, user.id)
          : { name: nameOf(typed), expression };
      const newcomers = numberedNames(who.name, many).map((one) => ({
        name: one,
        ownerId: user.id,
        value: rolled(who, random),
        hitPoints: null,
      }));
      const { tracker } = await trackers.change(place, (before) => ({ tracker: join(before, newcomers) }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const add = defineCommand({
    name: "add",
    summary: "Add monsters, numbered as they come; only you see their hit points",
    arguments: {
      name,
      roll,
      count,
      hp: option(
        undefined,
        text("Hit points, a number or dice that each rolls, such as 2d6+2", {
          maxLength: LONGEST_EXPRESSION,
          optional: true,
        }),
      ),
    },
    examples: ["init add Goblin 1d20+2 3 --hp 2d6", "init add Ogre 1d20-1 --hp 59"],
    async *run({ name: typed, roll: expression, count: many, hp }, { user, place, random }) {
      const who = { name: nameOf(typed), expression };
      const newcomers: readonly Newcomer[] = Array.from({ length: many }, () => ({
        name: who.name,
        ownerId: user.id,
        value: rolled(who, random),
        hitPoints: hp === undefined ? null : hitPointsOf(rolled({ expression: hp }, random)),
      }));
      const { tracker } = await trackers.change(place, (before) => ({
        tracker: addNumbered(before, newcomers),
      }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  return [joining, add];
}

interface Rollable {
  readonly expression: string;
  readonly variable?: (name: string) => number | undefined;
}

async function activeCharacter(
  characters: CharactersApi,
  userId: string,
): Promise<Rollable & { readonly name: string }> {
  const character = await characters.find({ userId });
  if (!character) {
    throw new CommandError(
      'You do not have any characters selected. Give a name, as in "init join Adrianna 1d20+3", or add one with "character add".',
      { code: "no_character" },
    );
  }
  return {
    name: character.name,
    expression: character.initiative,
    variable: (wanted) => character.variable(wanted),
  };
}

function nameOf(typed: string): string {
  const trimmed = typed.replaceAll(/[\p{Cc}\s\u2028\u2029]+/gu, " ").trim();
  if (/\p{L}/u.test(trimmed)) return trimmed;
  throw new CommandError(`"${trimmed}" is no name: give one with a letter in it.`, { code: "bad_name" });
}

/** @throws CommandError with the code `bad_expression` */
function rolled({ expression, variable }: Rollable, random: Random): number {
  try {
    const roller = new Roller(expression, variable ? { names: { variable } } : {});
    return roller.roll(randomFrom(random)).total;
  } catch (error) {
    if (!(error instanceof DiceError)) throw error;
    throw new CommandError(
      `The dice "${expression}" cannot be read, at column ${error.column}: ${error.message}`,
      { code: "bad_expression", cause: error },
    );
  }
}

function hitPointsOf(total: number): number {
  const whole = Math.floor(total);
  if (whole >= 0 && whole <= HIGHEST_HIT_POINTS) return whole;
  throw new CommandError(`Hit points are between 0 and ${HIGHEST_HIT_POINTS}.`, { code: "bad_amount" });
}
