import { createInterface } from "node:readline";
import type { Logger } from "pino";
import { completeForTerminal } from "../adapters/terminal/complete-request.ts";
import { printFrames, type TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { askingFrames } from "./ask-at-prompt.ts";
import { withTerminalHall, type TerminalOptions } from "./run-line.ts";
import type { Settings } from "./settings.ts";
import { toError } from "../kernel/to-error.ts";

/** Reads one line after another and runs each; Tab completes, Ctrl-C cancels, Ctrl-D or "exit" leaves. */
export async function runShell(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
}): Promise<number> {
  const { output, options } = given;
  return await withTerminalHall(given, async (reach) => {
    const { as, ansi, width } = options;
    const prompt = createInterface({
      input: process.stdin,
      output: process.stdout,
      prompt: process.stdin.isTTY ? "> " : "",
      completer: (line: string, callback: (error: Error | null, result: [string[], string]) => void) => {
        const request = { line, cursor: line.length };
        const answer =
          "local" in reach
            ? Promise.resolve(completeForTerminal(reach.local.hall, request))
            : reach.remote.complete(request);
        answer.then(
          ({ start, end, candidates }) =>
            callback(null, [candidates.map(({ value }) => `${value} `), line.slice(start, end)]),
          (error: unknown) => callback(toError(error), [[], line]),
        );
      },
    });
    let controller: AbortController | undefined;
    prompt.on("SIGINT", () => {
      if (controller) controller.abort();
      else prompt.close();
    });
    let status = 0;
    let closed = false;
    prompt.on("close", () => {
      closed = true;
    });
    prompt.prompt();
    for await (const line of prompt) {
      if (["exit", "quit"].includes(line.trim())) break;
      if (line.trim() !== "") {
        controller = new AbortController();
        const { signal } = controller;
        const run = (wanted: string) =>
          "local" in reach
            ? reach.local.run(wanted, signal)
            : reach.remote.run({ line: wanted, ansi, width, ...(as === undefined ? {} : { as }) }, signal);
        const ask = (question: string) =>
          new Promise<string>((resolve) => {
            prompt.question(question, resolve);
          });
        const frames = process.stdin.isTTY ? askingFrames(line, { run, ask }) : run(line);
        status = await printFrames(frames, { output, json: false });
        controller = undefined;
      }
      // Input that was piped in may have ended while its lines are still being run.
      if (!closed) prompt.prompt();
    }
    prompt.close();
    return process.stdin.isTTY ? 0 : status;
  });
}
