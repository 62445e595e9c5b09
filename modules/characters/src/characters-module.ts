import {
  defineCommand,
  defineModule,
  escapeMarkdown,
  forAsker,
  markdown,
  type Command,
} from "@guildhall/sdk";
import { aliasCommand } from "./alias-commands.ts";
import { CharacterBooks, findCharacter } from "./character-book.ts";
import { characterCommands } from "./character-commands.ts";
import { characterOption, hitPointCommand } from "./hit-point-command.ts";
import { playedCharacter } from "./played-character.ts";
import type { CharactersApi } from "./ref.ts";
import { describeCharacter } from "./sheet.ts";
import { sheetCommands } from "./sheet-commands.ts";

/** The module `characters`: the commands `character` and `hp`, and characters for other modules. */
export const characters = defineModule<CharactersApi>({
  name: "characters",
  summary: "Character sheets and hit points",
  initialize: ({ state, clock }) => {
    const books = new CharacterBooks({ state, clock });
    return { api: charactersApi(books), commands: [characterCommand(books), hitPointCommand(books)] };
  },
});

function charactersApi(books: CharacterBooks): CharactersApi {
  return {
    find: async ({ userId, name }) => {
      const book = await books.read(userId);
      if (book.list.length === 0) return undefined;
      return playedCharacter(findCharacter(book, name));
    },
  };
}

function characterCommand(books: CharacterBooks): Command {
  return defineCommand({
    name: "character",
    summary: "See and choose the character that you play, and look up its sheet",
    description: "Without more words: the character that you play.",
    arguments: { character: characterOption },
    examples: ["character", "character ability stealth", "character list"],
    commands: [
      ...characterCommands(books),
      ...sheetCommands(books),
      aliasCommand(books),
      hitPointCommand(books),
    ],
    pure: true,
    async *run({ character }, { user }) {
      const { sheet } = findCharacter(await books.read(user.id), character).current;
      yield forAsker(markdown(`You are playing ${escapeMarkdown(describeCharacter(sheet))}`));
    },
  });
}
