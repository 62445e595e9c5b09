import { characters } from "@guildhall/characters";
import { describe, expect, it } from "vitest";
import type { Principal } from "../src/hall/people.ts";
import { stores } from "./support/stores.ts";
import { freshEmail, openTestHall } from "./support/test-hall.ts";
import { useTestHall } from "./support/use-test-hall.ts";

const SHEET = [
  "name: Adrianna",
  "classes: {fighter: 4, rogue: 1}",
  "strength: 9",
  "dexterity: 16",
  "constitution: 14",
  "intelligence: 10",
  "wisdom: 13",
  "charisma: 8",
  "armor_class: 15",
  "hit_points: 40",
  "proficiencies: [stealth]",
].join("\n");

describe.each(stores())("characters on the $name store", (store) => {
  const { test, url } = useTestHall(store, { modules: [characters] });
  const ask = async (person: Principal, line: string) => {
    const { state, response_chunks, error } = await test().finish(person, line);
    const texts = response_chunks.map(({ text_content }) => text_content);
    return state === "completed" ? texts : [error?.message];
  };
  const player = async () => {
    const person = await test().createPerson(freshEmail());
    await ask(person, `character import ${SHEET}`);
    return person;
  };

  it("M-33: says who is played, and what to do when nobody is", async () => {
    const person = await test().createPerson(freshEmail());
    for (const line of ["character", "hp", "character ability stealth"]) {
      expect((await ask(person, line))[0]).toMatch(/^You have not defined a character yet\./);
    }
    expect((await ask(person, "character list"))[0]).toContain("You don't have any characters");
    expect(await ask(person, `character import ${SHEET}`)).toEqual([
      "Imported Adrianna \\(lvl 5\\) as number 1, version 1\\.".replace("1\\.", "1."),
    ]);
    expect(await ask(person, "character")).toEqual(["You are playing Adrianna \\(lvl 5\\)"]);
  });

  it("M-34: looks up what is on the sheet", async () => {
    const person = await player();
    expect(await ask(person, "character ability stealth")).toEqual(["Adrianna's modifier for stealth is +6"]);
    expect(await ask(person, "character ability str save")).toEqual([
      "Adrianna's modifier for str save is -1",
    ]);
    expect(await ask(person, "character ability juggling")).toEqual([
      'Could not find a modifier for "juggling"',
    ]);
  });

  it("M-35, M-36: changes hit points and says so, under both names", async () => {
    const person = await player();
    expect(await ask(person, "hp")).toEqual(["Adrianna has 40/40 hit points"]);
    expect(await ask(person, "hp harm 7")).toEqual([
      "Took 7 hit points of damage.\n\nAdrianna has 33/40 hit points",
    ]);
    expect(await ask(person, "character hp temp 3")).toEqual([
      "Granted 3 temporary hit points.\n\nAdrianna has 36/40 hit points",
    ]);
    expect(await ask(person, "hp max -10")).toEqual([
      "Adjusted hit point maximum by -10 hit points.\n\nAdrianna has 33/30 hit points including a -10 change to HP maximum",
    ]);
    expect(await ask(person, "hp harm 99")).toEqual([
      "Took 99 hit points of damage. **Adrianna are now unconscious!**\n\nAdrianna has 0/30 hit points including a -10 change to HP maximum",
    ]);
    expect(await ask(person, "hp heal full")).toEqual([
      "Healed back to the hit point maximum of 30.\n\nAdrianna has 30/30 hit points including a -10 change to HP maximum",
    ]);
    expect(await ask(person, "hp harm 2d6")).toEqual(['Could not parse amount: "2d6"']);
    expect((await ask(person, "hp heal -1"))[0]).toMatch(/^-1 is too few/);
    expect((await ask(person, "hp temp 0"))[0]).toMatch(/^0 is too few/);
  });

  it("loses no harm that is done at the same time", async () => {
    const person = await player();
    await Promise.all(Array.from({ length: 10 }, () => ask(person, "hp harm 2")));
    expect(await ask(person, "hp")).toEqual(["Adrianna has 20/40 hit points"]);
  });

  it("F-14, M-40: plays one of several, and nobody else's", async () => {
    const person = await player();
    await ask(person, 'character add "Old Tom" 1d20-1');
    const [list, choose] = await ask(person, "character list");
    expect(list).toBe("\u2192 **1\\. Adrianna \\(1d20\\+3\\)**  \n2\\. Old Tom \\(1d20\\-1\\)");
    expect(choose).toContain('{"label":"Old Tom","line":"character set 2"}');
    expect(await ask(person, "character set old tom")).toEqual(["You are playing Old Tom"]);
    expect((await ask(person, "hp"))[0]).toContain("Old Tom has no hit points");
    expect(await ask(person, "hp -c adrianna")).toEqual(["Adrianna has 40/40 hit points"]);
    const other = await player();
    expect((await ask(other, "character set Old Tom"))[0]).toMatch(
      /^You are not authorized to play: Old Tom/,
    );
    expect(await ask(person, "character remove 2")).toEqual(["Removed Old Tom."]);
    expect(await ask(person, "character")).toEqual(["You are playing Adrianna \\(lvl 5\\)"]);
  });

  it("goes back to an earlier version of a sheet, and forth again", async () => {
    const person = await player();
    await ask(person, `character import ${SHEET.replace("hit_points: 40", "hit_points: 50")}`);
    expect(await ask(person, "hp")).toEqual(["Adrianna has 50/50 hit points"]);
    expect(await ask(person, "character restore 1")).toEqual([
      "Adrianna \\(lvl 5\\) is as in version 1 again; that is version 3 now.",
    ]);
    expect(await ask(person, "hp")).toEqual(["Adrianna has 40/40 hit points"]);
    expect((await ask(person, "character restore 3"))[0]).toBe("Version 3 is the present one.");
    expect((await ask(person, "character restore 9"))[0]).toMatch(/^There is no version 9/);
    const [history] = await ask(person, "character history");
    expect(history).toContain("restored from version 1");
    const [json] = await ask(person, "character export -f json");
    expect(JSON.parse(json ?? "")).toMatchObject({ name: "Adrianna", hit_points: 40 });
    const [yaml] = await ask(person, "character export");
    expect((await ask(person, `character import ${yaml}`))[0]).toContain("version 4");
  });

  it("M-40: names rolls of its own", async () => {
    const person = await player();
    expect((await ask(person, "character roll list"))[0]).toContain("There are none yet");
    expect((await ask(person, "character roll set smite 2d8+nonsense"))[0]).toMatch(
      /^The dice cannot be read/,
    );
    expect((await ask(person, 'character roll set "sneak attack" 3d6+DEX'))[0]).toContain("sneak attack");
    expect((await ask(person, "character roll list"))[0]).toContain('["sneak attack","3d6+DEX"]');
    expect(await ask(person, "character roll remove Sneak Attack")).toEqual(["Forgot sneak attack."]);
    expect((await ask(person, "character roll remove smite"))[0]).toContain("no roll called");
  });

  it("shows the whole sheet", async () => {
    const person = await player();
    const [headline, abilities, skills] = await ask(person, "character sheet");
    expect(headline).toContain("class: fighter 4, rogue 1");
    expect(abilities).toContain('["dexterity",16,"+3","+3"]');
    expect(skills).toContain('["stealth","+6","proficient"]');
  });

  it("survives a restart", async () => {
    const person = await player();
    await ask(person, "hp harm 11");
    const again = await openTestHall({ url: url(), modules: [characters] });
    const { response_chunks } = await again.finish(person, "hp");
    expect(response_chunks[0]?.text_content).toBe("Adrianna has 29/40 hit points");
    await again.stop();
  });
});
