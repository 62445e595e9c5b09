import { z } from "zod";
import type { HitPoints } from "./hit-points.ts";
import { lookUpWords, type LookUp } from "./look-up.ts";
import {
  commonFields,
  currentHitPoints,
  hitPointFields,
  hitPoints,
  line,
  listOf,
  lowerCaseLine,
  recordOf,
} from "./sheet-fields.ts";

/** The six abilities. */
export const ABILITIES = [
  "strength",
  "dexterity",
  "constitution",
  "intelligence",
  "wisdom",
  "charisma",
] as const;

/** One of the {@link ABILITIES}. */
export type Ability = (typeof ABILITIES)[number];

/** The skills of the fifth edition, and the ability behind each (M-39). */
export const SKILLS: ReadonlyMap<string, Ability> = new Map<string, Ability>(
  Object.entries({
    acrobatics: "dexterity",
    "animal handling": "wisdom",
    arcana: "intelligence",
    athletics: "strength",
    deception: "charisma",
    history: "intelligence",
    insight: "wisdom",
    intimidation: "charisma",
    investigation: "intelligence",
    medicine: "wisdom",
    nature: "intelligence",
    perception: "wisdom",
    performance: "charisma",
    persuasion: "charisma",
    religion: "intelligence",
    "sleight of hand": "dexterity",
    stealth: "dexterity",
    survival: "wisdom",
  } as const),
);

const HIT_DICE: ReadonlyMap<string, number> = new Map(
  Object.entries({
    artificer: 8,
    barbarian: 12,
    bard: 8,
    cleric: 8,
    druid: 8,
    fighter: 10,
    monk: 8,
    paladin: 10,
    ranger: 10,
    rogue: 8,
    sorcerer: 6,
    warlock: 8,
    wizard: 6,
  }),
);

const ALIGNMENTS = [
  "lawful good",
  "good",
  "chaotic good",
  "lawful",
  "neutral",
  "chaotic neutral",
  "lawful evil",
  "evil",
  "chaotic evil",
] as const;

const ALIGNMENT_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["neutral good", "good"],
  ["lawful neutral", "lawful"],
  ["true neutral", "neutral"],
  ["neutral evil", "evil"],
]);

const score = z.int().min(0).max(100);

/** An ability by its name or any beginning that only it has, such as "dex". */
const abilityName = lowerCaseLine.transform((text, context): Ability => {
  const ability = matchAbility(text);
  if (ability) return ability;
  context.addIssue({ code: "custom", message: `is no ability: use one of ${ABILITIES.join(", ")}` });
  return z.NEVER;
});

/** A sheet of Dungeons & Dragons, fifth edition, as it is written in YAML and kept. */
export const Dnd5Sheet = z
  .strictObject({
    ...commonFields,
    system: z.literal("dnd5"),
    classes: recordOf(z.int().min(1).max(100)).refine(
      (classes) => Object.keys(classes).length > 0,
      "names no class: write one with its level, such as fighter: 3",
    ),
    background: line.optional(),
    race: line.optional(),
    alignment: lowerCaseLine
      .transform((text) => ALIGNMENT_SPELLINGS.get(text) ?? text)
      .pipe(z.enum(ALIGNMENTS))
      .optional(),
    strength: score,
    dexterity: score,
    constitution: score,
    intelligence: score,
    wisdom: score,
    charisma: score,
    speed: z.int().min(0).max(10_000).default(30),
    armor_class: z.int().min(0).max(1000),
    current_hit_points: hitPoints.nullish(),
    hit_points: hitPoints.min(1),
    ...hitPointFields,
    saving_throws: listOf(abilityName),
    custom_skills: recordOf(abilityName).default({}),
    proficiencies: listOf(lowerCaseLine),
    expertise: listOf(lowerCaseLine),
  })
  .transform((sheet, context) => ({
    ...sheet,
    current_hit_points: currentHitPoints(sheet, { maximum: sheet.hit_points, source: "", context }),
  }));

/** A sheet of Dungeons & Dragons, fifth edition. */
export type Dnd5Sheet = z.output<typeof Dnd5Sheet>;

/** The ability that a word is the beginning of; undefined when it is of none, or of several. */
export function matchAbility(word: string): Ability | undefined {
  if (word === "") return undefined;
  const [found, second] = ABILITIES.filter((ability) => ability.startsWith(word.toLowerCase()));
  return second === undefined ? found : undefined;
}

/** Half of the score, rounded down, less 5 (M-38). */
export function abilityModifier(value: number): number {
  return Math.floor(value / 2) - 5;
}

/** All class levels together. */
export function dnd5Level({ classes }: Dnd5Sheet): number {
  return Object.values(classes).reduce((sum, level) => sum + level, 0);
}

