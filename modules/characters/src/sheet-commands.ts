import {
  choice,
  CommandError,
  defineCommand,
  escapeMarkdown,
  forAsker,
  integer,
  markdown,
  option,
  rest,
  table,
  type Command,
  type TextChunk,
} from "@guildhall/sdk";
import { addCharacter, findCharacter, replaceSheet, type CharacterBooks } from "./character-book.ts";
import { describeSheet } from "./describe-sheet.ts";
import { characterOption } from "./hit-point-command.ts";
import { assertDice } from "./sheet-dice.ts";
import { describeCharacter } from "./sheet.ts";
import { LONGEST_SHEET, parseSheet, printSheet } from "./sheet-text.ts";

/** The sub-commands that show a sheet, bring it in and out, and go back in its history. */
export function sheetCommands(books: CharacterBooks): readonly Command[] {
  const sheet = defineCommand({
    name: "sheet",
    summary: "Show a character's whole sheet",
    arguments: { character: characterOption },
    pure: true,
    async *run({ character }, { user }) {
      const found = findCharacter(await books.read(user.id), character);
      for (const chunk of describeSheet(found.current.sheet)) yield forAsker(chunk);
    },
  });

  const bringIn = defineCommand({
    name: "import",
    summary: "Take a sheet as YAML or JSON: a new character, or a new version of the one of that name",
    arguments: {
      sheet: rest("The sheet, as text in YAML or JSON", { required: true, maxLength: LONGEST_SHEET }),
    },
    async *run({ sheet: typed }, { user }) {
      const given = parseSheet(typed);
      assertDice(given);
      const { id, current } = await books.change(user.id, (book, now) => {
        const known = book.list.find(
          ({ current: version }) => version.sheet.name.toLowerCase() === given.name.toLowerCase(),
        );
        return known
          ? replaceSheet(book, { character: known, sheet: given, how: "imported", now })
          : addCharacter(book, { sheet: given, how: "imported", now });
      });
      const shown = escapeMarkdown(describeCharacter(current.sheet));
      yield forAsker(markdown(`Imported ${shown} as number ${id}, version ${current.version}.`));
    },
  });

  const takeOut = defineCommand({
    name: "export",
    summary: "Give a character's sheet out as YAML or JSON",
    arguments: {
      character: characterOption,
      format: option("-f", choice("The form of the text", ["yaml", "json"], { default: "yaml" })),
    },
    examples: ["character export", "character export -f json"],
    pure: true,
    async *run({ character, format = "yaml" }, { user }) {
      const found = findCharacter(await books.read(user.id), character);
      yield forAsker(
        sheetFile({ format, name: found.current.sheet.name, text: printSheet(found.current.sheet, format) }),
      );
    },
  });

  const history = defineCommand({
    name: "history",
    summary: "List the versions of a character's sheet",
    arguments: { character: characterOption },
    pure: true,
    async *run({ character }, { user }) {
      const { current, earlier } = findCharacter(await books.read(user.id), character);
      yield forAsker(
        table({
          columns: ["version", "written", "how", "character"],
          rows: [...earlier, current]
            .toReversed()
            .map(({ version, at, how, sheet: one }) => [version, at, how, describeCharacter(one)]),
        }),
      );
    },
  });

  const restore = defineCommand({
    name: "restore",
    summary: "Make an earlier version of a sheet the present one; the present one stays in the history",
    arguments: {
      version: integer('Its number in "character history"', { min: 1 }),
      character: characterOption,
    },
    examples: ["character restore 1"],
    async *run({ version, character: name }, { user }) {
      const { current } = await books.change(user.id, (book, now) => {
        const character = findCharacter(book, name);
        const wanted = character.earlier.find((one) => one.version === version);
        if (!wanted) {
          throw new CommandError(
            version === character.current.version
              ? `Version ${version} is the present one.`
              : `There is no version ${version} any more, or not yet: "character history" lists them.`,
            { code: "no_such_version" },
          );
        }
        const how = `restored from version ${version}`;
        return replaceSheet(book, { character, sheet: wanted.sheet, how, now });
      });
      const shown = escapeMarkdown(describeCharacter(current.sheet));
      yield forAsker(
        markdown(`${shown} is as in version ${version} again; that is version ${current.version} now.`),
      );
    },
  });

  return [sheet, bringIn, takeOut, history, restore];
}

function sheetFile({
  format,
  name,
  text,
}: {
  readonly format: "yaml" | "json";
  readonly name: string;
  readonly text: string;
}): TextChunk {
  const stem = name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
  return { mime: `application/${format}`, text, name: `${stem}.${format}` };
}
