import { randomFrom, Roller } from "@guildhall/dice-engine";
import {
  CommandError,
  defineCommand,
  escapeMarkdown,
  json,
  LineRefusedError,
  markdown,
  option,
  rest,
  table,
  text,
  type Command,
} from "@guildhall/sdk";
import { describeRoll, drawsDice } from "./describe.ts";
import { ROLL_MIME, rollDocument } from "./documents.ts";
import { refusing } from "./refusal.ts";
import type { DiceTable } from "./dice-table.ts";
import { expressionOf, meaningOf, type System } from "./game-system.ts";
import { systemOf, SYSTEMS } from "./systems.ts";
import { facesOf } from "./typed-faces.ts";

/** The command `system`: rolls by the rules of a game, or lists the games. */
export function systemCommand(dice: DiceTable): Command {
  return defineCommand({
    name: "system",
    summary: "Roll by the rules of a game",
    description:
      "Without a name it lists the games. Numbers behind the name are what the list says; the rest is the purpose.",
    arguments: {
      name: text("The game's short name, such as pbta", { optional: true }),
      numbers: rest("Its numbers, and what the roll is for"),
      faces: option(undefined, text("What dice on the table show, such as 3,5", { optional: true })),
    },
    examples: ["system", "system pbta 1 seduce", "system cod 6", "system pf2 7 20"],
    pure: true,
    async *run({ name, numbers, faces }, context) {
      const { random, place } = context;
      if (name === undefined) {
        yield list();
        return;
      }
      const system = systemOf(name);
      if (!system) {
        throw new LineRefusedError(`There is no system of that name: "system" lists them.`, {
          code: "unknown_system",
          column: 1,
        });
      }
      const { given, purpose } = readNumbers(numbers, system);
      const laid = faces === undefined ? undefined : facesOf(faces);
      const rules = await dice.workspaces.of(place);
      const roll = refusing(() => {
        const roller = new Roller(expressionOf(system, given), { limits: rules.limits });
        return laid ? roller.rollFaces(laid) : roller.roll(randomFrom(random));
      });
      const meaning = roll.repeats.length > 0 ? null : meaningOf(system, roll.total);
      const words = meaning === null ? [] : [`**${escapeMarkdown(meaning)}**`];
      const told = (drawn: boolean) =>
        [`${system.game}: ${describeRoll(roll, { purpose, manner: [], drawn })}`, ...words].join("\n\n");
      dice.notes.note(context, rules, [{ roll, reason: purpose, told: told(false) }]);
      yield markdown(told(drawsDice(place)));
      yield json(
        rollDocument(roll, {
          purpose,
          system: { name: system.name, meaning: meaning ?? roll.degree },
        }),
        ROLL_MIME,
      );
    },
  });
}

function list() {
  return table({
    columns: ["name", "game", "dice", "numbers"],
    rows: SYSTEMS.map(({ name, game, expression, parameters }) => [
      name,
      game,
      expression,
      parameters.map(({ name: parameter, fallback }) => `${parameter} (${fallback})`).join(", "),
    ]),
  });
}

function readNumbers(
  typed: string,
  { name, parameters }: System,
): { readonly given: readonly number[]; readonly purpose: string } {
  const words = typed.split(/\s+/).filter((word) => word !== "");
  const given: number[] = [];
  while (/^[+-]?\d{1,6}$/.test(words[0] ?? "") && given.length < parameters.length)
    given.push(Number(words.shift()));
  if (/^[+-]?\d+$/.test(words[0] ?? "")) {
    throw new CommandError(`${name} takes ${parameters.length} numbers: put others behind a word.`, {
      code: "bad_value",
    });
  }
  return { given, purpose: words.join(" ") };
}
