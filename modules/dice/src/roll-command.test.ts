import { LineRefusedError } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { dataOf, diceCommands, run, textOf } from "./dice-commands.fixture.ts";
import { ROLL_MIME } from "./documents.ts";

describe("roll", () => {
  it("answers for people, for programs, and with a button", async () => {
    const chunks = await run({ expression: "2D6", purpose: "+ 3 fire damage" });
    expect(textOf(chunks[0])).toBe(
      "**2d6\\+3** = **15** fire damage\n\nRolls: *6*, *6*\n\n2.8 % of such rolls are this high or higher.",
    );
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({
      total: 15,
      canonical: "2d6+3",
      purpose: "fire damage",
      source: "random",
      groups: [
        { text: "2d6", subtotal: 12, dice: [0, 1] },
        { text: "3", subtotal: 3, dice: [] },
      ],
    });
    expect(JSON.parse(textOf(chunks[2]))).toEqual([
      { label: "Roll again", line: 'roll -- "2D6 + 3 fire damage"' },
      { label: "Re-roll the 6", line: "reroll --of 1 1" },
      { label: "Re-roll the 6", line: "reroll --of 1 2" },
    ]);
  });

  it("M-24: at advantage rolls every die twice", async () => {
    const chunks = await run({ expression: "2d20", advantage: true, faces: "3,17,9,4" });
    expect(textOf(chunks[0])).toContain("**2d20** at advantage = **26** (dice on the table)");
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({ total: 26, source: "faces", advantage: "advantage" });
    const low = await run({ expression: "2d20", disadvantage: true, faces: "3,17,9,4" });
    expect(dataOf(low, ROLL_MIME)).toMatchObject({ total: 7 });
  });

  it.each([
    [{ rerollOnes: true }, "1,5", 5],
    [{ rerollOnes: true }, "1,1", 1],
    [{ rerollTwos: true }, "2,6", 6],
    [{ rerollOnes: true, advantage: true }, "1,1,4", 4],
    [{ rerollOnes: true, advantage: true }, "1,3,2", 3],
    [{ rerollOnes: true, disadvantage: true }, "6,1,5", 5],
  ])("M-25, M-29: with %o and %s the die is %i", async (flags, faces, total) => {
    expect(dataOf(await run({ expression: "1d6", ...flags, faces }), ROLL_MIME)).toMatchObject({ total });
  });

  it.each([
    [{ expression: "1d20adv" }, { code: "bad_expression", column: 8 }],
    [{ expression: "1d1!" }, { code: "expression_limit", limit: "chain", column: 1 }],
    [{ expression: "4d6", faces: "1,2" }, { code: "bad_faces" }],
    [{ expression: "4d6", faces: "1,x" }, { code: "bad_faces" }],
    [{ expression: "1d20+@wit" }, { code: "unknown_name", column: 6 }],
    [{ expression: "1d6/0" }, { code: "bad_arithmetic" }],
  ])("refuses %o", async (given, expected) => {
    const refused = run(given);
    await expect(refused).rejects.toBeInstanceOf(LineRefusedError);
    await expect(refused).rejects.toMatchObject(expected);
  });

  it("has the hall's limits", async () => {
    const of = await diceCommands({ maxDice: 5, maxText: 10 });
    await expect(run({ of, expression: "6d6" })).rejects.toMatchObject({ limit: "draws" });
    await expect(run({ of, expression: "1d6+1d6+1d6" })).rejects.toMatchObject({ limit: "text" });
    expect(dataOf(await run({ of, expression: "5d6" }), ROLL_MIME)).toMatchObject({ total: 30 });
  });

  it("takes answers to what a roll asks, as in Roll20", async () => {
    const ask = (expression: string, answers?: string) => run({ expression, answers });
    const total = async (expression: string, answers?: string) =>
      dataOf(await ask(expression, answers), ROLL_MIME);
    expect(await total("1d6+?{Bonus|2}")).toMatchObject({ total: 8, canonical: "1d6+2" });
    expect(await total("1d6+?{Bonus|2}+?{Bonus}", "3")).toMatchObject({ canonical: "1d6+3+3" });
    expect(await total("?{Kind|Fire,1d8|Cold,1d4}", "cold")).toMatchObject({ canonical: "1d4" });
    const refused = (expression: string, answers: string | undefined, message: string) =>
      expect(ask(expression, answers)).rejects.toMatchObject({
        code: "unanswered",
        message: expect.stringContaining(message),
      });
    await refused("1d6+?{Bonus}", undefined, 'asks "Bonus": answer by --answers');
    await refused("?{Kind|Fire,1d8|Cold,1d4}", "acid", "one of Fire, Cold");
    await refused("1d6", "3", "1 answers more");
  });

  it("warns of what means something else elsewhere", async () => {
    expect(dataOf(await run({ expression: "4d6k3" }), ROLL_MIME)).toMatchObject({ warnings: [] });
    expect(dataOf(await run({ expression: "4d6r1" }), ROLL_MIME)).toMatchObject({
      warnings: ["4d6r1 is read as in guildhall; it means something else in foundry, maiden."],
    });
  });

  it("sums up many dice, and lists them on demand", async () => {
    expect(textOf((await run({ expression: "51d6" }))[0])).toContain(
      "Rolls: 51 dice, lowest 6, highest 6, sum 306",
    );
    expect(textOf((await run({ expression: "51d6", whole: true }))[0])).toContain("*6*, *6*");
  });

  it("M-10: makes no markup, mention or new line of the purpose", async () => {
    const [chunk] = await run({ expression: "1d6", purpose: "<!channel> **b** [x](y)\n\n# h" });
    expect(textOf(chunk)).toContain("\\<\\!channel\\> \\*\\*b\\*\\* \\[x\\]\\(y\\) \\# h");
  });

  it("does not list dice where they are drawn", async () => {
    const [chunk] = await run({ expression: "4d6kh3", adapter: "console" });
    expect(textOf(chunk)).toContain("**4d6kh3** = **18**");
    expect(textOf(chunk)).not.toContain("Rolls:");
  });

  it("strikes through what does not count", async () => {
    const [chunk] = await run({ expression: "4d6kh3", faces: "6,1,5,2" });
    expect(textOf(chunk)).toContain("Rolls: *6*, ~~1~~, 5, 2");
  });
});

describe("a character's rolls", () => {
  it("M-27: are named, and have their names in expressions", async () => {
    const chunks = await run({ expression: "dex", purpose: "save", faces: "7" });
    expect(textOf(chunks[0])).toContain("for Ada = **11** (dice on the table) dex save");
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({ total: 11, character: "Ada", purpose: "dex save" });
    expect(dataOf(await run({ expression: "1d20+@str", faces: "7" }), ROLL_MIME)).toMatchObject({
      total: 10,
      canonical: "1d20+@str",
    });
  });

  it("M-29: understand advantage in words, and luck without a sheet", async () => {
    const chunks = await run({ expression: "dex", purpose: "save at advantage", faces: "7,9" });
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({ total: 13, advantage: "advantage" });
    expect(dataOf(await run({ expression: "luck", faces: "9" }), ROLL_MIME)).toMatchObject({ total: 9 });
  });

  it("say what to do when the words name nothing", async () => {
    await expect(run({ expression: "juggling" })).rejects.toThrow(
      "neither dice nor something on the sheet of Ada",
    );
  });
});
