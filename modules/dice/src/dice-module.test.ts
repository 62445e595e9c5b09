import { LineRefusedError, type Chunk, type Command } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { dataOf, diceCommands, outputOf, run, textOf } from "./dice-commands.fixture.ts";
import { ROLL_MIME } from "./documents.ts";

describe("macro", () => {
  async function macro(
    of: Map<string, Command>,
    name: string,
    values: Record<string, unknown>,
  ): Promise<Chunk[]> {
    const group = of.get("macro");
    const command = name === "" ? group : group?.commands.find((one) => one.name === name);
    return await outputOf(command, { channel: false, ...values });
  }

  it("saves rolls with parameters, a person's own before the channel's", async () => {
    const of = await diceCommands();
    await macro(of, "set", { name: "Smite", expression: "2d8+{1}" });
    const roll = async (expression: string, faces: string) =>
      dataOf(await run({ of, expression, purpose: "the door", faces }), ROLL_MIME);
    expect(await roll("$smite(3)", "5,6")).toMatchObject({
      total: 14,
      canonical: "2d8+3",
      purpose: "the door",
    });
    expect(await roll("1d20+$SMITE", "1,5,6")).toMatchObject({ total: 13 });
    await macro(of, "set", { name: "smite", expression: "1d4", channel: true });
    expect(await roll("$smite", "5,6")).toMatchObject({ total: 12 });
    await macro(of, "remove", { name: "smite" });
    expect(await roll("$smite", "4")).toMatchObject({ total: 4 });
    expect(textOf((await macro(of, "", { channel: true }))[0])).toContain("1d4");
  });

  it("refuses what is no roll, what nobody saved, and rolls that name each other", async () => {
    const of = await diceCommands();
    await expect(macro(of, "set", { name: "x", expression: "2d6 fire" })).rejects.toThrow("no expression");
    await expect(run({ of, expression: "$nothing" })).rejects.toMatchObject({
      code: "unknown_name",
      column: 1,
    });
    await macro(of, "set", { name: "a", expression: "$b" });
    await macro(of, "set", { name: "b", expression: "$a" });
    await expect(run({ of, expression: "$a" })).rejects.toBeInstanceOf(LineRefusedError);
  });
});

describe("say", () => {
  it("rolls what stands in double brackets, and nothing else", async () => {
    const of = await diceCommands();
    const say = async (words: string) => {
      return await outputOf(of.get("say"), { words });
    };
    const chunks = await say("I swing [[1d20+5 axe]] for [[2d6]] *now*, not 1d4");
    expect(textOf(chunks[0])).toBe("I swing **25** (1d20\\+5) for **12** (2d6) \\*now\\*, not 1d4");
    expect(chunks.filter(({ mime }) => mime === ROLL_MIME)).toHaveLength(2);
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({ total: 25, purpose: "axe" });
    await expect(say("nothing to roll")).rejects.toBeInstanceOf(LineRefusedError);
    await expect(say("[[1d]]")).rejects.toMatchObject({ code: "bad_expression" });
  });
});

describe("system", () => {
  it("rolls by a game's rules and says what it means", async () => {
    const chunks = await run({ name: "system", expression: "", numbers: "" });
    expect(chunks).toHaveLength(1);
    const of = await diceCommands();
    const values = { name: "pbta", numbers: "1 seduce", faces: "4,3" };
    const rolled = await outputOf(of.get("system"), values);
    expect(textOf(rolled[0])).toContain("**partial success**");
    expect(dataOf(rolled, ROLL_MIME)).toMatchObject({
      total: 8,
      purpose: "seduce",
      system: { name: "pbta", meaning: "partial success" },
    });
  });
});

describe("dialect", () => {
  it("is the channel's own", async () => {
    const of = await diceCommands();
    expect(textOf((await run({ of, name: "dialect" }))[0])).toContain("**guildhall**");
    const chosen = await outputOf(of.get("dialect"), { name: "roll20" });
    expect(textOf(chosen[0])).toContain("**roll20**");
    expect(dataOf(await run({ of, expression: "3d6>3", faces: "3,4,1" }), ROLL_MIME)).toMatchObject({
      total: 2,
      dialect: "roll20",
    });
    expect(
      dataOf(await run({ of, expression: "3d6>3", dialect: "guildhall", faces: "3,4,1" }), ROLL_MIME),
    ).toMatchObject({ total: 1 });
  });
});
