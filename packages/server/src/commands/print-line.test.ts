import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLine } from "./parse-line.ts";
import { printLine } from "./print-line.ts";
import { paint, roll, sampleRegistry } from "./sample-commands.fixture.ts";

describe("printLine", () => {
  it.each([
    [
      { expression: "1d20+5", purpose: "the rogues' den", advantage: true },
      "roll 1d20+5 the rogues' den --advantage",
    ],
    [{ expression: "-5" }, "roll -5"],
    [{ expression: "2d6 + 3", character: "Anna B" }, 'roll "2d6 + 3" --character="Anna B"'],
    [{ expression: "-x", advantage: true }, "roll --advantage -- -x"],
    [{ expression: "1", purpose: "" }, 'roll 1 ""'],
    [{ expression: "1", advantage: false }, "roll 1 --advantage=false"],
    [{ purpose: "only" }, "roll --purpose=only"],
  ])("%# writes the line a person would type", (input, expected) => {
    expect(printLine({ path: ["roll"], command: roll, input })).toBe(expected);
  });

  it("keeps a word that names a sub-command an argument", () => {
    expect(printLine({ path: ["paint"], command: paint, input: { what: "Undo" } })).toBe("paint -- Undo");
  });

  it("is read back to the same arguments", () => {
    const registry = sampleRegistry();
    const strings = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({
        unit: fc.constantFrom("a", "-", "=", " ", "\n", "\r", '"', "'", "\\", "“", "‘", "’", "/", "1"),
      }),
      fc.constantFrom(
        "undo",
        "Undo",
        "--",
        "-h",
        "--help",
        "-g",
        "-1",
        "/x",
        "",
        "a\\\nb",
        "a \\\n b",
        "-",
        "--x=1",
      ),
    );
    const integers = fc.maxSafeInteger();
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const inputs = fc.record(
      {
        what: strings,
        coats: fc.integer({ min: -5 }),
        thickness: numbers,
        colour: fc.constantFrom("red", "Dark Green", "blue"),
        remark: strings,
        glossy: fc.boolean(),
        dry_run: fc.boolean(),
        brush_size: integers,
        ratio: numbers,
        finish: fc.constantFrom("matt", "satin"),
        label: strings,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(inputs, (input) => {
        const line = printLine({ path: ["paint"], command: paint, input });
        const parsed = parseLine({ registry, line });
        if (parsed.kind === "error") throw new Error(`${parsed.error.message} in ${line}`);
        if (parsed.kind === "help") throw new Error(`help for ${line}`);
        expect(parsed.command.path).toEqual(["paint"]);
        expect(parsed.input).toEqual(input);
      }),
      { numRuns: 3000 },
    );
  });
});
