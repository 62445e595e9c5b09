import { CommandError, type Chunk, type Command, type CommandContext, type Logger } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ROLL_MIME } from "./dice-module.ts";
import { dice } from "./index.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const random = { integer: (_low: number, high: number) => high };
const clock = { now: () => new Date(0) };

async function rollCommand(settings: Record<string, unknown> = {}): Promise<Command> {
  const parts = await dice.initialize({
    config: dice.config.parse(settings),
    dependencies: {},
    log: silent,
    clock,
    random,
    signal: new AbortController().signal,
  });
  const [command] = (parts || undefined)?.commands ?? [];
  if (!command) throw new Error("no command");
  return command;
}

const context: CommandContext = {
  user: { id: "1", email: "a@example.org", displayName: "Anna", isAdministrator: false },
  action: { id: "1", attempt: 1 },
  threadId: "1",
  adapter: "test",
  signal: new AbortController().signal,
  clock,
  random,
  log: silent,
  handOver: () => Promise.reject(new Error("a pure command cannot hand over")),
};

async function run(given: Record<string, unknown>, settings?: Record<string, unknown>): Promise<Chunk[]> {
  const command = await rollCommand(settings);
  const values = { purpose: "", advantage: false, disadvantage: false, ...given };
  const chunks: Chunk[] = [];
  for await (const chunk of command.run?.(values, context) ?? []) chunks.push(chunk);
  return chunks;
}

function rollOf(chunk: Chunk | undefined): unknown {
  if (!chunk || !("text" in chunk)) throw new Error("no text");
  return JSON.parse(chunk.text);
}

describe("dice", () => {
  it("brings the pure command roll", async () => {
    expect(dice.name).toBe("dice");
    expect(await rollCommand()).toMatchObject({
      name: "roll",
      pure: true,
      exclusive: [["advantage", "disadvantage"]],
    });
  });

  it("answers for people and for programs", async () => {
    const chunks = await run({ expression: "2D6 + 3", purpose: "fire damage" });
    expect(chunks.map(({ mime }) => mime)).toEqual(["text/markdown", ROLL_MIME]);
    expect(chunks[0]).toMatchObject({ text: "**2d6+3** = **15** fire damage\n\nRolls: *6*, *6*" });
    expect(rollOf(chunks[1])).toEqual({
      total: 15,
      expression: "2d6+3",
      purpose: "fire damage",
      advantage: null,
      terms: [
        {
          text: "2d6",
          subtotal: 12,
          dice: [
            { faces: 6, value: 6, kept: true },
            { faces: 6, value: 6, kept: true },
          ],
        },
        { text: "3", subtotal: 3, dice: [] },
      ],
    });
  });

  it("rolls at advantage and at disadvantage", async () => {
    const advantage = rollOf((await run({ expression: "d20", advantage: true }))[1]);
    expect(advantage).toMatchObject({ advantage: "advantage", terms: [{ dice: [{ rolls: [20, 20] }] }] });
    const disadvantage = rollOf((await run({ expression: "d20", disadvantage: true }))[1]);
    expect(disadvantage).toMatchObject({ advantage: "disadvantage" });
  });

  it("points at what is wrong with an expression", async () => {
    const failure = run({ expression: "1d20adv" });
    await expect(failure).rejects.toBeInstanceOf(CommandError);
    await expect(failure).rejects.toMatchObject({
      code: "bad_expression",
      message:
        'The dice cannot be read, at column 5 of the expression: "adv" is not understood: put + or - between the parts, as in 1d20+5.',
    });
  });

  it("takes its limit of dice from the configuration", async () => {
    await expect(run({ expression: "6d6" }, { maxDice: 5 })).rejects.toMatchObject({
      code: "bad_expression",
    });
    expect(await run({ expression: "5d6" }, { maxDice: 5 })).toHaveLength(2);
    expect(dice.config.safeParse({ maxDice: 0 }).success).toBe(false);
    expect(dice.config.parse({})).toEqual({ maxDice: 10_000 });
  });

  it("has a description of each setting", () => {
    expect(z.toJSONSchema(dice.config, { io: "input" })).toMatchObject({
      properties: { maxDice: { description: expect.stringContaining("dice") } },
    });
  });
});
