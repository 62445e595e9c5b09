import { defineCommand, integer, option, rest, type Command } from "@guildhall/sdk";
import { describeEnded, showTracker } from "./describe-tracker.ts";
import { EMPTY_TRACKER } from "./tracker.ts";
import type { Trackers } from "./trackers.ts";
import { delay, nextTurn, previousTurn, remove, resume, skip, type Turned } from "./turns.ts";

const LONGEST_NAME = 80;

/** The sub-commands that change whose turn it is. */
export function turnCommands(trackers: Trackers): readonly Command[] {
  const get = defineCommand({
    name: "get",
    summary: "Show the initiative",
    pure: true,
    async *run(_values, { user, place }) {
      yield* showTracker(await trackers.read(place), { userId: user.id });
    },
  });

  const next = defineCommand({
    name: "next",
    summary: "End the present turn: it is the next one's",
    arguments: {
      turn: option(
        undefined,
        integer("Only when this is still the turn that is counted (the buttons give it)", {
          min: 0,
          optional: true,
        }),
      ),
    },
    examples: ["init next"],
    async *run({ turn }, { user, place }) {
      const { tracker, ended, late } = await trackers.change(place, (before) =>
        turn === undefined || turn === before.turn
          ? { ...nextTurn(before), late: false }
          : { tracker: before, ended: [], late: true },
      );
      const lead = late ? ["That turn had ended already."] : describeEnded(ended);
      yield* showTracker(tracker, { userId: user.id, lead });
    },
  });

  const previous = defineCommand({
    name: "previous",
    summary: "Go back to the turn before; effects that have ended stay ended",
    async *run(_values, { user, place }) {
      const { tracker } = await trackers.change(place, (before) => ({ tracker: previousTurn(before) }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const delaying = defineCommand({
    name: "delay",
    summary: "Take somebody out of the order until they resume",
    arguments: { name: rest("Who; the one whose turn it is when left out", { maxLength: LONGEST_NAME }) },
    examples: ["init delay", "init delay Adrianna"],
    async *run({ name }, { user, place }) {
      yield* shown(
        await trackers.change(place, (before) => delay(before, name === "" ? undefined : name)),
        user.id,
      );
    },
  });

  const resuming = defineCommand({
    name: "resume",
    summary: "Somebody who delayed acts now",
    arguments: { name: rest("Who", { required: true, maxLength: LONGEST_NAME }) },
    examples: ["init resume Adrianna"],
    async *run({ name }, { user, place }) {
      const { tracker } = await trackers.change(place, (before) => ({ tracker: resume(before, name) }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const skipping = defineCommand({
    name: "skip",
    summary: "Pass over somebody's next turn",
    arguments: { name: rest("Who", { required: true, maxLength: LONGEST_NAME }) },
    examples: ["init skip Goblin 2"],
    async *run({ name }, { user, place }) {
      const { tracker } = await trackers.change(place, (before) => ({ tracker: skip(before, name) }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const removing = defineCommand({
    name: "remove",
    summary: "Take somebody out of the initiative",
    arguments: {
      name: rest("Who", { required: true, maxLength: LONGEST_NAME }),
    },
    examples: ["init remove Goblin 2"],
    async *run({ name }, { user, place }) {
      yield* shown(await trackers.change(place, (before) => remove(before, name)), user.id);
    },
  });

  const reset = defineCommand({
    name: "reset",
    summary: "Empty the initiative and begin anew",
    async *run(_values, { user, place }) {
      const { tracker } = await trackers.change(place, (before) => ({
        // The turns go on being counted, so that no button from before works again.
        tracker: { ...EMPTY_TRACKER, turn: before.turn + 1 },
      }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  return [get, next, previous, delaying, resuming, skipping, removing, reset];
}

function* shown({ tracker, ended }: Turned, userId: string) {
  yield* showTracker(tracker, { userId, lead: describeEnded(ended) });
}
