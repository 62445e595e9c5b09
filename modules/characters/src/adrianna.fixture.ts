import { Sheet } from "./sheet.ts";

/** A fighter and rogue, as a sheet in YAML. */
export const ADRIANNA_YAML = `name: Adrianna
player: U42
classes:
  Fighter: 4
  rogue: 1
race: half-elf
alignment: neutral good
strength: 9
dexterity: 16
constitution: 14
intelligence: 10
wisdom: 13
charisma: 8
armor_class: 15
hit_points: 40
current_hit_points: 30
saving_throws: [str, constitution]
custom_skills:
  Herbalism: wis
proficiencies: [Stealth, Perception]
expertise: [sleight_of hand]
roll_aliases:
  sneak attack: 1d6 + @dex
`;

/** A knight, as a sheet in JSON. */
export const ALEK_JSON = JSON.stringify({
  name: "Sir Alek",
  system: "pendragon",
  religion: "christian",
  statistics: { siz: 10, dex: 9, str: 14, con: 17, app: 11 },
  traits: {
    chaste: 13,
    energetic: 15,
    forgiving: 10,
    generous: 13,
    honest: 16,
    just: 8,
    merciful: 10,
    modest: 13,
    prudent: 13,
    spiritual: 8,
    temperate: 14,
    trusting: 11,
    valorous: 15,
  },
  passions: { "Love family": 15 },
  skills: { sword: 17 },
});

/** A sheet of the given fields. */
export function sheetOf(fields: object): Sheet {
  return Sheet.parse(fields);
}

/** The least that a sheet of the fifth edition needs. */
export const BARE_DND5 = {
  name: "Bare",
  classes: { wizard: 1 },
  strength: 10,
  dexterity: 10,
  constitution: 10,
  intelligence: 10,
  wisdom: 10,
  charisma: 10,
  armor_class: 10,
  hit_points: 6,
};
