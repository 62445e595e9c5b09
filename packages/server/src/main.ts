import { createLog } from "./logging.ts";

/**
 * Sets up logging, then hands over (requirements S004-28): a logging setting that cannot be used ends the program
 * before anything else is loaded.
 */
async function main(): Promise<void> {
  let log;
  try {
    log = createLog(process.env);
  } catch (error) {
    process.stderr.write(`guildhall: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const { runCli } = await import("./cli/run-cli.ts");
  process.exitCode = await runCli({ argv: process.argv.slice(2), log });
}

await main();
