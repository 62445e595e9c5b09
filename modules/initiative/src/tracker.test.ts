import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addNumbered, join, numberedNames } from "./joining.ts";
import { currentIndex, EMPTY_TRACKER, findCombatant, type Tracker } from "./tracker.ts";
import { addEffect, delay, nextTurn, previousTurn, remove, resume, skip, turnsLeft } from "./turns.ts";

function newcomer(name: string, value: number) {
  return { name, value, ownerId: "u", hitPoints: null };
}

function trackerOf(...members: readonly (readonly [string, number])[]): Tracker {
  return join(
    EMPTY_TRACKER,
    members.map(([name, value]) => newcomer(name, value)),
  );
}

function names({ combatants }: Tracker): string[] {
  return combatants.map(({ name }) => name);
}

function acting(tracker: Tracker): string | undefined {
  return tracker.combatants[currentIndex(tracker)]?.name;
}

/** Who acts, turn after turn, beginning with the present one. */
function acts(tracker: Tracker, turns: number): (string | undefined)[] {
  const told = [acting(tracker)];
  let now = tracker;
  for (let turn = 1; turn < turns; turn += 1) {
    now = nextTurn(now).tracker;
    told.push(acting(now));
  }
  return told;
}

const three = trackerOf(["Ann", 17], ["Bob", 12], ["Cyd", 5]);

const trackers: fc.Arbitrary<Tracker> = fc
  .array(
    fc.record({
      name: fc.constantFrom("Ann", "Bob", "Cyd", "Dan", "Eve", "Fay"),
      value: fc.integer({ min: -3, max: 25 }),
      what: fc.constantFrom("join", "next", "delay", "resume", "skip", "remove"),
    }),
    { maxLength: 30 },
  )
  .map((steps) =>
    steps.reduce<Tracker>((tracker, { name, value, what }) => {
      const known = tracker.combatants.find((one) => one.name === name);
      if (what === "join") return join(tracker, [newcomer(name, value)]);
      if (what === "next") return nextTurn(tracker).tracker;
      if (!known) return tracker;
      if (what === "skip") return skip(tracker, name);
      if (what === "remove") return remove(tracker, name).tracker;
      if (what === "delay") return known.delaying ? tracker : delay(tracker, name).tracker;
      return known.delaying ? resume(tracker, name) : tracker;
    }, EMPTY_TRACKER),
  );

describe("joining", () => {
  it("F-37: sorts by value, the highest first, and of equals the first who came", () => {
    expect(names(trackerOf(["Ann", 5], ["Bob", 17], ["Cyd", 5], ["Dan", 9]))).toEqual([
      "Bob",
      "Dan",
      "Ann",
      "Cyd",
    ]);
  });

  it("F-37: replaces one of the same name, in any letter case, with the new roll", () => {
    const again = join(three, [newcomer("ANN", 1)]);
    expect(names(again)).toEqual(["Bob", "Cyd", "Ann"]);
    expect(again.combatants).toHaveLength(3);
  });

  it("does not give a monster away to whoever joins under its name", () => {
    const goblin = addNumbered(EMPTY_TRACKER, [{ ...newcomer("Goblin", 5), ownerId: "gm", hitPoints: 7 }]);
    expect(join(goblin, [newcomer("Goblin", 9)]).combatants).toMatchObject([{ ownerId: "gm", value: 9 }]);
  });

  it("numbers monsters by the first free numbers", () => {
    const goblins = (tracker: Tracker, count: number) =>
      addNumbered(
        tracker,
        Array.from({ length: count }, () => newcomer("Goblin", 10)),
      );
    expect(names(goblins(EMPTY_TRACKER, 1))).toEqual(["Goblin"]);
    expect(names(goblins(goblins(EMPTY_TRACKER, 1), 1))).toEqual(["Goblin", "Goblin 2"]);
    const some = goblins(EMPTY_TRACKER, 3);
    expect(names(some)).toEqual(["Goblin 1", "Goblin 2", "Goblin 3"]);
    expect(names(goblins(remove(some, "Goblin 2").tracker, 2)).toSorted()).toEqual([
      "Goblin 1",
      "Goblin 2",
      "Goblin 3",
      "Goblin 4",
    ]);
    expect(numberedNames("Wolf", 1)).toEqual(["Wolf"]);
    expect(numberedNames("Wolf", 2)).toEqual(["Wolf 1", "Wolf 2"]);
  });

  it("keeps whose turn it is when somebody joins before them", () => {
    const bobs = nextTurn(three).tracker;
    expect(acting(join(bobs, [newcomer("Zoe", 99)]))).toBe("Bob");
    expect(acting(join(three, [newcomer("Zoe", 99)]))).toBe("Zoe");
  });

  it("takes 100 and no more", () => {
    const many = Array.from({ length: 100 }, (_, index) => newcomer(`Wolf ${index}`, index));
    const full = join(EMPTY_TRACKER, many);
    expect(() => join(full, [newcomer("Ann", 1)])).toThrow("which is the most");
    expect(join(full, [newcomer("Wolf 3", 1)]).combatants).toHaveLength(100);
  });
});

