import { choice, CommandError, defineCommand, flag, integer, option, text } from "@guildhall/sdk";
import type { Logger } from "pino";
import { z } from "zod";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { CommandRegistry } from "../commands/command-registry.ts";
import { renderHelpAnsi } from "../commands/help/render-ansi.ts";
import { renderHelpText } from "../commands/help/render-text.ts";
import { parseLine } from "../commands/parse-line.ts";
import type { KnownSecrets } from "../kernel/known-secrets.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { COMPLETION_SCRIPTS, SHELLS } from "./completion/completion-scripts.ts";
import { readSettings } from "./settings.ts";
import type { TerminalOptions } from "./run-line.ts";

/** What an operator's verb is given. */
export interface VerbContext {
  readonly log: Logger;
  readonly output: TerminalOutput;
  readonly options: TerminalOptions;
  readonly modules: readonly FoundModule[] | undefined;
  readonly secrets: KnownSecrets;
  /** Whether the answer is for a program. */
  readonly json: boolean;
}

const createUserArguments = {
  email: option(undefined, text("the person's e-mail address")),
  admin: flag(undefined, "make them an administrator"),
  passwordStdin: flag(undefined, "read the password from standard input instead of asking for it"),
};
const passwordLinkArguments = {
  email: option(undefined, text("the e-mail address with which they sign in")),
};
const migrateArguments = {
  from: option(undefined, text("the store to copy: a data folder, or a postgresql:// URL")),
  to: option(undefined, text("the empty store to copy into: a data folder, or a postgresql:// URL")),
};

const restoreArguments = {
  version: option(undefined, integer("the version to bring back; the newest when left out", { min: 1 })),
  force: flag(undefined, "also over a hall that is newer than the version; what was there is laid aside"),
};

const STATE_BACKENDS = ["table", "redis"] as const;
const moveStateArguments = {
  to: option(undefined, choice("where the state is to be: table (in the store) or redis", STATE_BACKENDS)),
};

