import { createInterface } from "node:readline/promises";
import { answeredLine } from "../commands/asked-line.ts";
import type { TerminalFrame } from "../adapters/terminal/terminal-frame.ts";

type Asked = NonNullable<Extract<TerminalFrame, { kind: "line_invalid" }>["asked"]>;

/** Asks one question and gives the answer. */
export type AskPerson = (question: string) => Promise<string>;

/**
 * The frames of a line, and of what it becomes when a person at a terminal has answered what it asks.
 *
 * @param run runs a line
 */
export async function* askingFrames(
  line: string,
  { run, ask }: { readonly run: (line: string) => AsyncIterable<TerminalFrame>; readonly ask: AskPerson },
): AsyncGenerator<TerminalFrame> {
  for await (const frame of run(line)) {
    if (frame.kind === "line_invalid" && frame.asked) {
      yield* run(answeredLine(frame.asked, await answersOf(frame.asked, ask)));
      return;
    }
    yield frame;
  }
}

async function answersOf({ questions }: Asked, ask: AskPerson): Promise<string[]> {
  const answers: string[] = [];
  for (const { label, default_value, choices } of questions) {
    const offers = [
      ...(choices ? [choices.join(", ")] : []),
      ...(default_value === null ? [] : [`Enter for ${default_value}`]),
    ];
    answers.push(await ask(`${label}${offers.length === 0 ? "" : ` (${offers.join("; ")})`}: `));
  }
  return answers;
}

/** Asks on the terminal; undefined where nobody sits at one. */
export function personAtTerminal(): AskPerson | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return async (question) => {
    const prompt = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await prompt.question(question);
    } finally {
      prompt.close();
    }
  };
}
