import { CommandError, defineCommand, integer, option, rest, text, type Command } from "@guildhall/sdk";
import { showTracker } from "./describe-tracker.ts";
import { findCombatant, withCombatant, type Combatant, type Tracker } from "./tracker.ts";
import type { Trackers } from "./trackers.ts";
import { addEffect } from "./turns.ts";

const LONGEST_NAME = 80;
const LONGEST_NOTE = 200;
const MOST_EFFECTS = 20;
const MOST_TURNS = 10_000;
const LARGEST_AMOUNT = 1_000_000;

const name = text("Who (in quotes where the name has spaces)", { maxLength: LONGEST_NAME });

/** The sub-commands about one of those in the order: hit points, effects, a note. */
export function combatantCommands(trackers: Trackers): readonly Command[] {
  const hp = defineCommand({
    name: "hp",
    summary: "Set or change the hidden hit points of somebody whom you brought in",
    arguments: {
      name,
      amount: text("-7 takes, +5 gives, 20 sets them and their maximum", { maxLength: 10 }),
    },
    examples: ['init hp "Goblin 2" -7', "init hp Ogre 59"],
    async *run({ name: who, amount }, { user, place }) {
      const { tracker } = await trackers.change(place, (before) => {
        const combatant = findCombatant(before, who);
        if (combatant.ownerId !== user.id) {
          throw new CommandError(`Only whoever brought ${combatant.name} in knows its hit points.`, {
            code: "hidden_hit_points",
          });
        }
        return { tracker: withCombatant(before, { ...combatant, hitPoints: changed(combatant, amount) }) };
      });
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const effectAdd = defineCommand({
    name: "add",
    summary: "Put an effect on somebody, for some of their turns or until it is removed",
    arguments: {
      name,
      effect: rest("The effect", { required: true, maxLength: LONGEST_NAME }),
      turns: option(
        "-t",
        integer("How many of their turns it lasts, the present one included", {
          min: 1,
          max: MOST_TURNS,
          optional: true,
        }),
      ),
    },
    examples: ['init effect add "Goblin 2" poisoned -t 3', "init effect add Adrianna blessed"],
    async *run({ name: bearer, effect: typed, turns }, { user, place }) {
      const effect = oneLine(typed);
      const { tracker } = await trackers.change(place, (before) => {
        if (findCombatant(before, bearer).effects.length >= MOST_EFFECTS) {
          throw new CommandError(`At most ${MOST_EFFECTS} effects can be on one: remove some.`, {
            code: "too_many_effects",
          });
        }
        return { tracker: addEffect(before, { bearer, effect, turns }) };
      });
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const effectRemove = defineCommand({
    name: "remove",
    summary: "End an effect on somebody",
    arguments: { name, effect: rest("The effect", { required: true, maxLength: LONGEST_NAME }) },
    examples: ["init effect remove Adrianna blessed"],
    async *run({ name: bearer, effect: typed }, { user, place }) {
      const effect = oneLine(typed).toLowerCase();
      const { tracker } = await trackers.change(place, (before) => {
        const combatant = findCombatant(before, bearer);
        const effects = combatant.effects.filter((one) => one.name.toLowerCase() !== effect);
        if (effects.length === combatant.effects.length) {
          throw new CommandError(`There is no "${typed}" on ${combatant.name}.`, { code: "no_such_effect" });
        }
        return { tracker: withCombatant(before, { ...combatant, effects }) };
      });
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  const effect = defineCommand({
    name: "effect",
    summary: "Effects on those in the initiative",
    commands: [effectAdd, effectRemove],
  });

  const note = defineCommand({
    name: "note",
    summary: "Write something beside somebody's name, or take it away",
    arguments: {
      name,
      note: rest("What to write; nothing takes the note away", { maxLength: LONGEST_NOTE }),
    },
    examples: ['init note "Goblin 2" on the roof'],
    async *run({ name: who, note: written }, { user, place }) {
      const { tracker } = await trackers.change(place, (before): { tracker: Tracker } => ({
        tracker: withCombatant(before, { ...findCombatant(before, who), note: oneLine(written) }),
      }));
      yield* showTracker(tracker, { userId: user.id });
    },
  });

  return [hp, effect, note];
}

function oneLine(typed: string): string {
  return typed.replaceAll(/[\p{Cc}\s\u2028\u2029]+/gu, " ").trim();
}

/** @throws CommandError when the amount cannot be read, or there is nothing to change */
function changed({ name: who, hitPoints }: Combatant, typed: string): NonNullable<Combatant["hitPoints"]> {
  const [, sign = "", digits] = /^\s*([+\-\u2212]?)(\d+)\s*$/.exec(typed) ?? [];
  const amount = Number(digits ?? Number.NaN);
  if (!(amount <= LARGEST_AMOUNT)) {
    throw new CommandError(`Could not parse amount: "${typed}". Give -7, +5 or 20.`, { code: "bad_amount" });
  }
  if (sign === "") return { current: amount, maximum: amount };
  if (!hitPoints) {
    throw new CommandError(`${who} has no hit points yet: set them first, as in init hp "${who}" 20`, {
      code: "no_hit_points",
    });
  }
  const { current, maximum } = hitPoints;
  return {
    current: sign === "+" ? Math.min(maximum, current + amount) : Math.max(0, current - amount),
    maximum,
  };
}
