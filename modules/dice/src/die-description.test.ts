import { describe, expect, it } from "vitest";
import { describeDieOf } from "./die-description.ts";

describe("M-32: the description of a die", () => {
  it.each([
    [[10, 10, 10, 10, 10, 10], "A fair die."],
    [[1, 1], "A fair die."],
    // Weights on a line from 1 to 3, and from 3 to 1.
    [[5, 10, 15], "Large values are 3.0x more likely than small."],
    [[15, 10, 5], "Small values are 3.0x more likely than large."],
    [[100, 110, 120], "Large values are 20.0% more likely than small."],
    // Weights on a parabola: 5 at the ends, 1 in the middle, and the other way round.
    [[50, 20, 10, 20, 50], "Extreme values are 5.0x more likely than average."],
    [[10, 40, 50, 40, 10], "Average values are 5.0x more likely than extreme."],
    // One steep parabola makes the last face likelier than any line.
    [[0, 0, 0, 0, 0, 0, 0, 90], "Extreme values are 1000x more likely than average."],
  ])("of %j is %s", (counts, text) => {
    expect(describeDieOf(counts)).toBe(text);
  });
});
