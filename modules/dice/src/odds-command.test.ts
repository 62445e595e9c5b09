import { LineRefusedError } from "@guildhall/sdk";
import { describe, expect, it } from "vitest";
import { dataOf, run, textOf } from "./dice-commands.fixture.ts";
import { ODDS_MIME } from "./documents.ts";

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
