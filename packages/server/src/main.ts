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
  const { endProcess } = await import("./cli/hold-process.ts");
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever read it has gone, as `head` does.
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") endProcess(0);
      throw error;
    });
  }
  const status = await runCli({ argv: process.argv.slice(2), log, secrets });
  await Promise.all([process.stdout, process.stderr].map(flushed));
  // What a module left running must not keep the process.
  endProcess(status);
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.write("", () => resolve());
  });
}

await main();
