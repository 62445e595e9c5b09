import { createLog } from "./logging.ts";

/**
 * Sets up logging, then hands over (requirements S004-28): a logging setting that cannot be used ends the program
 * before anything else is loaded.
 */
async function main(): Promise<void> {
  const known: { secrets?: { redact(text: string): string } } = {};
  let log;
  try {
    log = createLog(process.env, (line) => known.secrets?.redact(line) ?? line);
  } catch (error) {
    process.stderr.write(`guildhall: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const { KnownSecrets } = await import("./kernel/known-secrets.ts");
  const secrets = new KnownSecrets();
  known.secrets = secrets;
  const { runCli } = await import("./cli/run-cli.ts");
  process.exitCode = await runCli({ argv: process.argv.slice(2), log, secrets });
}

await main();
