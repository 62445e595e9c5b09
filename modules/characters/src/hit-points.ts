/** A character's hit points. Whole numbers; `current` is never above `maximum + adjustment`, and nothing is below 0. */
export interface HitPoints {
  /** Without the temporary ones. */
  readonly current: number;
  readonly temporary: number;
  /** Of the sheet, before the adjustment. */
  readonly maximum: number;
  /** What is added to the maximum for a while; not below `-maximum`. */
  readonly adjustment: number;
}

/** Something that happens to hit points. Amounts of `heal` and `harm` are 0 or more, of `temp` 1 or more. */
export type HitPointChange =
  | { readonly kind: "heal"; readonly amount: number | "full" }
  | { readonly kind: "harm"; readonly amount: number }
  | { readonly kind: "temp"; readonly amount: number | "reset" }
  | { readonly kind: "max"; readonly amount: number | "reset" };

/** The maximum that healing can reach now. */
export function adjustedMaximum({ maximum, adjustment }: HitPoints): number {
  return maximum + adjustment;
}

/** Current and temporary hit points together. */
export function totalHitPoints({ current, temporary }: HitPoints): number {
  return current + temporary;
}

/**
 * What is left after a change (M-37): healing stops at the adjusted maximum and adds no temporary points; harm takes
 * temporary points first; temporary points add up; an adjustment of the maximum takes it to 0 at the lowest and the
 * current points with it.
 */
export function changeHitPoints(points: HitPoints, change: HitPointChange): HitPoints {
  switch (change.kind) {
    case "heal": {
      const most = adjustedMaximum(points);
      return {
        ...points,
        current: change.amount === "full" ? most : Math.min(most, points.current + change.amount),
      };
    }
    case "harm": {
      const absorbed = Math.min(points.temporary, change.amount);
      const current = Math.max(0, points.current - (change.amount - absorbed));
      return { ...points, temporary: points.temporary - absorbed, current };
    }
    case "temp":
      return { ...points, temporary: change.amount === "reset" ? 0 : points.temporary + change.amount };
    case "max": {
      const wanted = change.amount === "reset" ? 0 : points.adjustment + change.amount;
      const adjusted = { ...points, adjustment: Math.max(-points.maximum, wanted) };
      return { ...adjusted, current: Math.min(points.current, adjustedMaximum(adjusted)) };
    }
  }
}

/** The sentence that tells of a change (M-36). */
export function describeChange({
  change,
  after,
}: {
  readonly change: HitPointChange;
  readonly after: HitPoints;
}): string {
  const { amount } = change;
  switch (change.kind) {
    case "heal":
      return amount === "full"
        ? `Healed back to the hit point maximum of ${adjustedMaximum(after)}.`
        : `Healed ${amount} hit points.`;
    case "harm":
      return `Took ${amount} hit points of damage.`;
    case "temp":
      return amount === "reset"
        ? "Removed all temporary hit points"
        : `Granted ${amount} temporary hit points.`;
    case "max":
      return amount === "reset"
        ? "Reset hit point maximum."
        : `Adjusted hit point maximum by ${amount} hit points.`;
  }
}
