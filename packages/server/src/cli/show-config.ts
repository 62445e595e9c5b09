import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { resolveModuleSettings, type Settings } from "./settings.ts";

// One long value makes no column of all others.
const WIDEST = 48;

/** Prints every setting with its value and source; secrets are masked. */
export async function showConfig({
  settings,
  output,
}: {
  settings: Settings;
  output: TerminalOutput;
}): Promise<number> {
  await resolveModuleSettings(settings);
  const rows = [
    ["setting", "value", "source", "variable"],
    [
      "data",
      settings.dataFolder,
      process.env["GUILDHALL_DATA"] ? "environment" : "default",
      "GUILDHALL_DATA",
    ],
    [
      "secret_key",
      "********",
      settings.secretKey === undefined ? "data folder" : "environment",
      "GUILDHALL_SECRET_KEY",
    ],
    ...settings.config.entries.map(({ key, value, source, variable }) => [key, value, source, variable]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.min(WIDEST, Math.max(...rows.map((row) => row[column]?.length ?? 0))),
  );
  for (const row of rows) {
    output.out(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()}\n`,
    );
  }
  return 0;
}
