import {
  CommandError,
  defineCommand,
  escapeMarkdown,
  forAsker,
  markdown,
  rest,
  table,
  text,
  type Command,
} from "@guildhall/sdk";
import { amendSheet, findCharacter, type CharacterBooks } from "./character-book.ts";
import { characterOption } from "./hit-point-command.ts";
import { lookUpWords } from "./look-up.ts";
import { diceFault } from "./sheet-dice.ts";

const MOST_ALIASES = 100;
const LONGEST_NAME = 80;

/** `character roll`: the rolls that a sheet has names for (M-40). */
export function aliasCommand(books: CharacterBooks): Command {
  const list = defineCommand({
    name: "list",
    summary: "List the rolls that the sheet has names for",
    arguments: { character: characterOption },
    pure: true,
    async *run({ character }, { user }) {
      const { sheet } = findCharacter(await books.read(user.id), character).current;
      const rows = Object.entries(sheet.roll_aliases);
      yield forAsker(
        rows.length > 0
          ? table({ columns: ["roll", "dice"], rows })
          : markdown('There are none yet. Give one a name with "character roll set".'),
      );
    },
  });

  const set = defineCommand({
    name: "set",
    summary: "Give dice a name, with the sheet's numbers in them",
    description: "Then roll it by that name, such as: roll sneak attack",
    arguments: {
      name: text("Its name (in quotes where it has spaces)", { maxLength: LONGEST_NAME }),
      dice: rest("The dice, such as 4d6+STR or 1d20+stealth", { required: true, maxLength: 200 }),
      character: characterOption,
    },
    examples: ['character roll set "sneak attack" 3d6+DEX'],
    async *run({ name: typed, dice, character }, { user }) {
      const name = lookUpWords(typed).join(" ");
      if (!/\p{L}/u.test(name)) {
        throw new CommandError("A roll's name has a letter in it.", { code: "bad_name" });
      }
      const sheet = await books.change(user.id, (book) => {
        const found = findCharacter(book, character);
        const before = found.current.sheet;
        const fault = diceFault(before, dice);
        if (fault !== undefined) {
          throw new CommandError(`The dice cannot be read: ${fault}`, { code: "bad_expression" });
        }
        const roll_aliases = { ...before.roll_aliases, [name]: dice };
        if (Object.keys(roll_aliases).length > MOST_ALIASES) {
          throw new CommandError(`A sheet has at most ${MOST_ALIASES} rolls: remove one first.`, {
            code: "too_many_rolls",
          });
        }
        const after = { ...before, roll_aliases };
        return { book: amendSheet(book, { character: found, sheet: after }).book, result: after };
      });
      yield forAsker(
        markdown(
          `${escapeMarkdown(sheet.name)} rolls ${escapeMarkdown(dice)} for ${escapeMarkdown(name)} now.`,
        ),
      );
    },
  });

  const remove = defineCommand({
    name: "remove",
    summary: "Forget the name of a roll",
    arguments: {
      name: rest("Its name", { required: true, maxLength: LONGEST_NAME }),
      character: characterOption,
    },
    examples: ["character roll remove sneak attack"],
    async *run({ name: typed, character }, { user }) {
      const name = lookUpWords(typed).join(" ");
      await books.change(user.id, (book) => {
        const found = findCharacter(book, character);
        const { [name]: gone, ...kept } = found.current.sheet.roll_aliases;
        if (gone === undefined) {
          throw new CommandError(`There is no roll called "${typed}". "character roll list" shows them.`, {
            code: "no_such_roll",
          });
        }
        const sheet = { ...found.current.sheet, roll_aliases: kept };
        return amendSheet(book, { character: found, sheet });
      });
      yield forAsker(markdown(`Forgot ${escapeMarkdown(name)}.`));
    },
  });

  return defineCommand({
    name: "roll",
    summary: "Name rolls of your own, with numbers of the sheet in them",
    commands: [list, set, remove],
  });
}
