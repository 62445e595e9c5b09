import type { Logger } from "pino";
import { ControlClient, HallUnreachableError } from "../adapters/terminal/control-client.ts";
import { printFrames, type TerminalOutput } from "../adapters/terminal/print-frames.ts";
import type { TerminalFrame } from "../adapters/terminal/terminal-frame.ts";
import type { Hall } from "../hall/open-hall.ts";
import { askingFrames, personAtTerminal } from "./ask-at-prompt.ts";
import { claimOrFind } from "./data-folder-owner.ts";
import { endProcess } from "./hold-process.ts";
import type { Settings } from "./settings.ts";

/** What a terminal can have done, wherever the hall is. */
export interface TerminalHall {
  run(line: string, signal: AbortSignal): AsyncIterable<TerminalFrame>;
}

/** How a terminal acts. */
export interface TerminalOptions {
  readonly as: string | undefined;
  readonly ansi: boolean;
  readonly width: number;
}

/**
 * Does some work with the data folder's hall: through its socket when one runs, else with one opened in this process
 * for as long as the work takes.
 */
export async function withTerminalHall<Result>(
  { settings, log, options }: { settings: Settings; log: Logger; options: TerminalOptions },
  work: (reach: { local: TerminalReach } | { remote: ControlClient }) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const ownership = await claimOrFind({
      folder: settings.dataFolder,
      purpose: "terminal",
      mayUse: () => true,
    });
    if (ownership.kind === "other") {
      try {
        return await work({ remote: new ControlClient(ownership.owner.socket) });
      } catch (error) {
        // The owner went away between its last word and ours: the folder is free, or soon has another.
        if (!(error instanceof HallUnreachableError)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
    }
    const { claim } = ownership;
    try {
      // A terminal of a hall that runs elsewhere has no need of these.
      const { openLocalHall } = await import("./open-local-hall.ts");
      const local = await openLocalHall({ settings, claim, log });
      const { runTerminalLine } = await import("../adapters/terminal/run-terminal-line.ts");
      try {
        await local.publish();
        return await work({
          local: {
            hall: local.hall,
            run: (line, signal) => runTerminalLine(local.hall, { line, ...asRequest(options) }, signal),
          },
        });
      } finally {
        await local.stop({ graceMilliseconds: 10_000 });
      }
    } finally {
      await claim.release();
    }
  }
}

/** A hall in this process, as a terminal uses it. */
export interface TerminalReach extends TerminalHall {
  readonly hall: Hall;
}

/** Runs one line and prints what comes of it. The first Ctrl-C cancels the action, the second gives up waiting. */
export async function runLine(given: {
  readonly settings: Settings;
  readonly log: Logger;
  readonly line: string;
  readonly options: TerminalOptions;
  readonly json: boolean;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { line, options, json, output } = given;
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) endProcess(130);
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await withTerminalHall(given, async (reach) => {
      const run = (wanted: string) =>
        "local" in reach
          ? reach.local.run(wanted, controller.signal)
          : reach.remote.run({ line: wanted, ...asRequest(options) }, controller.signal);
      const ask = json ? undefined : personAtTerminal();
      const frames = ask ? askingFrames(line, { run, ask }) : run(line);
      return await printFrames(frames, { output, json });
    });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    output.err("Interrupted; the action is being cancelled.\n");
    return 130;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function asRequest({ as, ansi, width }: TerminalOptions) {
  return { ansi, width, ...(as === undefined ? {} : { as }) };
}
