import { CommandError, defineCommand, flag, option, text, type Module } from "@guildhall/sdk";
import type { Logger } from "pino";
import { z } from "zod";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { CommandRegistry } from "../commands/command-registry.ts";
import { renderHelpAnsi } from "../commands/help/render-ansi.ts";
import { renderHelpText } from "../commands/help/render-text.ts";
import { parseLine } from "../commands/parse-line.ts";
import { createUser } from "./create-user.ts";
import { migrate } from "./migrate.ts";
import { runShell } from "./shell.ts";
import { showConfig } from "./show-config.ts";
import { start } from "./start.ts";
import { readSettings } from "./settings.ts";
import type { TerminalOptions } from "./run-line.ts";

/** What an operator's verb is given. */
export interface VerbContext {
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
  readonly modules: readonly Module[];
}

const createUserArguments = {
  email: option(undefined, text("the person's e-mail address")),
  admin: flag(undefined, "make them an administrator"),
  passwordStdin: flag(undefined, "read the password from standard input instead of asking for it"),
};
const migrateArguments = {
  from: option(undefined, text("the store to copy: a data folder, or a postgresql:// URL")),
  to: option(undefined, text("the empty store to copy into: a data folder, or a postgresql:// URL")),
};

/** Verbs do their work in `runOperatorVerb`; the command model gives them parsing, help and errors. */
function nothing(): never {
  throw new CommandError("operator verbs run in the terminal only");
}

const VERBS = [
  defineCommand({ name: "start", summary: "Open the hall and serve it", run: nothing }),
  defineCommand({
    name: "create-user",
    summary: "Make an account",
    arguments: createUserArguments,
    examples: ["create-user --email ada@example.org --admin"],
    run: nothing,
  }),
  defineCommand({
    name: "migrate",
    summary: "Bring the store's tables up to date, or copy a store into another",
    arguments: migrateArguments,
    examples: ["migrate", "migrate --from ./hall-data --to postgresql://localhost/guildhall"],
    run: nothing,
  }),
  defineCommand({
    name: "config",
    summary: "Show every setting, its value and where it comes from",
    run: nothing,
  }),
  defineCommand({ name: "shell", summary: "Type one line after another", run: nothing }),
] as const;

/** The verbs of whoever runs the program, beside the hall's commands. */
export const operatorVerbs = new CommandRegistry();
for (const verb of VERBS) operatorVerbs.add(verb, { module: "guildhall" });

const CreateUserValues = z.object({
  email: z.string().optional(),
  admin: z.boolean(),
  passwordStdin: z.boolean(),
});
const MigrateValues = z.object({ from: z.string().optional(), to: z.string().optional() });

/** Runs an operator's verb, or shows the program's help. */
export async function runOperatorVerb(given: VerbContext & { readonly line: string }): Promise<number> {
  const { line, output, options } = given;
  const parsed = parseLine({ registry: operatorVerbs, line });
  const render = options.ansi ? renderHelpAnsi : renderHelpText;
  if (parsed.kind !== "invocation") {
    const page = render(parsed, { width: options.width });
    if (parsed.kind === "error") {
      output.err(`${page}\n`);
      return 2;
    }
    output.out(`${page}\n`);
    const isOverview = line === "" || line === "-h" || line === "--help";
    if (isOverview) output.out('\nEverything else is a command of the hall: "guildhall help" lists them.\n');
    return 0;
  }
  const settings = readSettings({ environment: process.env, modules: given.modules });
  switch (parsed.command.command.name) {
    case "start":
      return await start({ settings, log: given.log, output });
    case "create-user":
      return await createUser({ ...given, settings, values: CreateUserValues.parse(parsed.values) });
    case "migrate":
      return await migrate({ ...given, settings, values: MigrateValues.parse(parsed.values) });
    case "config":
      return showConfig({ settings, output });
    case "shell":
      return await runShell({ ...given, settings });
    default:
      throw new TypeError(`the verb "${parsed.command.command.name}" does nothing yet`);
  }
}
