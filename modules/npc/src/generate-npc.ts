import type { Random } from "@guildhall/sdk";
import { totalWeight, type NpcTables } from "./npc-tables.ts";

/** A character of the world. */
export interface Npc {
  readonly race: string;
  readonly age: string;
  readonly gender: string;
  readonly alignment: string;
  readonly relationship: string;
  readonly eyes: string;
  readonly hair: string;
  /** On the Fitzpatrick scale, 1 to 6. */
  readonly skinTone: number;
  /** 1 to 20. */
  readonly attractiveness: number;
  /** 1 to 6. */
  readonly orientation: number;
}

/** What rolls are made with. */
export interface RollOn {
  readonly tables: NpcTables;
  readonly random: Random;
}

/** The race whose horns and eyes have tables of their own. */
const HORNED = "tiefling";

/** Rolls a character. @param location one of the tables' `races` */
export function generateNpc(roll: RollOn & { readonly location: string }): Npc {
  const race = rollRace(roll);
  const { random } = roll;
  return {
    race,
    ...rollAgeAndGender(roll),
    alignment: rollAlignment(roll),
    relationship: rollRelationship(roll),
    ...rollEyesAndHair(roll, race),
    skinTone: random.integer(1, 6),
    attractiveness: random.integer(1, 20),
    orientation: random.integer(1, 6),
  };
}

/** A race of the location, by the weight of its tier. */
export function rollRace({ tables, random, location }: RollOn & { readonly location: string }): string {
  const { raceWeights } = tables;
  const tiers = tables.races[location] ?? [];
  let left = random.integer(1, totalWeight({ tiers, raceWeights }));
  for (const [tier, races] of tiers.entries()) {
    for (const race of races) {
      left -= raceWeights[tier] ?? 0;
      if (left <= 0) return race;
    }
  }
  throw new Error(`the weights of the races of ${location} are less than was rolled`);
}

/** Both from one d100: its row is the age; even is female, odd is male, and 100 tosses a coin. */
export function rollAgeAndGender({ tables, random }: RollOn): {
  readonly age: string;
  readonly gender: string;
} {
  const rolled = random.integer(1, 100);
  const isFemale = rolled === 100 ? random.integer(1, 2) === 2 : rolled % 2 === 0;
  return { age: lookUp(tables.ages, { rolled, random }), gender: isFemale ? "female" : "male" };
}

/** By a number from 3 to 18, each equally likely. */
export function rollAlignment({ tables, random }: RollOn): string {
  return lookUp(tables.alignments, { rolled: random.integer(3, 18), random });
}

/** By a d20. */
export function rollRelationship({ tables, random }: RollOn): string {
  return lookUp(tables.relationships, { rolled: random.integer(1, 20), random });
}

/** Eyes and hair; a tiefling has eyes of other colours, and horns with the hair. */
export function rollEyesAndHair(
  { tables, random }: RollOn,
  race: string,
): { readonly eyes: string; readonly hair: string } {
  const hair = oneOf(tables.hair, random);
  if (race !== HORNED) return { eyes: oneOf(tables.eyes, random), hair };
  const eyes = oneOf(tables.tieflingEyes, random);
  return { eyes, hair: `${hair}; horns: ${oneOf(tables.tieflingHorns, random)}` };
}

/** The first row whose threshold the roll does not exceed. */
function lookUp(
  rows: readonly { readonly atMost: number; readonly anyOf: readonly string[] }[],
  { rolled, random }: { readonly rolled: number; readonly random: Random },
): string {
  const row = rows.find(({ atMost }) => rolled <= atMost);
  if (!row) throw new Error(`no row of the table has ${rolled}`);
  return oneOf(row.anyOf, random);
}

function oneOf(words: readonly string[], random: Random): string {
  const index = words.length === 1 ? 0 : random.integer(1, words.length) - 1;
  const word = words[index];
  if (word === undefined) throw new Error(`there is no word ${index + 1} of ${words.length}`);
  return word;
}
