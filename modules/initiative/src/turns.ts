import { CommandError } from "@guildhall/sdk";
import { currentIndex, findCombatant, withCombatant, type Combatant, type Tracker } from "./tracker.ts";

/** An effect that has come to its end. */
export interface EndedEffect {
  readonly bearer: string;
  readonly effect: string;
}

/** A tracker after turns went by. */
export interface Turned {
  readonly tracker: Tracker;
  readonly ended: readonly EndedEffect[];
}

/** Ends the present turn: the next one acts, those who are to be skipped are passed over, and effects run out. */
export function nextTurn(tracker: Tracker): Turned {
  const ended: EndedEffect[] = [];
  let index = currentIndex(tracker);
  if (index === -1) return { tracker, ended };
  let { round } = tracker;
  const combatants = [...tracker.combatants];
  const finish = () => {
    const combatant = combatants[index];
    if (!combatant || combatant.delaying) return;
    const isOver = ({ untilRound }: Combatant["effects"][number]) =>
      untilRound !== null && untilRound <= round;
    for (const { name } of combatant.effects.filter(isOver))
      ended.push({ bearer: combatant.name, effect: name });
    combatants[index] = { ...combatant, effects: combatant.effects.filter((effect) => !isOver(effect)) };
  };
  // Everybody may have to be skipped once, so that the second time round somebody acts.
  for (let step = 0; step < 2 * combatants.length; step += 1) {
    finish();
    index = (index + 1) % combatants.length;
    if (index === 0) round += 1;
    const candidate = combatants[index];
    if (!candidate || candidate.delaying) continue;
    if (!candidate.skipping) break;
    combatants[index] = { ...candidate, skipping: false };
  }
  const current = combatants[index]?.id ?? null;
  return { tracker: { ...tracker, combatants, round, current, turn: tracker.turn + 1 }, ended };
}

/** Goes back to the one who acted before; not before the first turn of the first round. */
export function previousTurn(tracker: Tracker): Tracker {
  const active = tracker.combatants.filter(({ delaying }) => !delaying);
  const at = active.findIndex(({ id }) => id === tracker.combatants[currentIndex(tracker)]?.id);
  if (at === -1) return tracker;
  if (at === 0 && tracker.round === 1) {
    throw new CommandError("This is the first turn: there is none before it.", { code: "first_turn" });
  }
  const before = active.at(at - 1);
  const round = at === 0 ? tracker.round - 1 : tracker.round;
  return { ...tracker, current: before?.id ?? null, round, turn: tracker.turn + 1 };
}

/** Takes somebody out of the order until they resume; when it was their turn, it is the next one's. */
export function delay(tracker: Tracker, name: string | undefined): Turned {
  const combatant =
    name === undefined ? tracker.combatants[currentIndex(tracker)] : findCombatant(tracker, name);
  if (!combatant) throw new CommandError("Nobody's turn can be delayed.", { code: "not_in_initiative" });
  if (combatant.delaying) {
    throw new CommandError(`${combatant.name} delays already: "init resume ${combatant.name}" ends that.`, {
      code: "delays_already",
    });
  }
  const waiting = { ...combatant, delaying: true };
  if (tracker.combatants[currentIndex(tracker)]?.id !== combatant.id) {
    return { tracker: withCombatant(tracker, waiting), ended: [] };
  }
  const { tracker: moved, ended } = nextTurn(tracker);
  const alone = moved.current === combatant.id;
  return { tracker: { ...withCombatant(moved, waiting), current: alone ? null : moved.current }, ended };
}

/** Somebody who delayed acts now, and from now on before the one whose turn it was. */
export function resume(tracker: Tracker, name: string): Tracker {
  const combatant = findCombatant(tracker, name);
  if (!combatant.delaying) {
    throw new CommandError(`${combatant.name} does not delay.`, { code: "does_not_delay" });
  }
  const at = tracker.combatants[currentIndex(tracker)];
  const rest = tracker.combatants.filter(({ id }) => id !== combatant.id);
  const place = at ? rest.findIndex(({ id }) => id === at.id) : 0;
  const back = { ...combatant, delaying: false, value: at?.value ?? combatant.value };
  return {
    ...tracker,
    combatants: rest.toSpliced(place, 0, back),
    current: combatant.id,
    turn: tracker.turn + 1,
  };
}

/** Somebody's next turn is to be passed over. */
export function skip(tracker: Tracker, name: string): Tracker {
  return withCombatant(tracker, { ...findCombatant(tracker, name), skipping: true });
}

/** Takes somebody out; when it was their turn, it is the next one's. */
export function remove(tracker: Tracker, name: string): Turned {
  const combatant = findCombatant(tracker, name);
  const wasCurrent = tracker.current === combatant.id;
  const { tracker: moved, ended } = wasCurrent ? nextTurn(tracker) : { tracker, ended: [] };
  const combatants = moved.combatants.filter(({ id }) => id !== combatant.id);
  const current = moved.current === combatant.id ? null : moved.current;
  return {
    tracker: { ...moved, combatants, current },
    ended: ended.filter(({ bearer }) => bearer !== combatant.name),
  };
}

/** How many of its bearer's turns an effect still lasts; null when it has no end. */
export function turnsLeft(
  tracker: Tracker,
  { bearer, untilRound }: { readonly bearer: Combatant; readonly untilRound: number | null },
): number | null {
  if (untilRound === null) return null;
  return untilRound - tracker.round + (hasActed(tracker, bearer) ? 0 : 1);
}

/** Puts an effect on somebody, in place of one of the same name. `turns` counts their own turns from now on. */
export function addEffect(
  tracker: Tracker,
  {
    bearer,
    effect,
    turns,
  }: { readonly bearer: string; readonly effect: string; readonly turns: number | undefined },
): Tracker {
  const combatant = findCombatant(tracker, bearer);
  const last = tracker.round + (turns ?? 0) - (hasActed(tracker, combatant) ? 0 : 1);
  const added = { name: effect, untilRound: turns === undefined ? null : last };
  const others = combatant.effects.filter(({ name }) => name.toLowerCase() !== effect.toLowerCase());
  return withCombatant(tracker, { ...combatant, effects: [...others, added] });
}

/** Whether somebody's turn of this round is over. */
function hasActed(tracker: Tracker, combatant: Combatant): boolean {
  return tracker.combatants.findIndex(({ id }) => id === combatant.id) < currentIndex(tracker);
}
