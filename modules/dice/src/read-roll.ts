import type { CharactersApi, NamedRoll, PlayedCharacter } from "@guildhall/characters";
import { DiceError, parse, type DialectName, type Expression, type Names } from "@guildhall/dice-engine";
import { LineRefusedError } from "@guildhall/sdk";
import { KnownExpression } from "./known-expressions.ts";
import { refusal } from "./refusal.ts";
import type { TableRules } from "./workspaces.ts";

/** What a typed roll asks for. */
export interface ReadRoll {
  readonly known: KnownExpression;
  readonly purpose: string;
  readonly names: Names;
  /** The character that rolls; undefined where none is needed. */
  readonly as: string | undefined;
  /** The roll succeeds at this or less; null where there is no such target. */
  readonly target: number | null;
  /** As the words asked: "stealth at advantage". */
  readonly advantage: "advantage" | "disadvantage" | undefined;
}

interface Asked {
  readonly dialect: DialectName;
  readonly rules: TableRules;
  readonly characters: CharactersApi;
  readonly userId: string;
  /** Which character is meant; the active one when it is left out. */
  readonly character: string | undefined;
}

const LONGEST_PURPOSE = 2_000;

/**
 * Reads what is typed behind `roll`: dice and a purpose, or, when the first word is not dice, the name of an ability,
 * skill, save or alias of the person's character (M-27).
 *
 * @throws LineRefusedError for what is neither
 */
export async function readRoll(typed: string, asked: Asked): Promise<ReadRoll> {
  try {
    const { known, rest } = asked.rules.expressions.prefixOf(typed, asked.dialect);
    if (rest.length > LONGEST_PURPOSE) {
      throw new LineRefusedError(`What a roll is for has at most ${LONGEST_PURPOSE} characters: say less.`, {
        code: "expression_limit",
        column: typed.length - rest.length + LONGEST_PURPOSE + 1,
        limit: "text",
      });
    }
    const needsSheet = asked.character !== undefined || known.needsSheet;
    const played = needsSheet ? await requireCharacter(asked) : undefined;
    return {
      known,
      purpose: rest,
      names: namesOf(played),
      as: played?.name,
      target: null,
      advantage: undefined,
    };
  } catch (error) {
    if (!(error instanceof DiceError)) throw error;
    if (error.code !== "syntax" || !beginsWithWord(typed)) throw refusal(error);
    return await readNamedRoll(typed, asked);
  }
}

function beginsWithWord(typed: string): boolean {
  return /^\p{L}{2,}/u.test(typed.trim());
}

function namesOf(played: PlayedCharacter | undefined): Names {
  return played ? { variable: (name) => played.variable(name) } : {};
}

async function requireCharacter({ characters, userId, character }: Asked): Promise<PlayedCharacter> {
  const played = await characters.find({ userId, name: character });
  if (played) return played;
  throw new LineRefusedError("You have no character yet: import a sheet, or give the numbers themselves.", {
    code: "no_character",
  });
}

const MANNER = /\s+(?:at|with)\s+(advantage|disadvantage)\s*$/i;

async function readNamedRoll(typed: string, asked: Asked): Promise<ReadRoll> {
  const manner = MANNER.exec(typed)?.[1]?.toLowerCase();
  const words = typed.replace(MANNER, "").trim();
  const common = {
    advantage: manner === "advantage" || manner === "disadvantage" ? manner : undefined,
  } as const;
  const read = (expression: Expression) =>
    new KnownExpression({ expression, dialect: "guildhall", limits: asked.rules.limits });
  if (/^luck$/i.test(words)) {
    // A plain die, whoever rolls it (M-29).
    return { ...common, known: read(parse("1d20")), purpose: words, names: {}, as: undefined, target: null };
  }
  const played = await asked.characters.find({ userId: asked.userId, name: asked.character });
  if (!played) {
    throw new LineRefusedError(
      `Did you mean to request a character roll? "${shortened(words)}" does not seem like a dice roll, but you have no character yet: import a sheet, or roll dice such as 1d20+5.`,
      { code: "bad_expression", column: 1 },
    );
  }
  const named = played.namedRoll(words);
  if (!named) {
    throw new LineRefusedError(
      `"${shortened(words)}" is neither dice nor something on the sheet of ${played.name}: roll dice such as 1d20+5, or an ability, a save or a skill.`,
      { code: "bad_expression", column: 1 },
    );
  }
  return {
    ...common,
    known: read(parsedOf(named)),
    purpose: named.label,
    names: namesOf(played),
    as: played.name,
    target: named.target,
  };
}

function parsedOf({ expression }: NamedRoll): Expression {
  try {
    return parse(expression);
  } catch (error) {
    if (error instanceof DiceError) throw refusal(error);
    throw error;
  }
}

const SHOWN_LENGTH = 40;

function shortened(words: string): string {
  const shown = words.length > SHOWN_LENGTH ? `${words.slice(0, SHOWN_LENGTH).toWellFormed()}...` : words;
  return shown.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}
