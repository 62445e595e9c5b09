import type { Logger } from "pino";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import type { Settings } from "./settings.ts";

export async function start(_: { settings: Settings; log: Logger; output: TerminalOutput }): Promise<number> {
  throw new Error("soon");
}
