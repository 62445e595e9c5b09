import { DiceError, parse, type DialectName } from "@guildhall/dice-engine";
import {
  CommandError,
  defineCommand,
  escapeMarkdown,
  flag,
  LineRefusedError,
  markdown,
  rest,
  table,
  text,
  type Command,
  type State,
} from "@guildhall/sdk";
import { z } from "zod";
import type { ChannelDialects } from "./dialects.ts";

const Saved = z.record(z.string(), z.string());
const MOST_SAVED = 100;
const LONGEST = 500;
const DEEPEST = 5;
const NAME = /^[a-z_][a-z0-9_]{0,30}$/;
const USE = /\$([a-z_][a-z0-9_]*)(?:\(([^()]*)\))?/gi;

/** Rolls under a name: a person's own, and those of a channel. `{1}`, `{2}` in them are what stands in brackets. */
export class SavedRolls {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  async of(owner: string): Promise<Readonly<Record<string, string>>> {
    const saved = Saved.safeParse(await this.#state.get(keyOf(owner)));
    return saved.success ? saved.data : {};
  }

  /** @throws CommandError when the owner has too many already */
  async save(owner: string, name: string, expression: string): Promise<void> {
    await this.#state.update(keyOf(owner), (value) => {
      const saved = Saved.safeParse(value);
      const all = { ...(saved.success ? saved.data : {}), [name]: expression };
      if (Object.keys(all).length > MOST_SAVED) {
        throw new CommandError(`At most ${MOST_SAVED} rolls can be saved: remove one first.`, {
          code: "too_many",
        });
      }
      return all;
    });
  }

  /** Whether there was one of that name. */
  async remove(owner: string, name: string): Promise<boolean> {
    let was = false;
    await this.#state.update(keyOf(owner), (value) => {
      const saved = Saved.safeParse(value);
      const all = saved.success ? saved.data : {};
      was = Object.hasOwn(all, name);
      return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
    });
    return was;
  }

  /**
   * Puts what was saved in the place of each `$name`; a person's own goes before the channel's.
   *
   * @throws LineRefusedError for a name that nobody saved, and for rolls that name each other without end
   */
  async expanded(
    typed: string,
    { userId, channelId }: { userId: string; channelId: string },
  ): Promise<string> {
    if (!typed.includes("$")) return typed;
    const known = { ...(await this.of(channelId)), ...(await this.of(userId)) };
    let expanded = typed;
    for (let depth = 0; new RegExp(USE).test(expanded); depth += 1) {
      if (depth === DEEPEST || expanded.length > 10_000) {
        throw new LineRefusedError("The saved rolls name each other too often: five deep is the most.", {
          code: "expression_limit",
          limit: "nesting",
          column: typed.indexOf("$") + 1,
        });
      }
      expanded = expanded.replace(USE, (use: string, name: string, given: string | undefined) => {
        const key = name.toLowerCase();
        const saved = Object.hasOwn(known, key) ? known[key] : undefined;
        if (saved === undefined) {
          throw new LineRefusedError(`There is no saved roll called "${key}": "macro" lists them.`, {
            code: "unknown_name",
            column: Math.max(1, typed.indexOf(use) + 1),
          });
        }
        return `(${filledIn(saved, given === undefined ? [] : given.split(","))})`;
      });
    }
    return expanded;
  }
}

function keyOf(owner: string): string {
  return `macro_${owner}`;
}

/** What is not given is 1. */
function filledIn(saved: string, given: readonly string[]): string {
  return saved.replace(/\{([1-9])\}/g, (_, place: string) => given[Number(place) - 1]?.trim() || "1");
}

/** The command `macro`: saves rolls under a name. */
export function macroCommand({ saved, dialects }: { saved: SavedRolls; dialects: ChannelDialects }): Command {
  const channel = flag(undefined, "One for everybody in this channel");
  const ownerOf = (
    forChannel: boolean,
    { user, place }: { user: { id: string }; place: { channelId: string } },
  ) => (forChannel ? place.channelId : user.id);
  return defineCommand({
    name: "macro",
    summary: "Save rolls under a name, and list them",
    description:
      "A saved roll is used as $name, or $name(3) where {1} stands in it. A person's own goes before the channel's.",
    arguments: { channel },
    examples: ["macro", "macro set smite 2d8+{1}d8", "roll $smite(3)", "macro remove smite"],
    commands: [
      defineCommand({
        name: "set",
        summary: "Save a roll",
        arguments: {
          name: text("Its name: letters, digits and _", { maxLength: 31 }),
          expression: rest("The dice, with {1} to {9} for numbers to give", {
            required: true,
            maxLength: LONGEST,
          }),
          channel,
        },
        examples: ["macro set smite 2d8+{1}d8"],
        async *run({ name, expression, channel: forChannel }, context) {
          const key = name.toLowerCase();
          if (!NAME.test(key)) {
            throw new CommandError("A name is letters, digits and _, and begins with a letter.", {
              code: "bad_value",
            });
          }
          requireExpression(expression, await dialects.of(context.place.channelId));
          await saved.save(ownerOf(forChannel, context), key, expression);
          yield markdown(`Saved: roll it with \`roll $${key}\`.`);
        },
      }),
      defineCommand({
        name: "remove",
        summary: "Forget a saved roll",
        arguments: { name: text("Its name"), channel },
        examples: ["macro remove smite"],
        async *run({ name, channel: forChannel }, context) {
          const key = name.toLowerCase();
          if (!(await saved.remove(ownerOf(forChannel, context), key))) {
            throw new CommandError(`There is no saved roll called "${key}".`, { code: "unknown_name" });
          }
          yield markdown(`**${escapeMarkdown(key)}** is forgotten.`);
        },
      }),
    ],
    async *run({ channel: forChannel }, context) {
      const all = Object.entries(await saved.of(ownerOf(forChannel, context)));
      if (all.length === 0) {
        yield markdown("No roll is saved yet: `macro set smite 2d8+{1}d8`, then `roll $smite(3)`.");
        return;
      }
      yield table({ columns: ["name", "dice"], rows: all.map(([name, dice]) => [name, dice]) });
    },
  });
}

/** @throws CommandError for what is no expression once its numbers are given */
function requireExpression(expression: string, dialect: DialectName): void {
  try {
    parse(filledIn(expression, []), { dialect });
  } catch (error) {
    if (!(error instanceof DiceError)) throw error;
    throw new CommandError(`That is no expression, at column ${error.column}: ${error.message}.`, {
      code: "bad_expression",
    });
  }
}
