import type { CharactersApi, PlayedCharacter } from "@guildhall/characters";
import { LineRefusedError, type Chunk, type Command, type CommandContext, type Logger } from "@guildhall/sdk";
import { MemoryState, startModule } from "@guildhall/sdk/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ODDS_MIME, ROLL_MIME } from "./documents.ts";
import { dice } from "./index.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const random = { integer: (_low: number, high: number) => high };
const clock = { now: () => new Date(0) };

const ada: PlayedCharacter = {
  id: 1,
  name: "Ada",
  system: "dnd5",
  initiative: "1d20+2",
  variable: (name) => (name === "str" ? 3 : undefined),
  namedRoll: (words) =>
    words.toLowerCase() === "dex save"
      ? { label: "dex save", expression: "1d20+4", target: null }
      : undefined,
};

const characters: CharactersApi = {
  find: async ({ userId }) => (userId === "1" ? ada : undefined),
};

async function commands(settings: Record<string, unknown> = {}): Promise<Map<string, Command>> {
  const { parts } = await startModule(dice, { config: settings, dependencies: { characters }, random });
  return new Map(((parts || undefined)?.commands ?? []).map((command) => [command.name, command]));
}

const context: CommandContext = {
  user: { id: "1", email: "a@example.org", displayName: "Anna", isAdministrator: false },
  action: { id: "1", attempt: 1 },
  threadId: "1",
  place: { adapter: "slack", platform: "slack", workspaceId: "T1", channelId: "C1", isPrivate: false },
  signal: new AbortController().signal,
  clock,
  random,
  log: silent,
  withRecord: () => {},
  afterRecord: () => {},
  handOver: () => Promise.reject(new Error("a pure command cannot hand over")),
};

const FLAGS = {
  purpose: "",
  advantage: false,
  disadvantage: false,
  rerollOnes: false,
  rerollTwos: false,
  whole: false,
};

async function run(
  given: {
    readonly name?: string;
    readonly of?: Map<string, Command>;
    readonly adapter?: string;
  } & Record<string, unknown>,
): Promise<Chunk[]> {
  const { name = "roll", of = await commands(), adapter = "slack", ...values } = given;
  const place = { ...context.place, adapter };
  const chunks: Chunk[] = [];
  const defaults = name === "odds" ? { further: "" } : FLAGS;
  for await (const chunk of of.get(name)?.run?.({ ...defaults, ...values }, { ...context, place }) ?? [])
    chunks.push(chunk);
  return chunks;
}

function textOf(chunk: Chunk | undefined): string {
  if (!chunk || !("text" in chunk)) throw new Error("no text");
  return chunk.text;
}

function dataOf(chunks: readonly Chunk[], mime: string): unknown {
  return JSON.parse(textOf(chunks.find((chunk) => chunk.mime === mime)));
}

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
    const of = await commands({ maxDice: 5, maxText: 10 });
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

describe("macro", () => {
  async function macro(
    of: Map<string, Command>,
    name: string,
    values: Record<string, unknown>,
  ): Promise<Chunk[]> {
    const group = of.get("macro");
    const command = name === "" ? group : group?.commands.find((one) => one.name === name);
    const chunks: Chunk[] = [];
    for await (const chunk of command?.run?.({ channel: false, ...values }, context) ?? [])
      chunks.push(chunk);
    return chunks;
  }

  it("saves rolls with parameters, a person's own before the channel's", async () => {
    const of = await commands();
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
    const of = await commands();
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
    const of = await commands();
    const say = async (words: string) => {
      const chunks: Chunk[] = [];
      for await (const chunk of of.get("say")?.run?.({ words }, context) ?? []) chunks.push(chunk);
      return chunks;
    };
    const chunks = await say("I swing [[1d20+5 axe]] for [[2d6]] *now*, not 1d4");
    expect(textOf(chunks[0])).toBe("I swing **25** (1d20\\+5) for **12** (2d6) \\*now\\*, not 1d4");
    expect(chunks.filter(({ mime }) => mime === ROLL_MIME)).toHaveLength(2);
    expect(dataOf(chunks, ROLL_MIME)).toMatchObject({ total: 25, purpose: "axe" });
    await expect(say("nothing to roll")).rejects.toBeInstanceOf(LineRefusedError);
    await expect(say("[[1d]]")).rejects.toMatchObject({ code: "bad_expression" });
  });
});

