import { LineRefusedError, type Asked, type Question } from "@guildhall/sdk";

// As in Roll20: ?{What for}, ?{Bonus|2}, ?{Kind|Fire,1d6|Cold,1d8}.
const QUERY = /\?\{([^{}|]{1,200})(?:\|([^{}]{0,500}))?\}/g;

/**
 * Puts answers in the place of what a roll asks: `?{Bonus}` takes the next answer; `?{Bonus|2}` is 2 when there is none;
 * of `?{Kind|Fire,1d6|Cold,1d8}` the answer is one of the names, and its dice are put in. The same question is asked once.
 *
 * @throws LineRefusedError when an answer is missing, is none of those offered, or is left over
 */
export function answered(typed: string, answers: string | undefined): string {
  if (answers === undefined && !typed.includes("?{")) return typed;
  // Where nobody has answered yet, all that is asked can be asked for at once.
  const asked = answers === undefined ? { argument: "answers", questions: questionsOf(typed) } : undefined;
  const given = answers === undefined ? [] : answers.split(",").map((answer) => answer.trim());
  const known = new Map<string, string>();
  const text = typed.replace(QUERY, (_whole, question: string, offers: string | undefined, at: number) => {
    const label = question.trim();
    const before = known.get(label);
    if (before !== undefined) return before;
    // One that is left empty is none.
    const answer = given.shift() || undefined;
    const value = offers?.includes("|")
      ? chosen({ label, offers, answer, at, asked })
      : (answer ?? offers?.trim());
    if (value === undefined || value === "") {
      throw refused(`The roll asks "${label}": answer by --answers, as in --answers 3`, at, asked);
    }
    known.set(label, value);
    return value;
  });
  if (given.length > 0) {
    throw refused(`That is ${given.length} answers more than the roll asks for.`, 0);
  }
  return text;
}

/** What a text asks, each question once. */
function questionsOf(typed: string): readonly Question[] {
  const questions = new Map<string, Question>();
  for (const [, question = "", offers] of typed.matchAll(QUERY)) {
    const label = question.trim();
    if (questions.has(label)) continue;
    questions.set(label, {
      label,
      ...(offers?.includes("|")
        ? { choices: offersOf(offers).map(({ name }) => name) }
        : offers?.trim()
          ? { defaultValue: offers.trim() }
          : {}),
    });
  }
  return [...questions.values()];
}

function offersOf(offers: string): readonly { readonly name: string; readonly value: string }[] {
  return offers.split("|").map((offer) => {
    const [name = "", ...value] = offer.split(",");
    return { name: name.trim(), value: (value.length === 0 ? name : value.join(",")).trim() };
  });
}

function chosen(given: {
  readonly label: string;
  readonly offers: string;
  readonly answer: string | undefined;
  readonly at: number;
  readonly asked: Asked | undefined;
}): string {
  const { label, answer, at, asked } = given;
  const all = offersOf(given.offers);
  const found = all.find(({ name }) => name.toLowerCase() === answer?.toLowerCase());
  if (found) return found.value;
  const names = all.map(({ name }) => name).join(", ");
  throw refused(
    `The roll asks "${label}", one of ${names}: answer by --answers, as in --answers ${all[0]?.name}`,
    at,
    asked,
  );
}

function refused(message: string, at: number, asked?: Asked): LineRefusedError {
  return new LineRefusedError(message, { code: "unanswered", column: at + 1, asked });
}