/** 2 at first level, and 1 more every four levels. */
export function proficiencyBonus(sheet: Dnd5Sheet): number {
  return Math.floor((dnd5Level(sheet) - 1) / 4) + 2;
}

/** The modifier of a saving throw. */
export function saveModifier(sheet: Dnd5Sheet, ability: Ability): number {
  const proficient = sheet.saving_throws.includes(ability);
  return abilityModifier(sheet[ability]) + (proficient ? proficiencyBonus(sheet) : 0);
}

/** A bard of the second level adds half the bonus to checks without proficiency (M-40). */
function jackOfAllTrades(sheet: Dnd5Sheet): number {
  return (sheet.classes["bard"] ?? 0) >= 2 ? Math.floor(proficiencyBonus(sheet) / 2) : 0;
}

/** The modifier of a skill, the sheet's own skills first; undefined for one that nobody knows. */
export function skillModifier(sheet: Dnd5Sheet, skill: string): number | undefined {
  const own = Object.hasOwn(sheet.custom_skills, skill) ? sheet.custom_skills[skill] : undefined;
  const ability = own ?? SKILLS.get(skill);
  if (ability === undefined) return undefined;
  const modifier = abilityModifier(sheet[ability]);
  if (sheet.expertise.includes(skill)) return modifier + 2 * proficiencyBonus(sheet);
  if (sheet.proficiencies.includes(skill)) return modifier + proficiencyBonus(sheet);
  return modifier + jackOfAllTrades(sheet);
}

/** What is added to the d20 for initiative. */
export function initiativeModifier(sheet: Dnd5Sheet): number {
  return abilityModifier(sheet.dexterity) + jackOfAllTrades(sheet);
}

/** Hit dice with the largest first, such as `5d10+2d6`; classes of one's own making have none. */
export function hitDice({ classes }: Dnd5Sheet): string {
  const counts = new Map<number, number>();
  for (const [name, level] of Object.entries(classes)) {
    const faces = HIT_DICE.get(name);
    if (faces !== undefined) counts.set(faces, (counts.get(faces) ?? 0) + level);
  }
  return [...counts]
    .toSorted(([one], [other]) => other - one)
    .map(([faces, count]) => `${count}d${faces}`)
    .join("+");
}

/**
 * Finds what is added to a d20 (M-34): a saving throw when one of the words is "save"; else an ability by its
 * beginning; else a skill, the sheet's own first.
 */
export function lookUpDnd5(sheet: Dnd5Sheet, typed: string): LookUp | undefined {
  const words = lookUpWords(typed);
  const found = modifierOf(sheet, words);
  return found === undefined ? undefined : { kind: "modifier", modifier: found };
}

const SAVE_WORDS = new Set(["save", "saves", "saving", "throw"]);

function modifierOf(sheet: Dnd5Sheet, words: readonly string[]): number | undefined {
  const text = words.join(" ");
  if (text === "initiative" || text === "init") return initiativeModifier(sheet);
  if (text === "proficiency" || text === "proficiency bonus") return proficiencyBonus(sheet);
  if (words.some((word) => SAVE_WORDS.has(word))) {
    const ability = matchAbility(words.find((word) => !SAVE_WORDS.has(word)) ?? "");
    return ability && saveModifier(sheet, ability);
  }
  const ability = matchAbility(text);
  return ability ? abilityModifier(sheet[ability]) : skillModifier(sheet, text);
}

/** What `@name` stands for in dice: look-ups, `@level`, `@ac`, `@hp` and scores such as `@strength_score`. */
export function dnd5Variable(sheet: Dnd5Sheet, name: string): number | undefined {
  const words = lookUpWords(name);
  switch (words.join(" ")) {
    case "level":
      return dnd5Level(sheet);
    case "prof":
      return proficiencyBonus(sheet);
    case "ac":
    case "armor class":
      return sheet.armor_class;
    case "speed":
      return sheet.speed;
    case "hp":
      return sheet.current_hit_points;
  }
  if (words.length === 2 && words[1] === "score") {
    const ability = matchAbility(words[0] ?? "");
    return ability && sheet[ability];
  }
  const [className = "", second] = words;
  if (words.length === 2 && second === "level" && Object.hasOwn(sheet.classes, className)) {
    return sheet.classes[className];
  }
  return modifierOf(sheet, words);
}

/** The hit points on the sheet. */
export function dnd5HitPoints(sheet: Dnd5Sheet): HitPoints {
  return {
    current: sheet.current_hit_points,
    temporary: sheet.temporary_hit_points,
    maximum: sheet.hit_points,
    adjustment: sheet.hit_points_adjustment,
  };
}
