import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { complete } from "./complete.ts";
import { sampleRegistry } from "./sample-commands.fixture.ts";

function at(marked: string) {
  const cursor = marked.indexOf("|");
  return complete({ registry: sampleRegistry(), line: marked.replace("|", ""), cursor });
}

function valuesAt(marked: string): string[] {
  return at(marked).candidates.map(({ value }) => value);
}

describe("complete", () => {
  it.each([
    ["|", ["credits", "paint", "roll"]],
    ["ro|", ["roll"]],
    ["RO|", ["roll"]],
    ["/ro|", ["/roll"]],
    ["/credits t|", ["transfer"]],
    ["credits |", ["balance", "transfer"]],
    ["credits tr|", ["transfer"]],
    ["x|", []],
    ["nothing |", []],
    ["roll 1d20 -|", ["--advantage", "--disadvantage", "--reroll-ones", "--character", "--help"]],
    ["roll 1d20 --re|", ["--reroll-ones"]],
    ["roll 1d20 --reroll_|", ["--reroll-ones"]],
    ["roll 1d20 -a|", ["-a"]],
    ["roll 1d20 -a --|", ["--reroll-ones", "--character", "--help"]],
    ["roll 1d20 --| -a", ["--reroll-ones", "--character", "--help"]],
    ["roll 1d20 -- -|", []],
    ["paint un|", ["undo"]],
    [
      "paint wall 1 1 |",
      ["red", '"Dark Green"', "blue"].concat([
        "--glossy",
        "--dry-run",
        "--brush-size",
        "--ratio",
        "--finish",
        "--label",
      ]),
    ],
    ["paint wall 1 1 b|", ["blue"]],
    ["paint wall 1 1 'dark g|", ['"Dark Green"']],
    ["paint -f |", ["matt", "satin"]],
    ["paint -f s|", ["satin"]],
    ["paint --finish=m|", ["--finish=matt"]],
    ["paint --colour=d|", ['--colour="Dark Green"']],
    ["paint --what=wall 1 1 re|", ["red"]],
    ["paint -l |", []],
  ])("offers at %j", (marked, expected) => {
    expect(valuesAt(marked)).toEqual(expected);
  });

  it("says what each is, and which part of the line it replaces", () => {
    expect(at("credits tra|ns 5")).toEqual({
      start: 8,
      end: 13,
      candidates: [{ value: "transfer", summary: "Give credits to somebody", kind: "command" }],
    });
    expect(at("roll 1d20  |  -a")).toMatchObject({ start: 11, end: 11 });
    expect(at("paint 'w 1 1|")).toMatchObject({ start: 6, end: 12 });
  });

  it("never throws, and replaces a part of the line around the cursor", () => {
    const registry = sampleRegistry();
    const pieces = fc.constantFrom(
      ..."/|roll|credits|paint|-|--|-a|--c|-c|-f|--finish=|\"|'|“|\\|\n| |red|undo".split("|"),
    );
    const lines = fc
      .array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 4 })))
      .map((list) => list.join(" "));
    const cursors = fc.oneof(
      fc.integer({ min: -3, max: 60 }),
      fc.constantFrom(Number.NaN, Infinity, -Infinity, 1.5),
    );
    fc.assert(
      fc.property(lines, cursors, (line, cursor) => {
        const { start, end } = complete({ registry, line, cursor });
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(line.length);
      }),
      { numRuns: 2000 },
    );
  });
});