describe("proof", () => {
  async function runIn(command: Command | undefined, values: Record<string, unknown>): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    for await (const chunk of command?.run?.(values, context) ?? []) chunks.push(chunk);
    return chunks;
  }
  const Revealed = z.object({ session: z.string(), secret: z.string(), commitment: z.string() });
  const Total = z.object({ total: z.number(), proof: z.object({ counter: z.number() }) });

  it("keeps its secret sealed until it is revealed", async () => {
    const state = new MemoryState({ now: () => new Date(0) });
    const { parts } = await startModule(dice, { dependencies: { characters }, state });
    const proof = ((parts || undefined)?.commands ?? []).find(({ name }) => name === "proof");
    const sub = (name: string) => proof?.commands.find((command) => command.name === name);
    await runIn(sub("begin"), { words: "" });
    const stored = JSON.stringify(await state.get("proof_C1"));
    const revealed = Revealed.parse(
      dataOf(await runIn(sub("reveal"), {}), "application/vnd.guildhall.proof+json"),
    );
    expect(stored).toContain(revealed.commitment);
    expect(stored).not.toContain(revealed.secret);
    // Under another key nothing can be rolled, and another session can begin.
    await state.set("proof_C1", { session: "1", sealed: "other", commitment: "", nonce: "", counter: 0 });
    await expect(runIn(sub("roll"), { expression: "1d6" })).rejects.toMatchObject({ code: "session_lost" });
    await expect(runIn(sub("begin"), { words: "" })).resolves.toHaveLength(2);
  });

  it("commits, rolls, reveals, and lets anybody recompute", async () => {
    const of = await commands();
    const sub = (name: string) => of.get("proof")?.commands.find((command) => command.name === name);
    const verify = of.get("roll")?.commands.find((command) => command.name === "verify");
    const PROOF = "application/vnd.guildhall.proof+json";
    await expect(runIn(sub("roll"), { expression: "1d20" })).rejects.toMatchObject({ code: "no_session" });
    const begun = await runIn(sub("begin"), { words: "ours" });
    await expect(runIn(sub("begin"), { words: "" })).rejects.toMatchObject({ code: "session_runs" });
    await expect(runIn(sub("roll"), { expression: "1d" })).rejects.toMatchObject({ code: "bad_expression" });
    const rolls = [
      Total.parse(dataOf(await runIn(sub("roll"), { expression: "100d100 first" }), ROLL_MIME)),
      Total.parse(dataOf(await runIn(sub("roll"), { expression: "100d100 second" }), ROLL_MIME)),
    ];
    expect(rolls.map(({ proof }) => proof.counter)).toEqual([1, 2]);
    const revealed = Revealed.parse(dataOf(await runIn(sub("reveal"), {}), PROOF));
    expect(dataOf(begun, PROOF)).toMatchObject({ commitment: revealed.commitment });
    const { session, secret } = revealed;
    for (const { total, proof } of rolls) {
      const values = { expression: "100d100", session, secret, counter: proof.counter, words: "ours" };
      const again = dataOf(await runIn(verify, values), ROLL_MIME);
      expect(again).toMatchObject({ total, proof: { commitment: revealed.commitment } });
    }
    const other = await runIn(verify, {
      expression: "100d100",
      session,
      secret,
      counter: 1,
      words: "theirs",
    });
    expect(Total.parse(dataOf(other, ROLL_MIME)).total).not.toBe(rolls[0]?.total);
    await expect(runIn(verify, { expression: "1d20", session, secret: "x" })).rejects.toBeInstanceOf(
      LineRefusedError,
    );
  });
});

describe("system", () => {
  it("rolls by a game's rules and says what it means", async () => {
    const chunks = await run({ name: "system", expression: "", numbers: "" });
    expect(chunks).toHaveLength(1);
    const of = await commands();
    const rolled: Chunk[] = [];
    const values = { name: "pbta", numbers: "1 seduce", faces: "4,3" };
    for await (const chunk of of.get("system")?.run?.(values, context) ?? []) rolled.push(chunk);
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
    const of = await commands();
    expect(textOf((await run({ of, name: "dialect" }))[0])).toContain("**guildhall**");
    const chosen: Chunk[] = [];
    for await (const chunk of of.get("dialect")?.run?.({ name: "roll20" }, context) ?? []) chosen.push(chunk);
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

describe("odds", () => {
  it("gives exact rationals, a text and a picture", async () => {
    const chunks = await run({ name: "odds", expression: "4d6kh3", adapter: "terminal" });
    expect(dataOf(chunks, ODDS_MIME)).toMatchObject({ mean: "15869/1296", exact: true, method: "exact" });
    expect(dataOf(chunks, ODDS_MIME)).toHaveProperty("outcomes.15", ["18", "7/432"]);
    expect(textOf(chunks[0])).toContain("mean **12.245**");
    expect(chunks).toHaveLength(3);
  });

  it.each(["slack", "discord"])("says each chance once in %s, in lines for a telephone", async (adapter) => {
    const [words = "", ...more] = (await run({ name: "odds", expression: "3d6", adapter })).map(textOf);
    expect(words).toContain("\n10 #################### 12.50 %\n");
    const bars = words.split("```")[1]?.trim().split("\n") ?? [];
    expect(Math.max(...bars.map(({ length }) => length))).toBeLessThanOrEqual(34);
    expect(more).toHaveLength(1);
  });

  it("compares two", async () => {
    const chunks = await run({ name: "odds", expression: "1d6", against: "1d4" });
    expect(dataOf(chunks, ODDS_MIME)).toMatchObject({
      against: { higher: "7/12", equal: "1/6", lower: "1/4" },
    });
  });

  it("says where it is not exact", async () => {
    const exploding = await run({ name: "odds", expression: "3d6!" });
    expect(dataOf(exploding, ODDS_MIME)).toMatchObject({ exact: false, mean: "12.6" });
    expect(textOf(exploding[0])).toContain("Not exact");
    const sampled = await run({ name: "odds", expression: "30d6mt2" });
    expect(textOf(sampled[0])).toContain("sampled");
  });

  it("refuses what is no expression", async () => {
    await expect(run({ name: "odds", expression: "4d6 damage" })).rejects.toBeInstanceOf(LineRefusedError);
  });
});
