import type { Logger } from "pino";
import type { ControlClient } from "../adapters/terminal/control-client.ts";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { refusalOf, type Refusal } from "../adapters/terminal/refusal.ts";
import type { Hall } from "../hall/open-hall.ts";
import { withTerminalHall, type TerminalOptions } from "./run-line.ts";
import type { Settings } from "./settings.ts";

/**
 * Asks the data folder's hall for something, through its socket when one runs, else in this process; undefined when it
 * refused, which the person has been told then.
 */
export async function askHall<Remote extends object, Local extends object>(
  given: {
    readonly settings: Settings;
    readonly log: Logger;
    readonly output: TerminalOutput;
    readonly options: TerminalOptions;
  },
  ways: {
    readonly remote: (client: ControlClient) => Promise<Remote | Refusal>;
    readonly local: (hall: Hall) => Promise<Local>;
  },
): Promise<Remote | Local | undefined> {
  const answer = await withTerminalHall(given, async (reach): Promise<Remote | Local | Refusal> =>
    "remote" in reach ? await ways.remote(reach.remote) : await ways.local(reach.local.hall).catch(refusalOf),
  );
  if (!("code" in answer)) return answer;
  given.output.err(`guildhall: ${answer.message}\n`);
  return undefined;
}
