import { defineCommand, integer, json, markdown, type Command } from "@guildhall/sdk";
import { fairnessOf } from "./fairness.ts";

const ROLLS = 100_000;
const MOST_SIDES = 1_000;
const SUSPICIOUS = 0.001;

/** The command `fairness`: tests the hall's dice before everybody's eyes. */
export function fairnessCommand(): Command {
  return defineCommand({
    name: "fairness",
    summary: "Test the hall's dice",
    // Written out: to have it written by the first `Intl` of the process takes longer than all else of the module.
    description: `Rolls a die 100,000 times from the very source that every roll uses, and says how likely a fair die falls so unevenly (chi-square test).`,
    arguments: { sides: integer("Its faces", { min: 2, max: MOST_SIDES, default: 20 }) },
    examples: ["fairness", "fairness 6"],
    pure: true,
    *run({ sides }, { random }) {
      const { rolls, counts, chiSquare, chance } = fairnessOf({
        sides,
        rolls: ROLLS,
        roll: () => random.integer(1, sides),
      });
      const verdict =
        chance < SUSPICIOUS
          ? "A fair die does so less than once in a thousand tests: test again, and if it stays so, tell whoever runs the hall."
          : "That is what a fair die does.";
      yield markdown(
        [
          `**d${sides}**, ${rolls.toLocaleString("en")} rolls: chi-square **${chiSquare.toFixed(1)}** with ${sides - 1} degrees of freedom. In ${(chance * 100).toFixed(1)} % of tests a fair die falls at least this unevenly. ${verdict}`,
          `The rarest face came ${Math.min(...counts).toLocaleString("en")} times, the most frequent ${Math.max(...counts).toLocaleString("en")} times.`,
        ].join("\n\n"),
      );
      yield json(
        { sides, rolls, counts, chi_square: chiSquare, chance },
        "application/vnd.guildhall.fairness+json",
      );
    },
  });
}
