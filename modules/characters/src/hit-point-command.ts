import {
  CommandError,
  defineCommand,
  escapeMarkdown,
  markdown,
  option,
  text,
  type Chunk,
  type Command,
  type CommandContext,
} from "@guildhall/sdk";
import { amendSheet, findCharacter, type CharacterBooks } from "./character-book.ts";
import {
  adjustedMaximum,
  changeHitPoints,
  describeChange,
  totalHitPoints,
  type HitPointChange,
  type HitPoints,
} from "./hit-points.ts";
import { hitPointsOf, unconsciousAt, withHitPoints, type Sheet } from "./sheet.ts";

const LARGEST_AMOUNT = 1_000_000;

/** `-c NAME`, for all commands that are about one character. */
export const characterOption = option(
  "-c",
  text("The character meant, when it is not the active one", { maxLength: 80 }),
);

/** The command `hp`, which is also `character hp` (M-35). */
export function hitPointCommand(books: CharacterBooks): Command {
  const changing = (kind: HitPointChange["kind"], { summary, amount, example }: SubCommandWords): Command =>
    defineCommand({
      name: kind,
      summary,
      arguments: { amount: text(amount, { maxLength: 20 }), character: characterOption },
      examples: [example],
      async *run({ amount: typed, character }, { user }: CommandContext): AsyncGenerator<Chunk> {
        const change = readChange(kind, typed);
        const sheet = await books.change(user.id, (book) => {
          const found = findCharacter(book, character);
          const { sheet: before } = found.current;
          const after = withHitPoints(before, changeHitPoints(pointsOf(before), change));
          return { book: amendSheet(book, { character: found, sheet: after }).book, result: after };
        });
        yield markdown(`${changeSentence(sheet, change)}\n\n${status(sheet)}`);
      },
    });

  return defineCommand({
    name: "hp",
    summary: "Show or change a character's hit points",
    description: "Without more words: how many hit points the character has.",
    arguments: { character: characterOption },
    examples: ["hp", "hp harm 7", "hp heal full"],
    commands: [
      changing("heal", {
        summary: "Give hit points back, up to the maximum",
        amount: 'How many, or "full"',
        example: "hp heal 5",
      }),
      changing("harm", {
        summary: "Take hit points away, temporary ones first",
        amount: "How many",
        example: "hp harm 7",
      }),
      changing("temp", {
        summary: "Grant temporary hit points, or remove them all",
        amount: 'How many, or "reset"',
        example: "hp temp 6",
      }),
      changing("max", {
        summary: "Change the hit point maximum for a while, or end that",
        amount: 'By how many, such as -5, or "reset"',
        example: "hp max -5",
      }),
    ],
    async *run({ character }, { user }) {
      yield markdown(status(findCharacter(await books.read(user.id), character).current.sheet));
    },
  });
}

interface SubCommandWords {
  readonly summary: string;
  readonly amount: string;
  readonly example: string;
}

/** @throws CommandError when the amount is no amount of that change */
function readChange(kind: HitPointChange["kind"], typed: string): HitPointChange {
  const word = typed.trim().toLowerCase();
  if (kind === "heal" && word === "full") return { kind, amount: "full" };
  if ((kind === "temp" || kind === "max") && word === "reset") return { kind, amount: "reset" };
  const amount = /^[+-]?\d+$/.test(word) ? Number(word) : undefined;
  if (amount === undefined || Math.abs(amount) > LARGEST_AMOUNT) {
    throw new CommandError(`Could not parse amount: "${typed}"`, { code: "bad_amount" });
  }
  const least = { heal: 0, harm: 0, temp: 1, max: -LARGEST_AMOUNT }[kind];
  if (amount < least) {
    throw new CommandError(`${amount} is too few: give ${least} or more hit points.`, { code: "bad_amount" });
  }
  return { kind, amount };
}

function pointsOf(sheet: Sheet): HitPoints {
  const points = hitPointsOf(sheet);
  if (points) return points;
  throw new CommandError(
    `${sheet.name} has no hit points: only a name was added. Give it a sheet with "character import".`,
    { code: "no_hit_points" },
  );
}

function changeSentence(sheet: Sheet, change: HitPointChange): string {
  const after = pointsOf(sheet);
  const sentence = describeChange({ change, after });
  if (change.kind !== "harm" || totalHitPoints(after) > unconsciousAt(sheet)) return sentence;
  return `${sentence} **${escapeMarkdown(sheet.name)} are now unconscious!**`;
}

function status(sheet: Sheet): string {
  const points = pointsOf(sheet);
  const { adjustment } = points;
  const adjusted = adjustment === 0 ? "" : ` including a ${adjustment} change to HP maximum`;
  const name = escapeMarkdown(sheet.name);
  return `${name} has ${totalHitPoints(points)}/${adjustedMaximum(points)} hit points${adjusted}`;
}
