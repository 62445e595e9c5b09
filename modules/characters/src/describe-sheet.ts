import { escapeMarkdown, markdown, table, type TextChunk } from "@guildhall/sdk";
import {
  ABILITIES,
  abilityModifier,
  hitDice,
  initiativeModifier,
  proficiencyBonus,
  saveModifier,
  skillModifier,
  SKILLS,
  type Dnd5Sheet,
} from "./dnd5-sheet.ts";
import { adjustedMaximum, totalHitPoints } from "./hit-points.ts";
import { signed } from "./look-up.ts";
import {
  pendragonBonus,
  pendragonDerived,
  pendragonTraits,
  TRAIT_PAIRS,
  type PendragonSheet,
} from "./pendragon-sheet.ts";
import { describeCharacter, hitPointsOf, initiativeExpression, type Sheet } from "./sheet.ts";

/** A sheet for people: a headline, then tables. */
export function describeSheet(sheet: Sheet): readonly TextChunk[] {
  switch (sheet.system) {
    case "dnd5":
      return describeDnd5(sheet);
    case "pendragon":
      return describePendragon(sheet);
    case "plain":
      return [headline(sheet, [["initiative", initiativeExpression(sheet)]])];
  }
}

function describeDnd5(sheet: Dnd5Sheet): readonly TextChunk[] {
  const classes = Object.entries(sheet.classes)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, level]) => `${name} ${level}`);
  const skills = [...new Set([...SKILLS.keys(), ...Object.keys(sheet.custom_skills)])].toSorted();
  return [
    headline(sheet, [
      ["class", classes.join(", ")],
      ["race", sheet.race],
      ["background", sheet.background],
      ["alignment", sheet.alignment],
      ["hit points", hitPointText(sheet)],
      ["armor class", String(sheet.armor_class)],
      ["initiative", signed(initiativeModifier(sheet))],
      ["proficiency bonus", signed(proficiencyBonus(sheet))],
      ["speed", String(sheet.speed)],
      ["hit dice", hitDice(sheet) || undefined],
    ]),
    table({
      columns: ["ability", "score", "modifier", "save"],
      rows: ABILITIES.map((ability) => [
        ability,
        sheet[ability],
        signed(abilityModifier(sheet[ability])),
        signed(saveModifier(sheet, ability)),
      ]),
    }),
    table({
      columns: ["skill", "modifier", "training"],
      rows: skills.map((skill) => [skill, signed(skillModifier(sheet, skill) ?? 0), training(sheet, skill)]),
    }),
    ...aliases(sheet),
  ];
}

function training({ expertise, proficiencies }: Dnd5Sheet, skill: string): string {
  if (expertise.includes(skill)) return "expert";
  return proficiencies.includes(skill) ? "proficient" : "";
}

function describePendragon(sheet: PendragonSheet): readonly TextChunk[] {
  const derived = pendragonDerived(sheet);
  const traits = pendragonTraits(sheet);
  const { statistics } = sheet;
  return [
    headline(sheet, [
      ["homeland", sheet.homeland],
      ["religion", sheet.religion],
      ["lord", sheet.lord],
      ["hit points", hitPointText(sheet)],
      ["unconscious at", String(derived.unconscious)],
      ["major wound", String(derived.majorWound)],
      ["damage", `${derived.damage}d6`],
      ["healing rate", `${derived.healingRate} per week`],
      ["move rate", `${derived.moveRate} per round`],
      ["chivalry", String(pendragonBonus(sheet, "chivalry"))],
    ]),
    table({ columns: Object.keys(statistics), rows: [Object.values(statistics)] }),
    table({
      columns: ["trait", "value", "opposite", "its value"],
      rows: TRAIT_PAIRS.map(([virtue, vice]) => [
        virtue,
        traits.get(virtue) ?? 0,
        vice,
        traits.get(vice) ?? 0,
      ]),
    }),
    ...numbers("passion", sheet.passions),
    ...numbers("skill", sheet.skills),
    ...aliases(sheet),
  ];
}

function headline(
  sheet: Sheet,
  facts: readonly (readonly [name: string, value: string | undefined])[],
): TextChunk {
  const told = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${escapeMarkdown(value)}`],
  );
  return markdown(`**${escapeMarkdown(describeCharacter(sheet))}**\n\n${told.join("  \n")}`);
}

function hitPointText(sheet: Sheet): string | undefined {
  const points = hitPointsOf(sheet);
  return points && `${totalHitPoints(points)}/${adjustedMaximum(points)}`;
}

function numbers(what: string, values: Readonly<Record<string, number>>): readonly TextChunk[] {
  const rows = Object.entries(values);
  return rows.length === 0 ? [] : [table({ columns: [what, "value"], rows })];
}

function aliases({ roll_aliases }: Sheet): readonly TextChunk[] {
  const rows = Object.entries(roll_aliases);
  return rows.length === 0 ? [] : [table({ columns: ["roll", "dice"], rows })];
}
