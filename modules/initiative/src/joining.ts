import { CommandError } from "@guildhall/sdk";
import { MOST_COMBATANTS, sameName, type Combatant, type Tracker } from "./tracker.ts";

/** Somebody who comes into the order. */
export interface Newcomer {
  readonly name: string;
  readonly ownerId: string;
  readonly value: number;
  readonly hitPoints: number | null;
}

/** Takes newcomers in by what they rolled, behind those who rolled the same; one of the same name is replaced (F-37). */
export function join(tracker: Tracker, newcomers: readonly Newcomer[]): Tracker {
  return newcomers.reduce((grown, newcomer) => {
    const old = grown.combatants.find(({ name }) => sameName(name, newcomer.name));
    return old ? rejoin(grown, { old, newcomer }) : insert(grown, fresh(grown, newcomer));
  }, tracker);
}

/**
 * Takes newcomers in under numbered names: the first free numbers, and no number for a name that is free and wanted
 * once.
 */
export function addNumbered(tracker: Tracker, newcomers: readonly Newcomer[]): Tracker {
  return newcomers.reduce((grown, newcomer) => {
    const alone = newcomers.length === 1 && !hasFamily(grown, newcomer.name);
    const name = alone ? newcomer.name : freeName(grown, newcomer.name);
    return insert(grown, fresh(grown, { ...newcomer, name }));
  }, tracker);
}

/** The numbered names of so many that join under one name; the name itself for one. */
export function numberedNames(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);
}

function rejoin(tracker: Tracker, { old, newcomer }: { old: Combatant; newcomer: Newcomer }): Tracker {
  const without = { ...tracker, combatants: tracker.combatants.filter(({ id }) => id !== old.id) };
  // The owner stays: whoever takes the name of a monster must not learn its hit points.
  return insert(without, { ...old, value: newcomer.value, delaying: false });
}

function fresh(tracker: Tracker, { name, ownerId, value, hitPoints }: Newcomer): Combatant {
  return {
    id: tracker.nextId,
    name,
    ownerId,
    value,
    hitPoints: hitPoints === null ? null : { current: hitPoints, maximum: hitPoints },
    effects: [],
    note: "",
    delaying: false,
    skipping: false,
  };
}

function insert(tracker: Tracker, combatant: Combatant): Tracker {
  if (tracker.combatants.length >= MOST_COMBATANTS) {
    throw new CommandError(
      `There are ${MOST_COMBATANTS} in the initiative, which is the most: remove some, or begin anew with "init reset".`,
      { code: "too_many_combatants" },
    );
  }
  const place = tracker.combatants.findIndex(({ value }) => value < combatant.value);
  const combatants = tracker.combatants.toSpliced(
    place === -1 ? tracker.combatants.length : place,
    0,
    combatant,
  );
  return { ...tracker, combatants, nextId: Math.max(tracker.nextId, combatant.id + 1) };
}

function hasFamily({ combatants }: Tracker, name: string): boolean {
  return combatants.some((one) => sameName(one.name.replace(/ \d+$/, ""), name) || sameName(one.name, name));
}

function freeName(tracker: Tracker, name: string): string {
  // One that was added alone counts as the first.
  const isTaken = (wanted: string) => tracker.combatants.some((one) => sameName(one.name, wanted));
  let number = isTaken(name) ? 2 : 1;
  while (isTaken(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}
