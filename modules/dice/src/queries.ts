import { LineRefusedError } from "@guildhall/sdk";

// As in Roll20: ?{What for}, ?{Bonus|2}, ?{Kind|Fire,1d6|Cold,1d8}.
const QUERY = /\?\{([^{}|]{1,200})(?:\|([^{}]{0,500}))?\}/g;

/**
 * Puts answers in the place of what a roll asks: `?{Bonus}` takes the next answer; `?{Bonus|2}` is 2 when there is none;
 * of `?{Kind|Fire,1d6|Cold,1d8}` the answer is one of the names, and its dice are put in. The same question is asked once.
 *
 * @throws LineRefusedError when an answer is missing, is none of those offered, or is left over
 */
export function answered(typed: string, answers: string | undefined): string {
  const given = answers === undefined ? [] : answers.split(",").map((answer) => answer.trim());
  const known = new Map<string, string>();
  const text = typed.replace(QUERY, (_whole, question: string, offers: string | undefined, at: number) => {
    const asked = question.trim();
    const before = known.get(asked);
    if (before !== undefined) return before;
    const answer = given.shift();
    const value = offers?.includes("|") ? chosen(asked, offers, answer, at) : (answer ?? offers?.trim());
    if (value === undefined || value === "") {
      throw refused(`The roll asks "${asked}": answer by --answers, as in --answers 3`, at);
    }
    known.set(asked, value);
    return value;
  });
  if (given.length > 0) {
    throw refused(`That is ${given.length} answers more than the roll asks for.`, 0);
  }
  return text;
}

function chosen(question: string, offers: string, answer: string | undefined, at: number): string {
  const all = offers.split("|").map((offer) => {
    const [name = "", ...value] = offer.split(",");
    return { name: name.trim(), value: (value.length === 0 ? name : value.join(",")).trim() };
  });
  const found = all.find(({ name }) => name.toLowerCase() === answer?.toLowerCase());
  if (found) return found.value;
  const names = all.map(({ name }) => name).join(", ");
  throw refused(
    `The roll asks "${question}", one of ${names}: answer by --answers, as in --answers ${all[0]?.name}`,
    at,
  );
}

function refused(message: string, at: number): LineRefusedError {
  return new LineRefusedError(message, { code: "unanswered", column: at + 1 });
}
