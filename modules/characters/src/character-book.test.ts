import { CommandError } from "@guildhall/sdk";
import { MemoryState } from "@guildhall/sdk/testing";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BARE_DND5, sheetOf } from "./adrianna.fixture.ts";
import {
  addCharacter,
  amendSheet,
  CharacterBooks,
  findCharacter,
  KEPT_VERSIONS,
  removeCharacter,
  replaceSheet,
} from "./character-book.ts";

const clock = { now: () => new Date("2026-03-01T12:00:00Z") };
const now = clock.now();

function opened() {
  const state = new MemoryState(clock);
  const books = new CharacterBooks({ state, clock });
  const add = (name: string) =>
    books.change("u", (book) =>
      addCharacter(book, {
        sheet: sheetOf({ system: "plain", name, initiative: "1d20" }),
        how: "added",
        now,
      }),
    );
  const remove = (name: string) =>
    books.change("u", (book) => ({
      book: removeCharacter(book, findCharacter(book, name)),
      result: undefined,
    }));
  return { state, books, add, remove };
}

describe("CharacterBooks", () => {
  it("F-38: gives the smallest free id, and plays the first", async () => {
    const { books, add, remove } = opened();
    expect((await add("Ann")).id).toBe(1);
    expect((await add("Bob")).id).toBe(2);
    expect((await add("Cyd")).id).toBe(3);
    await remove("bob");
    expect((await add("Dan")).id).toBe(2);
    const book = await books.read("u");
    expect(book.list.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(findCharacter(book).current.sheet.name).toBe("Ann");
  });

  it("F-38: keeps ids unique and within 1 to 9, and always plays one while there are any", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 40 }), async (steps) => {
        const { books, add, remove } = opened();
        for (const step of steps) {
          const name = `Hero ${String.fromCharCode(65 + step)}`;
          const { list } = await books.read("u");
          const known = list.some(({ current }) => current.sheet.name === name);
          if (known) await remove(name);
          else if (list.length < 9) await add(name);
          else await expect(add(name)).rejects.toMatchObject({ code: "too_many_characters" });
        }
        const { active, list } = await books.read("u");
        const ids = list.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => id >= 1 && id <= 9)).toBe(true);
        expect(active === null ? ids.length === 0 : ids.includes(active)).toBe(true);
      }),
    );
  });

  it("S001-17: leaves what others keep in user_<id>", async () => {
    const { state, add } = opened();
    await state.set("user_u", { saved_rolls: { smite: "2d8" } });
    await add("Ann");
    expect(await state.get("user_u")).toMatchObject({
      saved_rolls: { smite: "2d8" },
      characters: { active: 1 },
    });
  });

  it("changes nothing when the change fails", async () => {
    const { state, add } = opened();
    await add("Ann");
    const before = await state.get("user_u");
    await expect(add("ANN")).rejects.toMatchObject({ code: "name_taken" });
    expect(await state.get("user_u")).toEqual(before);
  });

  it("finds by name in any letter case, or by id, and nobody else's", async () => {
    const { books, add } = opened();
    await expect(async () => findCharacter(await books.read("u"))).rejects.toMatchObject({
      code: "no_character",
    });
    await add("Old Tom");
    await add("Ann");
    const book = await books.read("u");
    expect(findCharacter(book, "old tom").id).toBe(1);
    expect(findCharacter(book, "2").current.sheet.name).toBe("Ann");
    expect(() => findCharacter(book, "Zed")).toThrow("You are not authorized to play: Zed");
    expect(() => findCharacter(book, "3")).toThrow(CommandError);
  });

  it("keeps earlier versions, the newest of them, and hit points make none", () => {
    const first = addCharacter(
      { active: null, list: [] },
      { sheet: sheetOf(BARE_DND5), how: "imported", now },
    );
    let { book, result: character } = first;
    for (let turn = 0; turn < KEPT_VERSIONS + 3; turn += 1) {
      const sheet = sheetOf({ ...BARE_DND5, hit_points: 10 + turn });
      ({ book, result: character } = replaceSheet(book, { character, sheet, how: "imported", now }));
    }
    const sheet = sheetOf({ ...BARE_DND5, current_hit_points: 1 });
    ({ book, result: character } = amendSheet(book, { character, sheet }));
    const kept = findCharacter(book);
    expect(kept.current).toMatchObject({ version: KEPT_VERSIONS + 4, sheet: { current_hit_points: 1 } });
    expect(kept.earlier.map(({ version }) => version)).toEqual(
      Array.from({ length: KEPT_VERSIONS }, (_, index) => index + 4),
    );
  });
});
