import { defineCommand, integer, text } from "@guildhall/sdk";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CommandRegistry } from "./command-registry.ts";
import { renderHelpText } from "./help/render-text.ts";
import { MAX_LINE_LENGTH, parseLine, type ParsedLine } from "./parse-line.ts";
import { sampleRegistry } from "./sample-commands.fixture.ts";

function parse(line: string): ParsedLine {
  return parseLine({ registry: sampleRegistry(), line });
}

function inputOf(line: string): unknown {
  const parsed = parse(line);
  if (parsed.kind === "error") throw new Error(parsed.error.message);
  if (parsed.kind === "help") throw new Error("help");
  return parsed.input;
}

function errorOf(line: string) {
  const parsed = parse(line);
  if (parsed.kind !== "error") throw new Error(`no error but ${parsed.kind}`);
  return parsed.error;
}

describe("parseLine", () => {
  it("gives a command its values, with defaults, and what was given as JSON", () => {
    expect(parse("roll 1d20 stealth -a")).toMatchObject({
      kind: "invocation",
      command: { path: ["roll"], module: "dice" },
      values: {
        expression: "1d20",
        purpose: "stealth",
        advantage: true,
        disadvantage: false,
        rerollOnes: false,
        character: undefined,
      },
      input: { expression: "1d20", purpose: "stealth", advantage: true },
    });
    expect(parse("paint")).toMatchObject({ values: { coats: 2, colour: "red", remark: "" }, input: {} });
  });

  it.each([
    ["/roll 1d20", { expression: "1d20" }],
    ["/ roll 1d20", { expression: "1d20" }],
    ["Roll 1d20", { expression: "1d20" }],
    ["roll -a 1d20", { expression: "1d20", advantage: true }],
    ["roll 1d20 -a1 sneak", { expression: "1d20", advantage: true, reroll_ones: true, purpose: "sneak" }],
    ["roll 1d20 --reroll_ones", { expression: "1d20", reroll_ones: true }],
    ["roll 1d20 --reroll-ones", { expression: "1d20", reroll_ones: true }],
    ["roll 1d20 --rerollOnes", { expression: "1d20", reroll_ones: true }],
    ["roll 1d20 --Advantage", { expression: "1d20", advantage: true }],
    ["roll 1d20 --advantage=false -d", { expression: "1d20", advantage: false, disadvantage: true }],
    ["roll 1d20 -c Anna", { expression: "1d20", character: "Anna" }],
    ["roll 1d20 -cAnna", { expression: "1d20", character: "Anna" }],
    ["roll 1d20 -c=Anna", { expression: "1d20", character: "Anna" }],
    ["roll 1d20 -acAnna", { expression: "1d20", advantage: true, character: "Anna" }],
    ["roll 1d20 -c -5", { expression: "1d20", character: "-5" }],
    ['roll 1d20 --character="Anna B"', { expression: "1d20", character: "Anna B" }],
    ["roll 1d20 --character=a=b", { expression: "1d20", character: "a=b" }],
    ["roll --character= 1d20", { expression: "1d20", character: "" }],
    ["roll -5", { expression: "-5" }],
    ["roll -5d4 -> \\o/ -_- -", { expression: "-5d4", purpose: "-> \\o/ -_- -" }],
    ["roll 1d20 -- -a --help", { expression: "1d20", purpose: "-a --help" }],
    ["roll 1d20 --purpose=stealth", { expression: "1d20", purpose: "stealth" }],
    ["roll --expression 1d20 all of  this", { expression: "1d20", purpose: "all of  this" }],
    ["roll 1d20 two  spaces\n  and lines", { expression: "1d20", purpose: "two  spaces\n  and lines" }],
    ["roll 1d20 two  -a  words", { expression: "1d20", purpose: "two words", advantage: true }],
    ["roll 1d20 the rogues' den isn't far", { expression: "1d20", purpose: "the rogues' den isn't far" }],
    ["roll 1d20 over \\\n two lines", { expression: "1d20", purpose: "over  two lines" }],
    ['roll 1d20 ""', { expression: "1d20", purpose: "" }],
    ["paint wall 3 0.5 BLUE", { what: "wall", coats: 3, thickness: 0.5, colour: "blue" }],
    ["paint wall -3 -.5 'dark green'", { what: "wall", coats: -3, thickness: -0.5, colour: "Dark Green" }],
    ["paint -- undo", { what: "undo" }],
    ["paint wall -0", { what: "wall", coats: 0 }],
  ])("reads %j", (line, expected) => {
    expect(inputOf(line)).toEqual(expected);
  });

  it("names a short form of a digit as a flag only where it is declared", () => {
    expect(inputOf("roll 1d20 -1")).toEqual({ expression: "1d20", reroll_ones: true });
    expect(inputOf("roll 1d20 -2")).toEqual({ expression: "1d20", purpose: "-2" });
  });

  it.each([
    "-h",
    "--help",
    "roll -h",
    "roll 1d20 --help",
    "roll -ah",
    "credits -h",
    "credits transfer --help",
    "roll -c -h",
  ])("M-15: answers %j with help", (line) => {
    expect(parse(line).kind).toBe("help");
  });

  it("M-14: answers an empty line with help for all commands", () => {
    for (const line of ["", "  \n", "/"]) {
      expect(parse(line)).toMatchObject({
        kind: "help",
        help: { path: [], commands: [{ path: ["credits"] }, { path: ["paint"] }, { path: ["roll"] }] },
      });
    }
  });

  it("answers the bare name of a group that cannot be run with its help", () => {
    expect(parse("credits")).toMatchObject({
      kind: "help",
      help: {
        path: ["credits"],
        commands: [{ path: ["credits", "balance"] }, { path: ["credits", "transfer"] }],
      },
    });
  });

  it.each([
    ['roll "1d20', { code: "unbalanced_quote", column: 6 }],
    ["rol 1d20", { code: "unknown_command", column: 1, suggestion: "roll" }],
    ["/rol 1d20", { code: "unknown_command", column: 2, suggestion: "roll" }],
    ["credits trnasfer", { code: "unknown_command", column: 9, suggestion: "credits transfer" }],
    ["sandwich", { code: "unknown_command", column: 1 }],
    ["--verbose", { code: "unknown_flag", column: 1 }],
    ["credits --all", { code: "unknown_flag", column: 9 }],
    ["roll 1d20 --advantge", { code: "unknown_flag", column: 11, suggestion: "--advantage" }],
    ["roll 1d20 -advantage", { code: "unknown_flag", column: 11, suggestion: "--advantage" }],
    ["roll 1d20 --adv", { code: "unknown_flag", suggestion: "--advantage" }],
    ["roll 1d20 -x", { code: "unknown_flag", column: 11 }],
    ["roll 1d20 -a=yes", { code: "unknown_flag", column: 11 }],
    ["roll", { code: "missing_argument", argument: "expression" }],
    ["credits transfer 5", { code: "missing_argument", argument: "to" }],
    ["roll 1d20 -c", { code: "missing_value", argument: "character", column: 11 }],
    ["roll 1d20 -c -a", { code: "missing_value", argument: "character" }],
    ["roll 1d20 -c -- x", { code: "missing_value", argument: "character" }],
    ["roll 1d20 -c A -c B", { code: "extra_argument", argument: "character", column: 16 }],
    ["credits transfer 5 anna thanks again", { code: "extra_argument", column: 32 }],
    ["credits balance now", { code: "extra_argument", column: 17 }],
    ["credits transfer 12abc anna", { code: "bad_value", argument: "amount", column: 18 }],
    ["credits transfer 0x10 anna", { code: "bad_value", argument: "amount" }],
    ["credits transfer 1.5 anna", { code: "bad_value", argument: "amount" }],
    ['credits transfer "" anna', { code: "bad_value", argument: "amount" }],
    ["credits transfer 1001 anna", { code: "bad_value", argument: "amount", column: 18 }],
    ["credits transfer 5 abcdefghijklmnopqrstuvwxyz", { code: "bad_value", argument: "to", column: 20 }],
    ["paint wall 99999999999999999999", { code: "bad_value", argument: "coats" }],
    ["paint wall 1 1e999", { code: "bad_value", argument: "thickness" }],
    ["paint wall 1 Infinity", { code: "bad_value", argument: "thickness" }],
    ["paint wall 1 1 bleu", { code: "bad_value", argument: "colour", suggestion: "blue" }],
    ["paint -f shiny", { code: "bad_value", argument: "finish", column: 10 }],
    ["roll 1d20 --advantage=maybe", { code: "bad_value", argument: "advantage" }],
    ["roll 1d20 -a -d", { code: "exclusive_arguments", argument: "disadvantage", column: 14 }],
    ["roll 1d20 -ad", { code: "exclusive_arguments", argument: "disadvantage", column: 11 }],
  ])("refuses %j", (line, expected) => {
    const error = errorOf(line);
    expect(error).toMatchObject(expected);
    expect(error.message).toMatch(/^[^\n]+$/);
  });

  it.each([
    ["credits transfer 1001 anna", "<amount> must be 1000 or less."],
    ["roll 1d20 -a -d", "--advantage and --disadvantage exclude each other: give only one of them."],
    ["roll", "<expression> is missing: give the dice, as in: roll 4d6kh3"],
    ["rol", 'There is no command "rol": did you mean roll?'],
    ["credits steal", 'credits has no sub-command "steal": credits --help lists them.'],
    ["roll 1d20 -c", "-c needs a value, as in --character=VALUE: whose sheet"],
  ])("says about %j how to put it right", (line, message) => {
    expect(errorOf(line).message).toBe(message);
  });

  it("shows nothing in a message that could steer a terminal", () => {
    expect(errorOf("\u001B[2Jx").message).not.toContain("\u001B");
    expect(errorOf("x".repeat(1000)).message.length).toBeLessThan(200);
  });

  it("refuses a line of more than 65,536 characters", () => {
    expect(parse(`roll 1d20 ${"x".repeat(MAX_LINE_LENGTH)}`)).toMatchObject({
      kind: "error",
      error: { code: "line_too_long" },
    });
  });

  it("M-19: the first error of a fresh registry carries the usage", () => {
    const parsed = parseLine({ registry: sampleRegistry(), line: "roll" });
    if (parsed.kind !== "error") throw new Error("no error");
    const rendered = renderHelpText({ help: parsed.help, error: parsed.error });
    expect(rendered).toMatch(/^Error: <expression> is missing/);
    expect(rendered).toContain("Usage: roll <expression> [<purpose>...] [-a | -d]");
  });

  it("M-19: the same line gives the same answer every time", () => {
    const registry = sampleRegistry();
    for (const line of ["roll", "roll -h", "", "rol", "roll -x", 'roll "']) {
      const [first, second] = [parseLine({ registry, line }), parseLine({ registry, line })];
      expect(second).toEqual(first);
      if (first.kind === "invocation" || second.kind === "invocation") throw new Error("an invocation");
      expect(renderHelpText(second)).toBe(renderHelpText(first));
    }
  });

  it("takes argument names that every object has", () => {
    const registry = new CommandRegistry();
    const odd = defineCommand({
      name: "odd",
      summary: "",
      arguments: { constructor: text("", { optional: true }), toString: integer("", { optional: true }) },
      *run() {},
    });
    registry.add(odd, { module: "odd" });
    expect(parseLine({ registry, line: "odd" })).toMatchObject({
      kind: "invocation",
      values: { constructor: undefined, toString: undefined },
    });
    expect(parseLine({ registry, line: "odd a --to-string=3" })).toMatchObject({
      values: { constructor: "a", toString: 3 },
    });
  });

  it("never throws", () => {
    const registry = sampleRegistry();
    const pieces = fc.constantFrom(
      ..."roll|credits|transfer|paint|undo|1d20|-a|-d|-ad|--|-c|-c=|--x|--=|---|--character=|-1|-5|-h|\"|'|“|‘|\\|\n|  |/|blue".split(
        "|",
      ),
    );
    const lines = fc
      .array(fc.oneof(pieces, fc.string({ unit: "binary", maxLength: 5 })))
      .map((list) => list.join(" "));
    fc.assert(
      fc.property(lines, (line) => {
        expect(["invocation", "help", "error"]).toContain(parseLine({ registry, line }).kind);
      }),
      { numRuns: 2000 },
    );
  });
});
