import { characters } from "@guildhall/characters";
import { initiative } from "@guildhall/initiative";
import { beforeAll, describe, expect, it } from "vitest";
import type { Principal } from "../src/hall/people.ts";
import { begun, chatInput, RecordingConnection } from "./support/recording-connection.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall, type TestHall } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const modules = [characters, initiative];
// Every die shows its highest face.
const random = { integer: (_low: number, high: number) => high };

describe.each(stores())("initiative on the $name store", (store) => {
  const { test, url } = useTestHall(store, { modules, random });
  const paper = new RecordingConnection();
  beforeAll(() => void test().hall.chat.connect(paper));

  /** Runs lines in one thread of a person's own. */
  const table = async () => {
    const person = await test().createPerson(freshEmail());
    const { id: threadId } = await test().hall.service.createThread(person.user.id, {
      title: "table",
      description: "",
    });
    const ask = (line: string, hall: TestHall = test()) => answer(hall, person, { line, threadId });
    return { person, threadId, ask };
  };
  const answer = async (
    hall: TestHall,
    person: Principal,
    { line, threadId }: { readonly line: string; readonly threadId: string },
  ) => {
    const { state, response_chunks, error } = await hall.finish(person, line, { threadId });
    if (state !== "completed") return [error?.message ?? ""];
    return response_chunks.map(({ text_content }) => text_content ?? "");
  };
  const chat = async (who: string, line: string, where: Parameters<typeof chatInput>[1]) => {
    const id = begun(await test().hall.chat.submitLine({ ...chatInput(who, where), line }));
    await expect.poll(() => paper.hasEnded(id), { timeout: 10_000 }).toBe(true);
    return paper.texts(id);
  };

  it("F-13: shows the order, whose turn it is, the round, and two buttons", async () => {
    const { ask } = await table();
    const [nobody, join] = await ask("init");
    expect(nobody).toBe("**\\[ Initiative \\]**\n\nNo characters in initiative.");
    expect(join).toBe('[{"label":"\u{2795} Join","line":"init join","replaces":true}]');
    await ask("init join Adrianna 1d20+3");
    await ask('init join "Old Tom" 1d6');
    const [order, buttons] = await ask("init get");
    expect(order).toBe("**\\[ Initiative \\]**\n\n\u2192 **Adrianna: 23**  \nOld Tom: 6\n\nRound: 1");
    expect(buttons).toContain(
      '{"label":"\u{2694}\u{FE0F} Next","line":"init next --turn 0","replaces":true}',
    );
    expect((await ask("init next"))[0]).toContain("\u2192 **Old Tom: 6**");
    expect((await ask("init next"))[0]).toContain("Round: 2");
    expect((await ask("init previous"))[0]).toContain("Round: 1");
    expect((await ask("init remove old tom"))[0]).not.toContain("Tom");
    expect((await ask("init remove old tom"))[0]).toMatch(/^There is no "old tom" in the initiative/);
    expect((await ask("init reset"))[0]).toContain("No characters in initiative.");
  });

  it("F-37: takes the active character, or a d20 for a name alone", async () => {
    const { ask } = await table();
    expect((await ask("init join"))[0]).toMatch(/^You do not have any characters selected/);
    await ask("character add Zed 1d20+7");
    expect((await ask("init join"))[0]).toContain("Zed: 27");
    expect((await ask("init join Wolf"))[0]).toContain("Wolf: 20");
    expect((await ask("init join Bear 1d4 2"))[0]).toContain("Bear 1: 4  \nBear 2: 4");
    expect((await ask("init join Owl 1d20+"))[0]).toMatch(/^The dice "1d20\+" cannot be read, at column/);
    expect((await ask("init join 17"))[0]).toMatch(/is no name/);
  });

  it("two who press Next at once advance once", async () => {
    const { ask, person, threadId } = await table();
    for (const line of ["init join Ann 30", "init join Bob 20", "init join Cyd 10"]) await ask(line);
    const other = await openTestHall({ url: url(), modules, random });
    const presses = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        answer(index % 2 === 0 ? test() : other, person, { line: "init next --turn 0", threadId }),
      ),
    );
    await other.stop();
    expect(presses.filter(([text]) => text?.startsWith("That turn had ended already."))).toHaveLength(7);
    expect((await ask("init"))[0]).toContain("\u2192 **Bob: 20**");
  });

  it("loses nobody who joins at the same time", async () => {
    const { ask } = await table();
    await Promise.all(Array.from({ length: 10 }, () => ask("init add Goblin 1d20+2")));
    const [order = ""] = await ask("init");
    expect(order.match(/Goblin/g)).toHaveLength(10);
    expect(new Set(order.match(/Goblin( \d+)?/g)).size).toBe(10);
  });

  it("keeps the hit points of monsters from all but whoever brought them in", async () => {
    const where = { channelId: "C-secret" };
    const [order, , secret] = await chat("U-gm", "init add Goblin 1d20+2 2 --hp 2d6", where);
    expect(order).toContain("Goblin 1: 22**, unhurt");
    expect(secret).toBe("Goblin 1: 12/12 hit points  \nGoblin 2: 12/12 hit points");
    const refused = await chat("U-player", 'init hp "Goblin 1" -5', where);
    expect(refused.join()).toContain("Only whoever brought Goblin 1 in");
    const hurt = await chat("U-gm", 'init hp "Goblin 1" -7', where);
    expect(hurt[0]).toContain("Goblin 1: 22**, bloodied");
    expect(hurt[2]).toContain("Goblin 1: 5/12");
    const seen = await chat("U-player", "init", where);
    expect(seen.join()).not.toMatch(/\d+\/12/);
    expect((await chat("U-gm", 'init hp "Goblin 1" -99', where))[0]).toContain("Goblin 1: 22**, down");
    expect((await chat("U-gm", 'init hp "Goblin 1" +99', where))[0]).toContain("Goblin 1: 22**, unhurt");
  });

  it("keeps effects for their turns, and notes", async () => {
    const { ask } = await table();
    for (const line of ["init join Ann 30", "init join Bob 20"]) await ask(line);
    expect((await ask("init effect add Ann poisoned -t 2"))[0]).toContain("Ann: 30**, poisoned for 2 turns");
    expect((await ask("init note Bob on the *roof*"))[0]).toContain("Bob: 20, on the \\*roof\\*");
    expect((await ask("init next"))[0]).toContain("Ann: 30, poisoned for 1 turn");
    await ask("init next");
    expect((await ask("init next"))[0]).toMatch(/^poisoned ends on Ann\./);
    expect((await ask("init effect remove Ann poisoned"))[0]).toBe('There is no "poisoned" on Ann.');
    expect((await ask("init note Bob"))[0]).not.toContain("roof");
    expect((await ask("init delay"))[0]).toContain("Bob: 20, delays");
    expect((await ask("init resume Bob"))[0]).toContain("\u2192 **Bob: 30**");
    expect((await ask("init skip Ann"))[0]).toContain("Ann: 30, is skipped next");
  });

  it("is kept as init_<channel id>, one for each channel, and not in direct messages", async () => {
    await chat("U-ann", "init join Ann 7", { channelId: "C-one" });
    await chat("U-bob", "init join Bob 9", { channelId: "C-one" });
    await chat("U-bob", "init join Bob 9", { channelId: "C-two" });
    expect(await test().hall.state.get("init_C-one")).toMatchObject({
      combatants: [{ name: "Bob" }, { name: "Ann" }],
    });
    expect((await chat("U-bob", "init", { channelId: "C-two" }))[0]).not.toContain("Ann");
    const refused = await chat("U-bob", "init", { channelId: "D-bob", isPrivate: true });
    expect(refused.join()).toContain("DMs are not supported");
  });

  it("is the same tracker in the channel and in the channel's thread elsewhere", async () => {
    await chat("U-cyd", "init join Cyd 7", { channelId: "C-shared" });
    const { queries } = test().hall.database;
    const { thread_id: threadId, user_id: userId } = await queries
      .selectFrom("chat.channels as c")
      .innerJoin("threads.thread_members as m", "m.thread_id", "c.thread_id")
      .select(["c.thread_id", "m.user_id"])
      .where("c.external_id", "=", "C-shared")
      .executeTakeFirstOrThrow();
    const cyd: Principal = { user: await test().hall.data.getUser(userId) };
    const typed = await answer(test(), cyd, { line: "init join Dan 9", threadId });
    expect(typed[0]).toContain("\u2192 **Dan: 9**  \nCyd: 7");
    expect((await chat("U-cyd", "init next", { channelId: "C-shared" }))[0]).toContain("\u2192 **Cyd: 7**");
    expect((await answer(test(), cyd, { line: "init", threadId }))[0]).toContain("\u2192 **Cyd: 7**");
  });

  it("survives a restart", async () => {
    const { ask } = await table();
    for (const line of ["init join Ann 30", "init join Bob 20", "init next"]) await ask(line);
    const [before] = await ask("init");
    const again = await openTestHall({ url: url(), modules, random });
    expect((await ask("init", again))[0]).toBe(before);
    expect((await ask("init next", again))[0]).toContain("Round: 2");
    await again.stop();
  });
});
