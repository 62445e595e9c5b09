import type { Question } from "@guildhall/sdk";
import { toKebabCase } from "./argument-names.ts";
import type { AskedLine } from "./line-error.ts";
import { quote, scanLine } from "./tokenise.ts";

/**
 * Makes the place for the answers, behind the words of the command.
 *
 * @param asked.words how many words of the line name the command
 * @param asked.argument the camelCase name of the flag that takes the answers
 */
export function askedLine(asked: {
  readonly line: string;
  readonly words: number;
  readonly argument: string;
  readonly questions: readonly Question[];
}): AskedLine {
  const { line, words, argument, questions } = asked;
  const at = scanLine(line).tokens[words - 1]?.end ?? line.length;
  return {
    questions,
    before: `${line.slice(0, at)} --${toKebabCase(argument)}=`,
    after: line.slice(at),
  };
}

/** The whole line; an answer that is left empty stands for what its question offers then. */
export function answeredLine(
  { before, after }: Pick<AskedLine, "before" | "after">,
  answers: readonly string[],
): string {
  return `${before}${quote(answers.map((answer) => answer.trim()).join(", "))}${after}`;
}

/** The questions as they go over the wire. */
export function askedDocument({ questions, before, after }: AskedLine) {
  return {
    before,
    after,
    questions: questions.map(({ label, defaultValue = null, choices }) => ({
      label,
      default_value: defaultValue,
      choices: choices ? [...choices] : null,
    })),
  };
}
