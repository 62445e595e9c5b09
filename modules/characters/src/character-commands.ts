import {
  buttons,
  CommandError,
  defineCommand,
  escapeMarkdown,
  forAsker,
  markdown,
  rest,
  text,
  type Command,
} from "@guildhall/sdk";
import {
  addCharacter,
  findCharacter,
  MOST_CHARACTERS,
  removeCharacter,
  type CharacterBook,
  type CharacterBooks,
} from "./character-book.ts";
import { characterOption } from "./hit-point-command.ts";
import { signed, type LookUp } from "./look-up.ts";
import { assertDice } from "./sheet-dice.ts";
import { describeCharacter, initiativeExpression, lookUp, Sheet } from "./sheet.ts";

const LONGEST_LOOK_UP = 200;

/** The sub-commands that look things up and choose among one's characters. */
export function characterCommands(books: CharacterBooks): readonly Command[] {
  const ability = defineCommand({
    name: "ability",
    summary: "Look up an ability, a saving throw, a skill or the like on the sheet",
    description: [
      'A saving throw has the word "save" in it: dex save.',
      "An ability may be shortened: str, dex, con, int, wis, cha.",
      "Also: initiative, proficiency, and for a knight traits, passions, damage, healing rate and so on.",
    ].join("\n"),
    arguments: {
      words: rest("What to look up", { required: true, maxLength: LONGEST_LOOK_UP }),
      character: characterOption,
    },
    examples: ["character ability stealth", "character ability dex save"],
    pure: true,
    async *run({ words, character }, { user }) {
      const { sheet } = findCharacter(await books.read(user.id), character).current;
      const found = lookUp(sheet, words);
      if (!found) {
        throw new CommandError(`Could not find a modifier for "${words}"`, { code: "unknown_ability" });
      }
      const [name, what] = [escapeMarkdown(sheet.name), escapeMarkdown(words)];
      yield forAsker(markdown(`${name}'s ${nounFor(found)} for ${what} is ${describeLookUp(found)}`));
    },
  });

  const list = defineCommand({
    name: "list",
    summary: "List your characters, with a button for each to play it",
    pure: true,
    async *run(_values, { user }) {
      const book = await books.read(user.id);
      yield forAsker(markdown(describeList(book)));
      if (book.list.length > 0) {
        yield forAsker(
          buttons(
            book.list.map(({ id, current }) => ({ label: current.sheet.name, line: `character set ${id}` })),
          ),
        );
      }
    },
  });

  const set = defineCommand({
    name: "set",
    summary: "Choose the character that you play",
    arguments: { name: rest("Its name or id", { required: true, maxLength: 80 }) },
    examples: ["character set Adrianna", "character set 2"],
    async *run({ name }, { user }) {
      const sheet = await books.change(user.id, (book) => {
        const character = findCharacter(book, name);
        return { book: { ...book, active: character.id }, result: character.current.sheet };
      });
      yield forAsker(markdown(`You are playing ${escapeMarkdown(describeCharacter(sheet))}`));
    },
  });

  const add = defineCommand({
    name: "add",
    summary: `Add a character by name and initiative alone (at most ${MOST_CHARACTERS} a person)`,
    arguments: {
      name: text("Its name (in quotes where it has spaces)", { maxLength: 80 }),
      initiative: text("The dice it rolls for initiative, such as 1d20+3", {
        maxLength: 200,
        default: "1d20",
      }),
    },
    examples: ["character add Adrianna 1d20+3", 'character add "Old Tom"'],
    async *run({ name, initiative }, { user }) {
      const sheet = plainSheet({ name, initiative });
      assertDice(sheet);
      const { id } = await books.change(user.id, (book, now) =>
        addCharacter(book, { sheet, how: "added", now }),
      );
      const shown = escapeMarkdown(`${sheet.name} (${initiativeExpression(sheet)})`);
      yield forAsker(markdown(`Added ${shown} as number ${id}.`));
    },
  });

  const remove = defineCommand({
    name: "remove",
    summary: "Remove one of your characters, with its whole history",
    arguments: { name: rest("Its name or id", { required: true, maxLength: 80 }) },
    examples: ["character remove Adrianna"],
    async *run({ name }, { user }) {
      const removed = await books.change(user.id, (book) => {
        const character = findCharacter(book, name);
        return { book: removeCharacter(book, character), result: character.current.sheet.name };
      });
      yield forAsker(markdown(`Removed ${escapeMarkdown(removed)}.`));
    },
  });

  return [ability, list, set, add, remove];
}

function plainSheet(given: { readonly name: string; readonly initiative: string }): Sheet {
  const parsed = Sheet.safeParse({ system: "plain", ...given });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CommandError(
    `The ${issue?.path.join(".") ?? "character"} will not do: ${issue?.message ?? ""}.`,
    {
      code: "bad_character",
    },
  );
}

/** Lines "id. name (expression)", with an arrow at the active one (F-14). */
function describeList({ active, list }: CharacterBook): string {
  if (list.length === 0) {
    return 'You don\'t have any characters\\! Add one with "character add", or import a sheet with "character import".';
  }
  return list
    .map(({ id, current: { sheet } }) => {
      const line = escapeMarkdown(`${id}. ${sheet.name} (${initiativeExpression(sheet)})`);
      return id === active ? `\u2192 **${line}**` : line;
    })
    .join("  \n");
}

function nounFor({ kind }: LookUp): string {
  switch (kind) {
    case "modifier":
      return "modifier";
    case "target":
      return "target number";
    case "dice":
      return "roll";
    case "value":
      return "value";
  }
}

function describeLookUp(found: LookUp): string {
  switch (found.kind) {
    case "modifier":
      return signed(found.modifier);
    case "target":
      return String(found.target);
    case "dice":
      return found.expression;
    case "value":
      return found.unit === undefined ? String(found.value) : `${found.value} ${found.unit}`;
  }
}
