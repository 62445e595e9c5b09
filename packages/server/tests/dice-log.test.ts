import { characters } from "@guildhall/characters";
import { dice } from "@guildhall/dice";
import { CommandError, type PlatformChannels } from "@guildhall/sdk";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Principal } from "../src/hall/people.ts";
import { begun, chatInput, RecordingConnection } from "./support/recording-connection.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, TestClock } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const modules = [characters, dice];
// Every die shows its highest face.
const random = { integer: (_low: number, high: number) => high };
const Roll = z.object({
  total: z.number(),
  source: z.string(),
  dice: z.array(z.object({ face: z.number() })),
});

const Notice = z.object({ level: z.string(), message: z.string() });

function readJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

const names = new Map([
  ["C1", "ic_keep"],
  ["C2", "ooc_discussion"],
  ["C3", "gm-rolls"],
  ["C4", "whispers"],
  ["C5", "ic_all"],
]);

/** A platform with those channels, which writes down what is posted there. */
class Platform extends RecordingConnection {
  override readonly channels: PlatformChannels;
  readonly posts: { readonly channelId: string; readonly text: string }[] = [];
  fault: Error | undefined;
  /** What it waits for before it tells the names of its channels. */
  telling: Promise<void> = Promise.resolve();

  constructor() {
    super();
    this.channels = {
      match: async () => {
        await this.telling;
        return [...names].map(([channelId, name]) => ({
          adapter: "paper",
          workspaceId: "T1",
          channelId,
          name,
          isPrivate: false,
        }));
      },
      async *history() {},
      async *answers() {},
      lastActivity: async () => undefined,
      post: async ({ channelId }, { chunks }) => {
        if (this.fault) throw this.fault;
        for (const chunk of chunks) this.posts.push({ channelId, text: "text" in chunk ? chunk.text : "" });
      },
    };
  }
}

