import { createInterface } from "node:readline";
import type { Logger } from "pino";
import { frameDocument, type TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { withTerminalHall, type TerminalOptions } from "./run-line.ts";
import type { Settings } from "./settings.ts";

/**
 * Runs each line of standard input as a command, one after another, and prints one JSON document a line: the action,
 * or why there is none. Blank lines are passed over. Returns 0 however the commands went: each document says so.
 */
export async function runBatch(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
}): Promise<number> {
  const { output, options } = given;
  const { as, width } = options;
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await withTerminalHall(given, async (reach) => {
      for await (const line of createInterface({ input: process.stdin })) {
        if (interrupted.signal.aborted) return 130;
        if (line.trim() === "") continue;
        const asked = withoutTerminalFlag(line);
        const frames =
          "local" in reach
            ? reach.local.run(asked, interrupted.signal)
            : reach.remote.run(
                { line: asked, ansi: false, width, ...(as === undefined ? {} : { as }) },
                interrupted.signal,
              );
        for await (const frame of frames) {
          const document = frameDocument(frame);
          if (document) output.out(`${JSON.stringify(document)}\n`);
        }
      }
      return 0;
    });
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** A line as it would be typed in a terminal may have the terminal's own `--json`, which a batch has anyway. */
function withoutTerminalFlag(line: string): string {
  const [, before = "", behind = ""] = /^(.*?)((?:\s--(?:\s.*)?)?)$/s.exec(line) ?? [];
  return before.replaceAll(/\s--json(?=\s|$)/g, "") + behind;
}
