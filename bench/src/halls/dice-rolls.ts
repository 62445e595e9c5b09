// Rolls dice with this library and with others, in turns, in one process:
//   node dice-rolls.ts ROUNDS MILLISECONDS
// Prints one line of JSON: the times of a roll in nanoseconds, and those of odds in milliseconds.
import { createRequire } from "node:module";
import { DiceRoll } from "@dice-roller/rpg-dice-roller";
import { BufferedRandom, oddsOf, Roller, RollerCache } from "@guildhall/dice-engine";
import { z } from "zod";

/** Rolls a text once and returns a number made of what every die showed, so that nothing can be left out. */
type RollText = (text: string) => number;

const [rounds = 5, milliseconds = 200] = process.argv.slice(2).map(Number);
const require = createRequire(import.meta.url);

interface DrollResult {
  readonly total: number;
  readonly rolls: readonly number[];
}
const droll = z.custom<{ roll(text: string): DrollResult | false }>().parse(require("droll"));
interface ParsedRoll {
  readonly value: number;
  readonly rolls: readonly number[];
}
const rollParser = z.custom<{ parseAndRoll(text: string): ParsedRoll }>().parse(require("roll-parser"));
interface DiceResult {
  readonly total: number;
}
const diceTypescript = z
  .custom<{ Dice: new () => { roll(text: string): DiceResult } }>()
  .parse(require("dice-typescript"));

const { DiceRoller } = z
  .custom<{ DiceRoller: new () => { roll(text: string): { readonly value: number } } }>()
  .parse(require("@3d-dice/dice-roller-parser"));
interface NotationResult {
  readonly result: number;
  readonly rolls: readonly unknown[];
}
const diceNotation = z
  .custom<{ roll(text: string): NotationResult }>()
  .parse(require("@airjp73/dice-notation"));

const parserRoller = new DiceRoller();
const oldDice = new diceTypescript.Dice();

/** The expressions, each as the others spell it, and who can roll it with every die's result. */
const EXPRESSIONS: readonly { readonly text: string; readonly peers: Readonly<Record<string, string>> }[] = [
  {
    text: "1d20+5",
    peers: {
      droll: "1d20+5",
      "roll-parser": "1d20+5",
      "@airjp73/dice-notation": "1d20+5",
      "@3d-dice/dice-roller-parser": "1d20+5",
      "dice-typescript": "1d20+5",
      "@dice-roller/rpg-dice-roller": "1d20+5",
    },
  },
  {
    text: "4d6kh3",
    peers: {
      "@3d-dice/dice-roller-parser": "4d6kh3",
      "dice-typescript": "4d6kh3",
      "@dice-roller/rpg-dice-roller": "4d6kh3",
    },
  },
  {
    text: "10d10!",
    peers: {
      "roll-parser": "10d10!",
      "@3d-dice/dice-roller-parser": "10d10!",
      "dice-typescript": "10d10!",
      "@dice-roller/rpg-dice-roller": "10d10!",
    },
  },
  {
    text: "100d6",
    peers: {
      droll: "100d6",
      "roll-parser": "100d6",
      "@airjp73/dice-notation": "100d6",
      "@3d-dice/dice-roller-parser": "100d6",
      "dice-typescript": "100d6",
      "@dice-roller/rpg-dice-roller": "100d6",
    },
  },
  {
    text: "1000d6",
    peers: {
      droll: "1000d6",
      "roll-parser": "1000d6",
      "@airjp73/dice-notation": "1000d6",
      "@3d-dice/dice-roller-parser": "1000d6",
      "dice-typescript": "1000d6",
    },
  },
];

const PEERS: Readonly<Record<string, RollText>> = {
  droll: (text) => {
    const result = droll.roll(text);
    return result ? result.total + result.rolls.length : Number.NaN;
  },
  "roll-parser": (text) => {
    const { value, rolls } = rollParser.parseAndRoll(text);
    return value + rolls.length;
  },
  "@airjp73/dice-notation": (text) => {
    const { result, rolls } = diceNotation.roll(text);
    return result + rolls.length;
  },
  "@3d-dice/dice-roller-parser": (text) => parserRoller.roll(text).value,
  "dice-typescript": (text) => oldDice.roll(text).total,
  "@dice-roller/rpg-dice-roller": (text) => {
    const { total, rolls } = new DiceRoll(text);
    return total + rolls.length;
  },
};

const random = new BufferedRandom();
const cache = new RollerCache();

function ours(text: string): Readonly<Record<"cached" | "kept" | "fresh" | "whole", () => number>> {
  const kept = new Roller(text);
  return {
    cached: () => {
      const { total, faces } = cache.get(text).roll(random);
      return total + faces.length;
    },
    kept: () => {
      const { total, faces } = kept.roll(random);
      return total + faces.length;
    },
    fresh: () => {
      const { total, faces } = new Roller(text).roll(random);
      return total + faces.length;
    },
    whole: () => {
      const { total, dice, terms } = kept.roll(random);
      return total + dice.length + terms.length;
    },
  };
}

let sink = 0;

/** The time of one roll in nanoseconds, over so many milliseconds. */
function timed(work: () => number): number {
  const begun = performance.now();
  const end = begun + milliseconds;
  let done = 0;
  let size = 1;
  let now = begun;
  while (now < end) {
    for (let index = 0; index < size; index += 1) sink += work();
    done += size;
    size = Math.min(size * 2, 4096);
    now = performance.now();
  }
  return ((now - begun) * 1e6) / done;
}

const rolls = EXPRESSIONS.map(({ text, peers }) => {
  const mine = ours(text);
  const works: [string, () => number][] = [
    ...Object.entries(mine),
    ...Object.entries(peers).flatMap(([name, spelled]): [string, () => number][] => {
      const rollText = PEERS[name];
      return rollText ? [[name, () => rollText(spelled)]] : [];
    }),
  ];
  const times: Record<string, number[]> = {};
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, work] of works) {
      const time = timed(work);
      if (round > 0) (times[name] ??= []).push(time);
    }
  }
  return { text, times };
});

const odds = ["4d6kh3", "100d6", "1000d6", "40d20kh10", "20d10kh10", "10d10!"].map((text) => {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const begun = performance.now();
    sink += oddsOf(text).distribution.size;
    if (round > 0) times.push(performance.now() - begun);
  }
  return { text, times };
});

if (!Number.isFinite(sink)) throw new Error("some library could not roll");
process.stdout.write(`${JSON.stringify({ rolls, odds })}\n`);
