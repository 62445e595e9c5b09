import { readFile } from "node:fs/promises";
import type { Logger } from "pino";
import { z } from "zod";
import { EmbeddedStoreError } from "../data/embedded/embedded-store-error.ts";
import { DataFolderError } from "../data/data-folder.ts";
import { storeFault } from "../data/store-error.ts";
import { StoreRefusedError } from "../hall/store-refused-error.ts";
import { quote } from "../commands/tokenise.ts";
import { ConfigError } from "../kernel/config-error.ts";
import { KnownSecrets } from "../kernel/known-secrets.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { DataFolderBusyError } from "./data-folder-owner.ts";
import { operatorVerbs, SHARED_GROUPS } from "./operator-commands.ts";
import { runOperatorVerb } from "./operator-verbs.ts";
import { readSettings } from "./settings.ts";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";

/** The terminal's own flags, which stand anywhere in front of `--` and belong to no command. */
interface TerminalFlags {
  readonly json: boolean;
  readonly as: string | undefined;
  readonly words: readonly string[];
}

/** Runs the command line to its end and returns the exit status: 0, 1 (it failed), 2 (the line was wrong). */
export async function runCli({
  argv,
  log,
  modules,
  secrets = new KnownSecrets(),
}: {
  readonly argv: readonly string[];
  readonly log: Logger;
  /** Learns the secrets that are read; those that the log keeps out of its lines. */
  readonly secrets?: KnownSecrets;
  /** Every module there is when left out. */
  readonly modules?: readonly FoundModule[];
}): Promise<number> {
  const output: TerminalOutput = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // Undefined, whatever the types say, when the output goes into a file or pipe.
    ansi: process.stdout.isTTY ? !process.env["NO_COLOR"] : false,
  };
  const flags = readFlags(argv);
  if ("fault" in flags) {
    output.err(`guildhall: ${flags.fault}\n`);
    return 2;
  }
  const { json, as, words } = flags;
  if (words.length === 1 && words[0] === "--version") {
    output.out(`guildhall ${await programVersion()}\n`);
    return 0;
  }
  const width = Math.max(40, process.stdout.columns || 80);
  const options = { as, ansi: output.ansi, width };
  const line = words.map(quote).join(" ");
  try {
    const verb = verbOf(words);
    const isHelp = words.length === 0 || ["-h", "--help"].includes(words[0] ?? "");
    if (verb || isHelp) return await runOperatorVerb({ line, options, log, output, modules, json, secrets });
    const { runLine } = await import("./run-line.ts");
    return await runLine({
      settings: readSettings({ environment: process.env, modules, secrets }),
      log,
      line,
      options,
      json,
      output,
    });
  } catch (error) {
    const sentence = personsSentence(error);
    if (sentence === undefined) throw error;
    log.debug({ err: error }, "the command line failed");
    output.err(`guildhall: ${sentence}\n`);
    return 1;
  }
}

/** The version in the program's own package.json. */
async function programVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}

/** The operator's verb that the words name. A group that is no verb's own name may go on as a command of the hall. */
function verbOf(words: readonly string[]) {
  const { found, depth } = operatorVerbs.resolve(words);
  const isGroup = found !== undefined && operatorVerbs.children(found.path).length > 0;
  return isGroup && depth < words.length && SHARED_GROUPS.has(found.path.join(" ")) ? undefined : found;
}

/** What to tell a person of an error that they can mend; undefined for a programmer's fault. */
function personsSentence(error: unknown): string | undefined {
  if (
    error instanceof ConfigError ||
    error instanceof StoreRefusedError ||
    error instanceof DataFolderBusyError ||
    error instanceof DataFolderError ||
    error instanceof EmbeddedStoreError ||
    error instanceof RangeError
  ) {
    return error.message;
  }
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `The address is taken (${error.message}): stop what listens there, or set GUILDHALL_HTTP__PORT to another port.`;
  }
  switch (storeFault(error)) {
    case "unavailable":
      return "The store cannot be reached: see that PostgreSQL runs where GUILDHALL_DATABASE__URL says.";
    case "full":
      return "The store's disk is full: free some space and try again.";
    case "unique":
    case "retry":
    case "other":
      return undefined;
  }
}

function readFlags(argv: readonly string[]): TerminalFlags | { readonly fault: string } {
  const words: string[] = [];
  let json = false;
  let as: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (word === "--") {
      words.push(...argv.slice(index));
      break;
    }
    if (word === "--json") {
      json = true;
    } else if (word === "--as" || word.startsWith("--as=")) {
      as = word === "--as" ? argv[(index += 1)] : word.slice("--as=".length);
      if (!as) return { fault: "--as needs the e-mail address of the person to act as." };
    } else {
      words.push(word);
    }
  }
  return { json, as, words };
}
