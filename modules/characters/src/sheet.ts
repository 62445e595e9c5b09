import { z } from "zod";
import {
  Dnd5Sheet,
  dnd5HitPoints,
  dnd5Level,
  dnd5Variable,
  initiativeModifier,
  lookUpDnd5,
} from "./dnd5-sheet.ts";
import type { HitPoints } from "./hit-points.ts";
import { signed, type LookUp } from "./look-up.ts";
import {
  lookUpPendragon,
  pendragonDerived,
  pendragonHitPoints,
  PendragonSheet,
  pendragonVariable,
} from "./pendragon-sheet.ts";
import { commonFields, line } from "./sheet-fields.ts";

/** A character without rules behind it: a name and what it rolls for initiative (F-14). */
const PlainSheet = z.strictObject({ ...commonFields, system: z.literal("plain"), initiative: line });

/** A character's sheet, by the game system that it is for. */
export const Sheet = z.preprocess(
  guessSystem,
  z.discriminatedUnion("system", [Dnd5Sheet, PendragonSheet, PlainSheet]),
);

/** A character's sheet, by the game system that it is for. */
export type Sheet = z.output<typeof Sheet>;

/** Sheets from before there were systems name none; they are those of the fifth edition, unless they have traits. */
function guessSystem(given: unknown): unknown {
  if (typeof given !== "object" || given === null || Array.isArray(given) || "system" in given) return given;
  return { system: "traits" in given ? "pendragon" : "dnd5", ...given };
}

/** "NAME (lvl N)" where the system has levels. */
export function describeCharacter(sheet: Sheet): string {
  switch (sheet.system) {
    case "dnd5":
      return `${sheet.name} (lvl ${dnd5Level(sheet)})`;
    case "pendragon":
      return `${sheet.name} (glory ${sheet.glory})`;
    case "plain":
      return sheet.name;
  }
}

/** The dice that the character rolls for initiative; a knight acts in the order of dexterity. */
export function initiativeExpression(sheet: Sheet): string {
  if (sheet.initiative !== undefined) return sheet.initiative;
  switch (sheet.system) {
    case "dnd5":
      return `1d20${signed(initiativeModifier(sheet))}`;
    case "pendragon":
      return String(sheet.statistics.dex);
    case "plain":
      return sheet.initiative;
  }
}

/** What the sheet says about an ability, a save, a skill or the like; undefined when it says nothing. */
export function lookUp(sheet: Sheet, typed: string): LookUp | undefined {
  switch (sheet.system) {
    case "dnd5":
      return lookUpDnd5(sheet, typed);
    case "pendragon":
      return lookUpPendragon(sheet, typed);
    case "plain":
      return undefined;
  }
}

/** What `@name` stands for in this character's dice; undefined when the sheet has no such number. */
export function variable(sheet: Sheet, name: string): number | undefined {
  switch (sheet.system) {
    case "dnd5":
      return dnd5Variable(sheet, name);
    case "pendragon":
      return pendragonVariable(sheet, name);
    case "plain":
      return undefined;
  }
}

/** The hit points on the sheet; undefined when its system has none. */
export function hitPointsOf(sheet: Sheet): HitPoints | undefined {
  switch (sheet.system) {
    case "dnd5":
      return dnd5HitPoints(sheet);
    case "pendragon":
      return pendragonHitPoints(sheet);
    case "plain":
      return undefined;
  }
}

/** The sheet with other hit points; its maximum stays. */
export function withHitPoints(sheet: Sheet, points: HitPoints): Sheet {
  if (sheet.system === "plain") return sheet;
  return {
    ...sheet,
    current_hit_points: points.current,
    temporary_hit_points: points.temporary,
    hit_points_adjustment: points.adjustment,
  };
}

/** At this many hit points or fewer the character is unconscious. */
export function unconsciousAt(sheet: Sheet): number {
  return sheet.system === "pendragon" ? pendragonDerived(sheet).unconscious : 0;
}