const newModuleArguments = {
  name: text("the module's name: lower-case words joined by hyphens or underscores", { maxLength: 50 }),
  path: option(undefined, text("the module's own folder; modules/NAME when left out")),
};
const checkModuleArguments = { path: text("the module's folder") };
const completionArguments = { shell: choice("the shell", SHELLS) };
const completeLineArguments = { line: text("the line up to the cursor, with the program in front") };

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
    name: "password-link",
    summary: "Print a link by which somebody who lost their password sets a new one",
    description: "It works once, for a day, and is to be given to that person alone.",
    arguments: passwordLinkArguments,
    examples: ["password-link --email ada@example.org"],
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
    name: "mirror",
    summary: "Bring a hall back from its mirror",
    commands: [
      defineCommand({
        name: "restore",
        summary: "Make the data folder's hall what the mirror has",
        description:
          "The hall must not run. The secret key is not in the mirror. What the data folder had is laid aside.",
        arguments: restoreArguments,
        examples: ["mirror restore", "mirror restore --version 12"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "state",
    summary: "See to where the hall's state is kept",
    commands: [
      defineCommand({
        name: "move",
        summary: "Move the state of a closed hall between its store and Redis",
        description: "GUILDHALL_STATE__URL names the Redis server, whichever way it goes.",
        arguments: moveStateArguments,
        examples: ["state move --to redis", "state move --to table"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "config",
    summary: "Show every setting, its value and where it comes from",
    run: nothing,
  }),
  defineCommand({
    name: "doctor",
    summary: "Say what is wrong with this installation, and how to mend it",
    description: "Ends with 1 when something does not work. With --json it prints one document.",
    examples: ["doctor"],
    run: nothing,
  }),
  defineCommand({
    name: "completion",
    summary: "Print the completion for a shell",
    description:
      "For bash, in ~/.bashrc: source <(guildhall completion bash). For zsh, in ~/.zshrc after compinit: source <(guildhall completion zsh). For fish: guildhall completion fish > ~/.config/fish/completions/guildhall.fish",
    arguments: completionArguments,
    examples: ["completion bash"],
    run: nothing,
  }),
  defineCommand({
    name: "complete-line",
    summary: "Print what could stand at the end of a line; the shells' completion asks this",
    arguments: completeLineArguments,
    run: nothing,
  }),
  defineCommand({
    name: "new",
    summary: "Write something new",
    commands: [
      defineCommand({
        name: "module",
        summary: "Write a module that works, with a test and documentation",
        arguments: newModuleArguments,
        examples: ["new module weather", "new module weather --path ../weather"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({
    name: "check",
    summary: "Check something",
    commands: [
      defineCommand({
        name: "module",
        summary: "Run the twelve points of a good module on a folder, and say how to mend what fails",
        description: "Ends with 0 when all twelve hold, else with 1.",
        arguments: checkModuleArguments,
        examples: ["check module ./modules/weather"],
        run: nothing,
      }),
    ],
  }),
  defineCommand({ name: "shell", summary: "Type one line after another", run: nothing }),
  defineCommand({
    name: "batch",
    summary: "Run one command a line of standard input, and print one JSON document a line",
    examples: ["batch --json < lines.txt"],
    run: nothing,
  }),
] as const;

/** The verbs of whoever runs the program, beside the hall's commands. */
export const operatorVerbs = new CommandRegistry();
for (const verb of VERBS) operatorVerbs.add(verb, { module: "guildhall" });

const CreateUserValues = z.object({
  email: z.string().optional(),
  admin: z.boolean(),
  passwordStdin: z.boolean(),
});
const PasswordLinkValues = z.object({ email: z.string().optional() });
const NewModuleValues = z.object({ name: z.string(), path: z.string().optional() });
const CheckModuleValues = z.object({ path: z.string() });
const CompletionValues = z.object({ shell: z.enum(SHELLS) });
const CompleteLineValues = z.object({ line: z.string() });
const RestoreValues = z.object({ version: z.int().optional(), force: z.boolean() });
const MoveStateValues = z.object({ to: z.enum(STATE_BACKENDS).optional() });
const MigrateValues = z.object({ from: z.string().optional(), to: z.string().optional() });

/**
 * Runs an operator's verb, or shows the program's help. What a verb works with is loaded when it is typed, since most
 * runs of the program need little of it.
 */
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
    if (isOverview)
      output.out(
        '\nEverything else is a command of the hall: "guildhall help" lists them. "guildhall --version" says which this is.\n',
      );
    return 0;
  }
  const verb = parsed.command.path.join(" ");
  if (verb === "completion") {
    output.out(COMPLETION_SCRIPTS[CompletionValues.parse(parsed.values).shell]);
    return 0;
  }
  // Before the settings are read, since they may be what is wrong.
  if (verb === "new module") {
    const { newModule } = await import("./makers/new-module.ts");
    return await newModule({ output, values: NewModuleValues.parse(parsed.values) });
  }
  if (verb === "doctor") {
    const { doctor } = await import("./doctor/doctor.ts");
    return await doctor({ ...given, environment: process.env });
  }
  const settings = readSettings({ environment: process.env, ...given });
  switch (verb) {
    case "start": {
      const { start } = await import("./start.ts");
      return await start({ settings, log: given.log, output });
    }
    case "create-user": {
      const { createUser } = await import("./create-user.ts");
      return await createUser({ ...given, settings, values: CreateUserValues.parse(parsed.values) });
    }
    case "password-link": {
      const { printPasswordLink } = await import("./password-link.ts");
      return await printPasswordLink({ ...given, settings, values: PasswordLinkValues.parse(parsed.values) });
    }
    case "mirror restore": {
      const { restoreMirror } = await import("./restore-mirror.ts");
      return await restoreMirror({ ...given, settings, values: RestoreValues.parse(parsed.values) });
    }
    case "migrate": {
      const { migrate } = await import("./migrate.ts");
      return await migrate({ ...given, settings, values: MigrateValues.parse(parsed.values) });
    }
    case "state move": {
      const { to } = MoveStateValues.parse(parsed.values);
      if (to === undefined) {
        output.err("guildhall: state move needs --to redis or --to table.\n");
        return 2;
      }
      const { moveStateVerb } = await import("./move-state.ts");
      return await moveStateVerb({ ...given, settings, to });
    }
    case "config": {
      const { showConfig } = await import("./show-config.ts");
      return await showConfig({ settings, output });
    }
    case "complete-line": {
      const { completeLine } = await import("./completion/complete-line.ts");
      return await completeLine({
        ...given,
        settings,
        verbs: operatorVerbs,
        typed: CompleteLineValues.parse(parsed.values).line,
      });
    }
    case "check module": {
      const { checkModule } = await import("./makers/check-module.ts");
      return await checkModule({
        folder: CheckModuleValues.parse(parsed.values).path,
        output,
      });
    }
    case "shell": {
      const { runShell } = await import("./shell.ts");
      return await runShell({ ...given, settings });
    }
    case "batch": {
      const { runBatch } = await import("./batch.ts");
      return await runBatch({ ...given, settings });
    }
    default:
      throw new TypeError(`the verb "${verb}" does nothing yet`);
  }
}
