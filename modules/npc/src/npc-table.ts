import type { Npc } from "./generate-npc.ts";

/** Characters as the rows of a table. */
export interface NpcTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const COLUMNS = [
  ["race", "Race"],
  ["age", "Age"],
  ["gender", "Gender"],
  ["alignment", "Alignment"],
  ["relationship", "Relationship"],
  ["eyes", "Eyes"],
  ["hair", "Hair"],
  ["skinTone", "Skin tone"],
  ["attractiveness", "Attractiveness"],
  ["orientation", "Orientation"],
] as const satisfies readonly (readonly [keyof Npc, string])[];

/** One row a character, one column a trait (M-43). */
export function npcTable(npcs: readonly Npc[]): NpcTable {
  return {
    columns: COLUMNS.map(([, heading]) => heading),
    rows: npcs.map((npc) => COLUMNS.map(([field]) => npc[field])),
  };
}
