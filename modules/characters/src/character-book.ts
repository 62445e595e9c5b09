import { CommandError, type Clock, type JsonValue, type State } from "@guildhall/sdk";
import { z } from "zod";
import { Sheet } from "./sheet.ts";

/** The most characters that a person may have (F-14). */
export const MOST_CHARACTERS = 9;

/** How many earlier versions of a sheet are kept; the oldest go first. */
export const KEPT_VERSIONS = 20;

const SheetVersion = z.object({
  /** Counted from 1. */
  version: z.int().min(1),
  /** When it was written, an instant in ISO 8601. */
  at: z.iso.datetime(),
  /** How it came about, such as "imported". */
  how: z.string(),
  sheet: Sheet,
});

const Character = z.object({
  id: z.int().min(1).max(MOST_CHARACTERS),
  current: SheetVersion,
  /** Oldest first. */
  earlier: z.array(SheetVersion),
});

const CharacterBook = z.object({
  /** The id of the character that is played; null only when there are none. */
  active: z.int().nullable(),
  /** By id. */
  list: z.array(Character),
});

/** The person's document; what is not of this module in it stays as it is. */
const UserDocument = z.looseObject({ characters: CharacterBook.optional() });

/** A sheet as it was at some time. */
export type SheetVersion = z.output<typeof SheetVersion>;

/** A character of a person, with its history. */
export type Character = z.output<typeof Character>;

/** All characters of a person. */
export type CharacterBook = z.output<typeof CharacterBook>;

/** A book after a change, and what the change says about itself. */
export interface BookChange<Result> {
  readonly book: CharacterBook;
  readonly result: Result;
}

const EMPTY: CharacterBook = { active: null, list: [] };

/** The characters of all people, kept in `user_<id>` (S001-17). */
export class CharacterBooks {
  readonly #state: State;
  readonly #clock: Clock;

  constructor({ state, clock }: { readonly state: State; readonly clock: Clock }) {
    this.#state = state;
    this.#clock = clock;
  }

  async read(userId: string): Promise<CharacterBook> {
    return bookIn(UserDocument.parse((await this.#state.get(keyOf(userId))) ?? {}));
  }

  /** Changes a person's book in one atomic step; when `change` throws, nothing changes. */
  async change<Result>(
    userId: string,
    change: (book: CharacterBook, now: Date) => BookChange<Result>,
  ): Promise<Result> {
    let latest: { readonly result: Result } | undefined;
    await this.#state.update(keyOf(userId), (value) => {
      const document = UserDocument.parse(value ?? {});
      const { book, result } = change(bookIn(document), this.#clock.now());
      latest = { result };
      return storable({ ...document, characters: book });
    });
    if (!latest) throw new Error("the state did not apply the change");
    return latest.result;
  }
}

function keyOf(userId: string): string {
  return `user_${userId}`;
}

function bookIn(document: z.output<typeof UserDocument>): CharacterBook {
  return document.characters ?? EMPTY;
}

/** Without the fields that are undefined, which JSON does not know. */
function storable(document: object): JsonValue {
  return z.json().parse(JSON.parse(JSON.stringify(document)));
}

/**
 * The active character, or the one called `name` in any letter case, or with `name` as its id.
 *
 * @throws CommandError with the code `no_character` when there are none, `no_such_character` when none is called so
 */
export function findCharacter(book: CharacterBook, name?: string): Character {
  if (book.list.length === 0) {
    throw new CommandError(
      'You have not defined a character yet. Import a sheet with "character import", or add a name with "character add".',
      { code: "no_character" },
    );
  }
  const wanted = name?.trim().toLowerCase();
  const found = book.list.find(({ id, current }) =>
    wanted === undefined ? id === book.active : String(id) === wanted || keyOfName(current.sheet) === wanted,
  );
  if (found) return found;
  throw new CommandError(
    `You are not authorized to play: ${name ?? ""}. "character list" shows your characters.`,
    {
      code: "no_such_character",
    },
  );
}

/** Adds a character under the smallest free id; the first one becomes active (F-38). */
export function addCharacter(
  book: CharacterBook,
  { sheet, how, now }: { readonly sheet: Sheet; readonly how: string; readonly now: Date },
): BookChange<Character> {
  if (book.list.some(({ current }) => keyOfName(current.sheet) === keyOfName(sheet))) {
    throw new CommandError(`You have a character called ${sheet.name} already: choose another name.`, {
      code: "name_taken",
    });
  }
  const id = Array.from({ length: MOST_CHARACTERS }, (_, index) => index + 1).find((one) =>
    book.list.every((character) => character.id !== one),
  );
  if (id === undefined) {
    throw new CommandError(
      `You have ${MOST_CHARACTERS} characters, which is the most: remove one first with "character remove".`,
      { code: "too_many_characters" },
    );
  }
  const added: Character = { id, current: { version: 1, at: now.toISOString(), how, sheet }, earlier: [] };
  const list = [...book.list, added].toSorted((one, other) => one.id - other.id);
  return { book: { active: book.active ?? id, list }, result: added };
}

/** Takes a character away; when it was the active one, the first of those that are left becomes active. */
export function removeCharacter(book: CharacterBook, character: Character): CharacterBook {
  const list = book.list.filter(({ id }) => id !== character.id);
  return { active: book.active === character.id ? (list[0]?.id ?? null) : book.active, list };
}

/** Replaces a character's sheet by a new version; the present one joins the history. */
export function replaceSheet(
  book: CharacterBook,
  {
    character,
    sheet,
    how,
    now,
  }: {
    readonly character: Character;
    readonly sheet: Sheet;
    readonly how: string;
    readonly now: Date;
  },
): BookChange<Character> {
  const current: SheetVersion = { version: character.current.version + 1, at: now.toISOString(), how, sheet };
  const earlier = [...character.earlier, character.current].slice(-KEPT_VERSIONS);
  return withCharacter(book, { ...character, current, earlier });
}

/** Changes a character's sheet within its version: for what changes in every fight. */
export function amendSheet(
  book: CharacterBook,
  { character, sheet }: { readonly character: Character; readonly sheet: Sheet },
): BookChange<Character> {
  return withCharacter(book, { ...character, current: { ...character.current, sheet } });
}

function withCharacter(book: CharacterBook, character: Character): BookChange<Character> {
  const list = book.list.map((one) => (one.id === character.id ? character : one));
  return { book: { ...book, list }, result: character };
}

function keyOfName({ name }: Sheet): string {
  return name.toLowerCase();
}
