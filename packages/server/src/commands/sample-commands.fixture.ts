import { choice, defineCommand, flag, integer, number, option, plainText, rest, text } from "@guildhall/sdk";
import { CommandRegistry } from "./command-registry.ts";

/** For tests: a command like the dice module's. */
export const roll = defineCommand({
  name: "roll",
  summary: "Roll dice",
  description: "First line.\n  Second line, indented.",
  arguments: {
    expression: text("the dice"),
    purpose: rest("what for\nand on whose behalf"),
    advantage: flag("-a", "keep the higher"),
    disadvantage: flag("-d", "keep the lower"),
    rerollOnes: flag("-1", "roll ones again"),
    character: option("-c", text("whose sheet")),
  },
  exclusive: [["advantage", "disadvantage"]],
  examples: ["roll 4d6kh3", "roll 1d20 <b>stealth</b> -a"],
  *run() {
    yield plainText("rolled");
  },
});

/** For tests: a group that cannot be run itself. */
export const credits = defineCommand({
  name: "credits",
  summary: "Move credits",
  commands: [
    defineCommand({
      name: "transfer",
      summary: "Give credits to somebody",
      arguments: {
        amount: integer("how many", { min: 1, max: 1000 }),
        to: text("to whom", { maxLength: 20 }),
        note: text("a note", { optional: true }),
      },
      *run() {
        yield plainText("given");
      },
    }),
    defineCommand({
      name: "balance",
      summary: "Show what you have",
      permission: "administrator",
      *run() {
        yield plainText("12");
      },
    }),
  ],
});

/** For tests: a group that can be run itself, with an argument of every kind. */
export const paint = defineCommand({
  name: "paint",
  summary: "Paint <things>",
  arguments: {
    what: text("what to paint", { optional: true }),
    coats: integer("how many coats", { default: 2, min: -5 }),
    thickness: number("in millimetres", { optional: true }),
    colour: choice("the colour", ["red", "Dark Green", "blue"], { default: "red" }),
    remark: rest("anything else"),
    glossy: flag("-g", "with a shine"),
    dryRun: flag(undefined, "only say so"),
    brushSize: option("-b", integer("its size")),
    ratio: option("-r", number("its ratio")),
    finish: option("-f", choice("the finish", ["matt", "satin"])),
    label: option("-l", text("a label")),
  },
  commands: [
    defineCommand({
      name: "undo",
      summary: "Take it off again",
      *run() {
        yield plainText("gone");
      },
    }),
  ],
  *run() {
    yield plainText("done");
  },
});

/** For tests: a new registry with the sample commands. */
export function sampleRegistry(): CommandRegistry {
  const registry = new CommandRegistry();
  registry.add(roll, { module: "dice" });
  registry.add(credits, { module: "ledger" });
  registry.add(paint, { module: "workshop" });
  return registry;
}