describe("turns", () => {
  it("F-37: goes round, and counts the rounds", () => {
    expect(acts(three, 5)).toEqual(["Ann", "Bob", "Cyd", "Ann", "Bob"]);
    const second = [1, 2, 3].reduce((tracker) => nextTurn(tracker).tracker, three);
    expect(second).toMatchObject({ round: 2, turn: 3 });
  });

  it("passes over one who is to be skipped, once", () => {
    expect(acts(skip(three, "bob"), 6)).toEqual(["Ann", "Cyd", "Ann", "Bob", "Cyd", "Ann"]);
    const allSkipped = names(three).reduce(skip, three);
    expect(acting(nextTurn(allSkipped).tracker)).toBe("Bob");
  });

  it("leaves out one who delays, until they act before the one whose turn it is", () => {
    const { tracker } = delay(three, undefined);
    expect(acts(tracker, 3)).toEqual(["Bob", "Cyd", "Bob"]);
    const cyds = nextTurn(tracker).tracker;
    expect(acts(resume(cyds, "Ann"), 4)).toEqual(["Ann", "Cyd", "Bob", "Ann"]);
    expect(() => resume(three, "Ann")).toThrow("does not delay");
    expect(() => delay(tracker, "Ann")).toThrow("delays already");
  });

  it("lets everybody delay", () => {
    const waiting = names(three).reduce((tracker, name) => delay(tracker, name).tracker, three);
    expect(acting(waiting)).toBeUndefined();
    expect(nextTurn(waiting).tracker).toEqual(waiting);
    expect(acting(resume(waiting, "Cyd"))).toBe("Cyd");
  });

  it("gives the turn on when the one whose it is goes", () => {
    const bobs = nextTurn(three).tracker;
    expect(acting(remove(bobs, "Bob").tracker)).toBe("Cyd");
    const cyds = nextTurn(bobs).tracker;
    expect(remove(cyds, "Cyd").tracker).toMatchObject({ round: 2 });
    expect(acting(remove(cyds, "Cyd").tracker)).toBe("Ann");
    expect(acting(remove(cyds, "Ann").tracker)).toBe("Cyd");
    const nobody = names(three).reduce((tracker, name) => remove(tracker, name).tracker, bobs);
    expect(nobody).toMatchObject({ combatants: [], current: null });
  });

  it("goes back, across rounds, and not before the first turn", () => {
    const later = [1, 2, 3, 4].reduce((tracker) => nextTurn(tracker).tracker, three);
    const back = previousTurn(previousTurn(later));
    expect(back).toMatchObject({ round: 1, turn: 6 });
    expect(acting(back)).toBe("Cyd");
    expect(() => previousTurn(three)).toThrow("first turn");
    expect(previousTurn(EMPTY_TRACKER)).toEqual(EMPTY_TRACKER);
  });

  it("gives everybody who can act one turn a round, whatever came before", () => {
    fc.assert(
      fc.property(trackers, (tracker) => {
        const able = tracker.combatants.filter(({ delaying }) => !delaying);
        const unskipped = {
          ...tracker,
          combatants: tracker.combatants.map((one) => ({ ...one, skipping: false })),
        };
        const round = acts(unskipped, able.length);
        if (able.length > 0) expect(new Set(round)).toEqual(new Set(able.map(({ name }) => name)));
        expect(able.length > 0).toBe(acting(tracker) !== undefined);
        expect(new Set(tracker.combatants.map(({ id }) => id)).size).toBe(tracker.combatants.length);
      }),
    );
  });

  it("undoes Next by Previous", () => {
    fc.assert(
      fc.property(trackers, (given) => {
        const tracker = {
          ...given,
          combatants: given.combatants.map((one) => ({ ...one, skipping: false })),
        };
        const back = previousTurn(nextTurn(tracker).tracker);
        expect(acting(back)).toBe(acting(tracker));
        expect(back.round).toBe(tracker.round);
      }),
    );
  });
});

describe("effects", () => {
  const left = (tracker: Tracker, name: string) => {
    const bearer = findCombatant(tracker, name);
    return bearer.effects.map(({ untilRound }) => turnsLeft(tracker, { bearer, untilRound }));
  };

  it("last so many of their bearer's turns, the present one included", () => {
    const cursed = addEffect(three, { bearer: "Ann", effect: "cursed", turns: 2 });
    expect(left(cursed, "Ann")).toEqual([2]);
    const bobs = nextTurn(cursed);
    expect(left(bobs.tracker, "Ann")).toEqual([1]);
    const anns = [1, 2].reduce((tracker) => nextTurn(tracker).tracker, bobs.tracker);
    expect(left(anns, "Ann")).toEqual([1]);
    expect(nextTurn(anns).ended).toEqual([{ bearer: "Ann", effect: "cursed" }]);
    expect(left(nextTurn(anns).tracker, "Ann")).toEqual([]);
  });

  it("count from the next turn of one who has acted", () => {
    const bobs = nextTurn(three).tracker;
    const slowed = addEffect(bobs, { bearer: "Ann", effect: "slowed", turns: 1 });
    expect(left(slowed, "Ann")).toEqual([1]);
    const anns = [1, 2].reduce((tracker) => nextTurn(tracker).tracker, slowed);
    expect(acting(anns)).toBe("Ann");
    expect(left(anns, "Ann")).toEqual([1]);
    expect(nextTurn(anns).ended).toHaveLength(1);
  });

  it("last on without a number, and are replaced by one of the same name", () => {
    const blessed = addEffect(three, { bearer: "Ann", effect: "blessed", turns: undefined });
    const round = [1, 2, 3, 4, 5, 6].reduce((tracker) => nextTurn(tracker).tracker, blessed);
    expect(left(round, "Ann")).toEqual([null]);
    expect(left(addEffect(round, { bearer: "Ann", effect: "Blessed", turns: 3 }), "Ann")).toEqual([3]);
  });

  it("run out on one who is skipped too", () => {
    const tracker = skip(addEffect(three, { bearer: "Bob", effect: "stunned", turns: 1 }), "Bob");
    expect(nextTurn(tracker).ended).toEqual([{ bearer: "Bob", effect: "stunned" }]);
  });
});
