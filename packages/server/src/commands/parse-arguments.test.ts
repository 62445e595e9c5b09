import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toCamelCase, toKebabCase, toSnakeCase } from "./argument-names.ts";
import { argumentsSchema, parseArguments } from "./parse-arguments.ts";
import { credits, paint, roll } from "./sample-commands.fixture.ts";

const [transfer] = credits.commands;
if (!transfer) throw new Error("no transfer");

describe("parseArguments", () => {
  it("reads snake_case JSON and applies defaults", () => {
    expect(parseArguments({ command: roll, input: { expression: "1d20", reroll_ones: true } })).toEqual({
      kind: "arguments",
      values: {
        expression: "1d20",
        purpose: "",
        advantage: false,
        disadvantage: false,
        rerollOnes: true,
        character: undefined,
      },
      input: { expression: "1d20", reroll_ones: true },
    });
    expect(parseArguments({ command: paint, input: undefined })).toMatchObject({
      values: { coats: 2 },
      input: {},
    });
  });

  it("lets a switch that is off stand beside one that is on", () => {
    const input = { expression: "1d20", advantage: false, disadvantage: true };
    expect(parseArguments({ command: roll, input }).kind).toBe("arguments");
  });

  it.each([
    [roll, {}, { code: "missing_argument", argument: "expression" }],
    [
      roll,
      { expression: 20 },
      { code: "bad_value", argument: "expression", message: "expression must be text." },
    ],
    [roll, { expression: "1", rerollOnes: true }, { code: "unknown_argument", suggestion: "reroll_ones" }],
    [roll, { expression: "1", a: 1 }, { code: "unknown_argument", argument: "a" }],
    [roll, { expression: "1", advantage: true, disadvantage: true }, { code: "exclusive_arguments" }],
    [roll, { expression: "1", advantage: "true" }, { code: "bad_value", argument: "advantage" }],
    [transfer, { amount: "5", to: "a" }, { code: "bad_value", argument: "amount" }],
    [transfer, { amount: 1.5, to: "a" }, { message: "amount must be a whole number." }],
    [transfer, { amount: 0, to: "a" }, { message: "amount must be 1 or more." }],
    [transfer, { amount: 1, to: "a".repeat(21) }, { message: "to must have 20 characters or fewer." }],
    [transfer, { amount: 1, to: null }, { code: "bad_value", argument: "to" }],
    [paint, { colour: "bleu" }, { code: "bad_value", argument: "colour", suggestion: "blue" }],
    [roll, { expression: ["1d20"] }, { code: "bad_value", argument: "expression" }],
    [roll, [], { code: "bad_value" }],
    [roll, "1d20", { code: "bad_value" }],
    [roll, { expression: Number.NaN }, { code: "bad_value" }],
  ])("%# refuses what does not fit", (command, input, expected) => {
    expect(parseArguments({ command, input })).toMatchObject({ kind: "error", error: expected });
  });

  it("M-19: gives the same error for the same arguments", () => {
    const input = { expression: "1", advantge: true };
    expect(parseArguments({ command: roll, input })).toEqual(parseArguments({ command: roll, input }));
  });

  it("bears JSON nested very deeply", () => {
    const deep: unknown = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
    expect(parseArguments({ command: roll, input: { expression: deep } }).kind).toBe("error");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.anything(), (input) => {
        expect(["arguments", "error"]).toContain(parseArguments({ command: paint, input }).kind);
      }),
    );
  });
});

describe("argumentsSchema", () => {
  it("gives a JSON Schema for every kind of argument", () => {
    expect(z.toJSONSchema(argumentsSchema(paint), { io: "input" })).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        what: { type: "string", description: "what to paint" },
        coats: { type: "integer", minimum: -5, description: "how many coats (default: 2)" },
        thickness: { type: "number" },
        colour: { enum: ["red", "Dark Green", "blue"] },
        remark: { type: "string" },
        glossy: { type: "boolean" },
        dry_run: { type: "boolean" },
        brush_size: { type: "integer" },
        finish: { enum: ["matt", "satin"] },
      },
    });
    expect(z.toJSONSchema(argumentsSchema(transfer), { io: "input" }).required).toEqual(["amount", "to"]);
  });

  it("is made once for each command", () => {
    expect(argumentsSchema(roll)).toBe(argumentsSchema(roll));
  });
});

describe("argument names", () => {
  it("convert to and fro", () => {
    expect(toSnakeCase("rerollOnes")).toBe("reroll_ones");
    expect(toKebabCase("rerollOnes2x")).toBe("reroll-ones2x");
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,12}$/), (name) => {
        expect(toCamelCase(toSnakeCase(name))).toBe(name);
      }),
    );
  });
});
