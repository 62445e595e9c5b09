import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adjustedMaximum,
  changeHitPoints,
  describeChange,
  totalHitPoints,
  type HitPointChange,
  type HitPoints,
} from "./hit-points.ts";

const fresh: HitPoints = { current: 20, temporary: 0, maximum: 20, adjustment: 0 };

const changes: fc.Arbitrary<HitPointChange> = fc.oneof(
  fc.record({
    kind: fc.constant("heal" as const),
    amount: fc.oneof(fc.nat(60), fc.constant("full" as const)),
  }),
  fc.record({ kind: fc.constant("harm" as const), amount: fc.nat(60) }),
  fc.record({
    kind: fc.constant("temp" as const),
    amount: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant("reset" as const)),
  }),
  fc.record({
    kind: fc.constant("max" as const),
    amount: fc.oneof(fc.integer({ min: -60, max: 60 }), fc.constant("reset" as const)),
  }),
);
const points: fc.Arbitrary<HitPoints> = fc
  .record({ maximum: fc.integer({ min: 1, max: 50 }), history: fc.array(changes, { maxLength: 12 }) })
  .map(({ maximum, history }) =>
    history.reduce(changeHitPoints, { current: maximum, temporary: 0, maximum, adjustment: 0 }),
  );

describe("changeHitPoints", () => {
  it("M-37: keeps every number within its bounds, whatever happens", () => {
    fc.assert(
      fc.property(points, changes, (before, change) => {
        const after = changeHitPoints(before, change);
        expect(after.current).toBeGreaterThanOrEqual(0);
        expect(after.temporary).toBeGreaterThanOrEqual(0);
        expect(adjustedMaximum(after)).toBeGreaterThanOrEqual(0);
        expect(after.current).toBeLessThanOrEqual(adjustedMaximum(after));
        expect(after.maximum).toBe(before.maximum);
      }),
    );
  });

  it("M-37: takes temporary points first, and in all no more than the harm", () => {
    fc.assert(
      fc.property(points, fc.nat(100), (before, amount) => {
        const after = changeHitPoints(before, { kind: "harm", amount });
        expect(totalHitPoints(after)).toBe(Math.max(0, totalHitPoints(before) - amount));
        if (after.current < before.current) expect(after.temporary).toBe(0);
      }),
    );
  });

  it("M-37: heals to the adjusted maximum and never touches temporary points", () => {
    fc.assert(
      fc.property(points, fc.nat(100), (before, amount) => {
        const after = changeHitPoints(before, { kind: "heal", amount });
        expect(after.current).toBe(Math.min(adjustedMaximum(before), before.current + amount));
        expect(after.temporary).toBe(before.temporary);
      }),
    );
  });

  it("adds temporary points up, and clips the current ones with the maximum", () => {
    const twice = [4, 5].reduce((sum, amount) => changeHitPoints(sum, { kind: "temp", amount }), fresh);
    expect(twice.temporary).toBe(9);
    expect(changeHitPoints(twice, { kind: "max", amount: -15 })).toEqual({
      current: 5,
      temporary: 9,
      maximum: 20,
      adjustment: -15,
    });
    expect(changeHitPoints(fresh, { kind: "max", amount: -50 })).toMatchObject({
      current: 0,
      adjustment: -20,
    });
    const raised = changeHitPoints(changeHitPoints(fresh, { kind: "max", amount: 5 }), {
      kind: "heal",
      amount: "full",
    });
    expect(raised.current).toBe(25);
    expect(changeHitPoints(raised, { kind: "max", amount: "reset" })).toEqual(fresh);
  });
});

describe("describeChange", () => {
  it.each([
    [{ kind: "heal", amount: "full" }, "Healed back to the hit point maximum of 20."],
    [{ kind: "heal", amount: 5 }, "Healed 5 hit points."],
    [{ kind: "harm", amount: 7 }, "Took 7 hit points of damage."],
    [{ kind: "temp", amount: "reset" }, "Removed all temporary hit points"],
    [{ kind: "temp", amount: 3 }, "Granted 3 temporary hit points."],
    [{ kind: "max", amount: "reset" }, "Reset hit point maximum."],
    [{ kind: "max", amount: -5 }, "Adjusted hit point maximum by -5 hit points."],
  ] satisfies [HitPointChange, string][])("M-36: %o", (change, sentence) => {
    expect(describeChange({ change, after: fresh })).toBe(sentence);
  });
});
