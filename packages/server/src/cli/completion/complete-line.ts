import { stat } from "node:fs/promises";
import type { Logger } from "pino";
import { completeForTerminal } from "../../adapters/terminal/complete-request.ts";
import type { TerminalOutput } from "../../adapters/terminal/print-frames.ts";
import { complete } from "../../commands/complete.ts";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import { scanLine } from "../../commands/tokenise.ts";
import { withTerminalHall, type TerminalOptions } from "../run-line.ts";
import type { Settings } from "../settings.ts";

interface Candidate {
  readonly value: string;
  readonly summary: string;
}

/**
 * Prints what could stand at the end of a shell's line, whose first word is the program: the operator's verbs, and
 * the commands of the hall, from the one that runs or else from one opened for the moment.
 */
export async function completeLine(given: {
  readonly typed: string;
  readonly verbs: CommandRegistry;
  readonly settings: Settings;
  readonly log: Logger;
  readonly options: TerminalOptions;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { typed, verbs, output } = given;
  const [program] = scanLine(typed).tokens;
  const line = typed.slice(program?.end ?? typed.length).trimStart();
  const request = { line, cursor: line.length };
  const own = complete({ registry: verbs, ...request }).candidates;
  const isVerb = verbs.resolve(
    scanLine(line)
      .tokens.slice(0, -1)
      .map(({ value }) => value),
  ).found;
  const candidates: readonly Candidate[] = isVerb ? own : [...own, ...(await hallCandidates(given, request))];
  for (const { value, summary } of candidates) output.out(`${unquoted(value)}\t${summary}\n`);
  return 0;
}

async function hallCandidates(
  given: { readonly settings: Settings; readonly log: Logger; readonly options: TerminalOptions },
  request: { line: string; cursor: number },
): Promise<readonly Candidate[]> {
  // A press of Tab must not make a hall where there is none.
  if (!(await stat(given.settings.dataFolder).catch(() => undefined))) return [];
  return await withTerminalHall(given, async (reach) => {
    const answer =
      "local" in reach
        ? completeForTerminal(reach.local.hall, request)
        : await reach.remote.complete(request);
    return answer.candidates;
  });
}

/** The shell quotes for itself. */
function unquoted(value: string): string {
  return scanLine(value).tokens[0]?.value ?? value;
}
