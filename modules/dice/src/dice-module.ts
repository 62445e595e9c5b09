import {
  CommandError,
  defineCommand,
  defineModule,
  flag,
  json,
  markdown,
  rest,
  text,
  type Command,
  type JsonValue,
} from "@guildhall/sdk";
import { z } from "zod";
import { describeRoll } from "./describe.ts";
import { parseExpression } from "./expression.ts";
import { evaluate, type RollResult } from "./roll.ts";

/** The type of the chunk that carries a roll for programs. */
export const ROLL_MIME = "application/vnd.guildhall.roll+json";

const LONGEST_EXPRESSION = 1_000;
const DEFAULT_MAX_DICE = 10_000;
const LARGEST_MAX_DICE = 100_000;

/** The module `dice`: the command `roll`. */
export const dice = defineModule({
  name: "dice",
  summary: "Roll dice",
  config: z.object({
    maxDice: z
      .int()
      .min(1)
      .max(LARGEST_MAX_DICE)
      .default(DEFAULT_MAX_DICE)
      .describe("The most dice that one roll may have"),
  }),
  initialize: ({ config }) => ({ commands: [rollCommand(config)] }),
});

function rollCommand({ maxDice }: { readonly maxDice: number }): Command {
  return defineCommand({
    name: "roll",
    summary: "Roll dice",
    description: [
      "NdS rolls N dice of S faces; d20 is one die, d% has 100 faces.",
      "Parts are joined by + and -, such as 2d6+1d4-1.",
      "khK or kK keeps the K highest dice, klK the K lowest; dlK and dhK drop.",
    ].join("\n"),
    arguments: {
      expression: text("The dice to roll, such as 4d6kh3 (in quotes where it has spaces)", {
        maxLength: LONGEST_EXPRESSION,
      }),
      purpose: rest("What the roll is for"),
      advantage: flag("-a", "Roll every die twice and keep the higher"),
      disadvantage: flag("-d", "Roll every die twice and keep the lower"),
    },
    exclusive: [["advantage", "disadvantage"]],
    examples: ["roll 4d6kh3", "roll 1d20+5 stealth -a", 'roll "2d6 + 3" fire damage'],
    pure: true,
    *run({ expression, purpose, advantage, disadvantage }, { random }) {
      const parsed = parseExpression(expression, { maxDice });
      if (!parsed.ok) {
        const { column, message } = parsed.error;
        throw new CommandError(
          `The dice cannot be read, at column ${column} of the expression: ${message}.`,
          {
            code: "bad_expression",
          },
        );
      }
      const result = evaluate(parsed.expression, {
        random,
        advantage: advantage ? "advantage" : disadvantage ? "disadvantage" : undefined,
      });
      yield markdown(describeRoll({ result, purpose }));
      yield json(forPrograms({ result, purpose }), ROLL_MIME);
    },
  });
}

function forPrograms({ result, purpose }: { result: RollResult; purpose: string }): JsonValue {
  return {
    total: result.total,
    expression: result.expression,
    purpose,
    advantage: result.advantage ?? null,
    terms: result.terms.map(({ text: term, subtotal, dice: rolled }) => ({
      text: term,
      subtotal,
      dice: rolled.map((die) => ({ ...die })),
    })),
  };
}
