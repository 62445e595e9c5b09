import { LineRefusedError } from "@guildhall/sdk";
import { MemoryState, startModule } from "@guildhall/sdk/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { characters, dataOf, diceCommands, outputOf } from "./dice-commands.fixture.ts";
import { ROLL_MIME } from "./documents.ts";
import { dice } from "./index.ts";

describe("proof", () => {
  const Revealed = z.object({ session: z.string(), secret: z.string(), commitment: z.string() });
  const Total = z.object({ total: z.number(), proof: z.object({ counter: z.number() }) });

  it("keeps its secret sealed until it is revealed", async () => {
    const state = new MemoryState({ now: () => new Date(0) });
    const { parts } = await startModule(dice, { dependencies: { characters }, state });
    const proof = ((parts || undefined)?.commands ?? []).find(({ name }) => name === "proof");
    const sub = (name: string) => proof?.commands.find((command) => command.name === name);
    await outputOf(sub("begin"), { words: "" });
    const stored = JSON.stringify(await state.get("proof_C1"));
    const revealed = Revealed.parse(
      dataOf(await outputOf(sub("reveal"), {}), "application/vnd.guildhall.proof+json"),
    );
    expect(stored).toContain(revealed.commitment);
    expect(stored).not.toContain(revealed.secret);
    // Under another key nothing can be rolled, and another session can begin.
    await state.set("proof_C1", { session: "1", sealed: "other", commitment: "", nonce: "", counter: 0 });
    await expect(outputOf(sub("roll"), { expression: "1d6" })).rejects.toMatchObject({
      code: "session_lost",
    });
    await expect(outputOf(sub("begin"), { words: "" })).resolves.toHaveLength(2);
  });

  it("commits, rolls, reveals, and lets anybody recompute", async () => {
    const of = await diceCommands();
    const sub = (name: string) => of.get("proof")?.commands.find((command) => command.name === name);
    const verify = of.get("roll")?.commands.find((command) => command.name === "verify");
    const PROOF = "application/vnd.guildhall.proof+json";
    await expect(outputOf(sub("roll"), { expression: "1d20" })).rejects.toMatchObject({ code: "no_session" });
    const begun = await outputOf(sub("begin"), { words: "ours" });
    await expect(outputOf(sub("begin"), { words: "" })).rejects.toMatchObject({ code: "session_runs" });
    await expect(outputOf(sub("roll"), { expression: "1d" })).rejects.toMatchObject({
      code: "bad_expression",
    });
    const rolls = [
      Total.parse(dataOf(await outputOf(sub("roll"), { expression: "100d100 first" }), ROLL_MIME)),
      Total.parse(dataOf(await outputOf(sub("roll"), { expression: "100d100 second" }), ROLL_MIME)),
    ];
    expect(rolls.map(({ proof }) => proof.counter)).toEqual([1, 2]);
    const revealed = Revealed.parse(dataOf(await outputOf(sub("reveal"), {}), PROOF));
    expect(dataOf(begun, PROOF)).toMatchObject({ commitment: revealed.commitment });
    const { session, secret } = revealed;
    for (const { total, proof } of rolls) {
      const values = { expression: "100d100", session, secret, counter: proof.counter, words: "ours" };
      const again = dataOf(await outputOf(verify, values), ROLL_MIME);
      expect(again).toMatchObject({ total, proof: { commitment: revealed.commitment } });
    }
    const other = await outputOf(verify, {
      expression: "100d100",
      session,
      secret,
      counter: 1,
      words: "theirs",
    });
    expect(Total.parse(dataOf(other, ROLL_MIME)).total).not.toBe(rolls[0]?.total);
    await expect(outputOf(verify, { expression: "1d20", session, secret: "x" })).rejects.toBeInstanceOf(
      LineRefusedError,
    );
  });
});