describe.each(stores())("the dice log on the $name store", (store) => {
  const clock = new TestClock();
  const { test } = useTestHall(store, { modules, random, clock });
  const paper = new Platform();
  beforeAll(() => void test().hall.chat.connect(paper));

  const chat = async (
    who: string,
    line: string,
    {
      isAdministrator = false,
      ...where
    }: { channelId?: string; isPrivate?: boolean; isAdministrator?: boolean; key?: string } = {},
  ) => {
    clock.advance(1000);
    const input = {
      ...chatInput(who, where),
      line,
      ...(isAdministrator ? { isAdministrator: async () => true } : {}),
    };
    const submission = await test().hall.chat.submitLine(input);
    if (submission.kind === "refused") return [submission.code, submission.message];
    if (submission.kind === "line_invalid") return [submission.error.code, submission.error.message];
    const id = begun(submission);
    await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
    return paper.texts(id).map((text) => Notice.safeParse(readJson(text)).data?.message ?? text ?? "");
  };
  const stats = async (who: string, line = "stats --all-players") => (await chat(who, line)).join("\n");
  /** The CSV of the log, as somebody in the channel gets it. */
  const csv = async (who: string) => {
    const id = begun(await test().hall.chat.submitLine({ ...chatInput(who), line: "stats log" }));
    await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
    const { user_id: userId } = await test()
      .hall.database.queries.selectFrom("actions.actions")
      .select("user_id")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    return (await test().hall.data.getChunkBytes(userId, id, 1)).bytes.toString();
  };
  const alone = async (): Promise<{ person: Principal; ask: (line: string) => Promise<string[]> }> => {
    const person = await test().createPerson(freshEmail());
    const { id: threadId } = await test().hall.service.createThread(person.user.id, {
      title: "table",
      description: "",
    });
    const ask = async (line: string) => {
      clock.advance(1000);
      const { response_chunks, error } = await test().finish(person, line, { threadId });
      if (error) return [error.message];
      return response_chunks.map(({ text_content }) => text_content ?? "");
    };
    return { person, ask };
  };

  it("M-28: has the public channels' rolls, once each, and neither skipped nor private ones", async () => {
    await chat("U-log", 'roll 2d6 fire, "and" ice -a', { key: "once" });
    const again = await test().hall.chat.submitLine({
      ...chatInput("U-log", { key: "once" }),
      line: 'roll 2d6 fire, "and" ice -a',
    });
    expect(again.kind).toBe("repeated");
    await chat("U-log", "roll 1d4 @home");
    await chat("U-log", "roll 1d8 skipped", { channelId: "C2" });
    await chat("U-log", "roll 1d8 secret", { channelId: "D1", isPrivate: true });
    const lines = (await csv("U-log")).split("\r\n");
    expect(lines[0]).toBe(
      "time,user,channel,reason,dice,advantage,disadvantage,reroll_ones,total_value,dice_values,user_id,character,reroll_twos,raw_rolls,blind,source",
    );
    expect(lines[1]).toMatch(
      /^2026-\S+Z,U-log by name,ic_keep,"fire, and ice",2d6,True,False,False,12,"\[6,6\]",[-0-9a-f]{36},,False,"\[6,6,6,6\]",False,random$/,
    );
    // A spreadsheet must not take a purpose for a formula.
    expect(lines[2]).toContain(",'@home,1d4,");
    expect(lines.slice(3)).toEqual([""]);
  });

  it("M-30, M-31: stats tell of one's own dice, or of all players', with the filters", async () => {
    for (const face of [3, 17, 20]) await chat("U-stat", `roll --faces ${face} 1d20 climbing`);
    await chat("U-other", "roll --faces 5 1d20+1 Stealth");
    await chat("U-other", "roll 3d6 damage");
    expect(await stats("U-stat", "stats")).toMatch(
      /^Pulled 3 d20 rolls from U\\-stat by name {2}\n\*Last 3 rolls\*: 20, 17, 3 {2}\n\*Most common rolls\*: climbing \(3\) {2}\n\*Die description\*: /,
    );
    expect(await stats("U-stat")).toContain("Pulled 4 d20 rolls from all players");
    const reason = await stats("U-stat", "stats --all-players --reason stealth");
    expect(reason).toContain("Pulled 1 d20 rolls for stealth from all players");
    expect(reason).not.toContain("Most common");
    expect(await stats("U-stat", "stats --all-players --channel ^ic_k")).toContain(
      "from all players in channels: ic\\_keep",
    );
    expect(await stats("U-stat", "stats --channel ^nowhere")).toBe("No matching dice rolls.");
    expect(await stats("U-stat", "stats --channel (")).toContain("regular expression cannot be read");
    expect(await stats("U-stat", "stats --die d7")).toBe("No matching dice rolls.");
    expect(await stats("U-stat", "stats --die nine")).toContain("Bad dice value");
    expect(await stats("U-other", "stats --die d6")).toContain("Pulled 3 d6 rolls");
    await chat("U-other", "roll 1d12 -a");
    expect(await stats("U-other", "stats --die d12")).toContain("Pulled 1 d12 rolls");
    expect(await stats("U-other", "stats --die d12 --no-modifiers")).toBe("No matching dice rolls.");
  });

  it("outside chat, tells of one's own rolls anywhere, and of all in this thread", async () => {
    const { ask } = await alone();
    const other = await alone();
    await ask("roll 1d20");
    await other.ask("roll 1d20");
    expect((await ask("stats"))[0]).toContain("Pulled 1 d20 rolls");
    expect((await ask("stats --all-players"))[0]).toContain("Pulled 1 d20 rolls");
  });

  it("M-29: blind rolls are seen by the game master's channel alone", async () => {
    const refused = await chat("U-hero", "roll 1d20 insight -b");
    expect(refused).toEqual(["no_blind_channel", expect.stringContaining("tabletop set blindChannel")]);
    expect((await chat("U-hero", "tabletop set blindChannel gm-rolls")).join()).toContain(
      "Only administrators may run",
    );
    const set = (line: string) => chat("U-gm", line, { isAdministrator: true });
    expect((await set("tabletop set blindChannel nowhere"))[0]).toContain('There is no channel "nowhere"');
    await set("tabletop set blindChannel #gm-rolls");
    await set("tabletop set blindRolls Insight, perception");
    paper.posts.length = 0;
    const told = await chat("U-hero", "roll 1d20+5 insight");
    expect(told).toEqual(["**1d20\\+5** insight was rolled blind: the game master will see the result."]);
    await expect.poll(() => paper.posts).toHaveLength(1);
    expect(paper.posts[0]).toEqual({
      channelId: "C3",
      text: expect.stringMatching(
        /^U\\-hero by name rolled, blind, in ic\\_keep: \*\*1d20\\\+5\*\* = \*\*25\*\* insight/,
      ),
    });
    expect((await chat("U-hero", "roll 1d20+5 insight --show"))[0]).toContain("**25**");
    expect((await chat("U-hero", "roll -b -s 1d20")).join()).toContain("exclude each other");
    expect((await chat("U-gm", "roll 1d20 insight", { channelId: "C3" }))[0]).toContain("**20**");
    // The roller's own statistics must not give it away, nor may a re-roll.
    expect(await stats("U-hero", "stats --reason insight")).toContain("Pulled 1 d20 rolls");
    expect(await csv("U-hero")).toMatch(/insight,1d20\+5,False,False,False,,,.*,True,random/);
    await chat("U-hero", "roll 1d20 lore -b");
    expect((await chat("U-hero", "reroll"))[0]).toContain("You have not rolled anything here");
  });

  it("tells a blind roll later when the channel cannot be reached at first", async () => {
    paper.fault = new CommandError("away", { code: "chat_unavailable" });
    paper.posts.length = 0;
    await chat("U-late", "roll 1d20 lore -b");
    paper.fault = undefined;
    clock.advance(120_000);
    const operator = await test().createPerson(freshEmail(), { admin: true });
    await test().finish(operator, "service run blind-rolls");
    await expect
      .poll(() => paper.posts.filter(({ text }) => text.includes("late")), { timeout: 10_000 })
      .toHaveLength(1);
  });

  it("shows a roll only when its channel's name is known, which need not be in the same hall's life", async () => {
    const told = Promise.withResolvers<void>();
    paper.telling = told.promise;
    // Names are asked for anew, and whoever rolls does not live to hear them.
    clock.advance(301_000);
    expect((await chat("U-cold", "roll 1d10"))[0]).toContain("= **10**");
    expect((await chat("U-cold", "roll 1d10", { channelId: "C2" }))[0]).toContain("= **10**");
    expect(await stats("U-cold", "stats --die d10")).toBe("No matching dice rolls.");
    paper.telling = Promise.resolve();
    clock.advance(120_000);
    const operator = await test().createPerson(freshEmail(), { admin: true });
    await test().finish(operator, "service run blind-rolls");
    await expect
      .poll(() => stats("U-cold", "stats --die d10 --channel ^ic_keep$"), { timeout: 10_000 })
      .toContain("Pulled 1 d10 rolls");
    expect(await stats("U-cold", "stats --die d10")).toContain("Pulled 1 d10 rolls");
    told.resolve();
  });

  it("M-29: rolls in private are told in public where the workspace says so", async () => {
    await chat("U-gm", "tabletop set publicChannel ic_all", { isAdministrator: true });
    await chat("U-gm", "tabletop set privateChannels whispers", { isAdministrator: true });
    paper.posts.length = 0;
    await chat("U-rogue", "roll 1d8 backstab", { channelId: "C4" });
    await chat("U-gm", "roll 1d8 trap", { channelId: "C3" });
    await expect.poll(() => paper.posts.map(({ channelId }) => channelId)).toEqual(["C5"]);
    expect(paper.posts[0]?.text).toContain("rolled: **1d8** = **8** backstab");
    expect(await stats("U-rogue", "stats --die d8")).toBe("No matching dice rolls.");
    await chat("U-gm", "tabletop reset publicChannel", { isAdministrator: true });
  });

  it("has limits of its own in each workspace, never above the hall's", async () => {
    await chat("U-gm", "tabletop set maxDice 5", { isAdministrator: true });
    expect((await chat("U-max", "roll 6d6"))[0]).toBe("expression_limit");
    expect((await chat("U-max", "roll 5d6"))[0]).toContain("= **30**");
    await chat("U-gm", "tabletop set maxDice 50000", { isAdministrator: true });
    expect((await chat("U-max", "roll 10001d6"))[0]).toBe("expression_limit");
    expect((await chat("U-gm", "tabletop set maxDice 0", { isAdministrator: true }))[0]).toContain(
      '"maxDice" cannot be used',
    );
    const { ask } = await alone();
    expect((await ask("tabletop"))[0]).toContain("Only workspaces of a chat platform");
    expect((await chat("U-max", "tabletop"))[0]).toContain('"maxDice","50000"');
  });

  it("rolls chosen dice again, leaves the others, and keeps both rolls in the record", async () => {
    const { ask } = await alone();
    await ask("roll --faces 3,1,5,2 4d6kh3 strength");
    const [told, document = ""] = await ask("reroll 2 4");
    expect(told).toContain("= **17**");
    expect(told).toContain("Before: 3, 1, 5, 2 = 10");
    expect(Roll.parse(JSON.parse(document)).dice.map(({ face }) => face)).toEqual([3, 6, 5, 6]);
    expect(JSON.parse(document)).toMatchObject({ reroll_of: { faces: [3, 1, 5, 2], dice: [1, 3] } });
    expect((await ask("stats --die d6"))[0]).toContain("Pulled 6 d6 rolls");
    expect((await ask("reroll 5"))[0]).toContain("from 1 to 4");
    await ask("roll 1d20");
    expect(Roll.parse(JSON.parse((await ask("reroll"))[1] ?? "")).source).toBe("random");
  });

  it("offers a button for each of a few dice", async () => {
    const texts = await chat("U-button", "roll --dialect guildhall 2d6");
    expect(texts[2]).toMatch(/"label":"Re-roll the 6","line":"reroll --of [-0-9a-f]{36} 1"/);
    expect(texts[1]).toContain('"total":12');
  });
});
