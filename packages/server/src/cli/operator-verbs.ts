import type { Logger } from "pino";
import { z } from "zod";
import type { TerminalOutput } from "../adapters/terminal/print-frames.ts";
import { renderHelpAnsi } from "../commands/help/render-ansi.ts";
import { renderHelpText } from "../commands/help/render-text.ts";
import { parseLine } from "../commands/parse-line.ts";
import type { KnownSecrets } from "../kernel/known-secrets.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { ModulesSettings } from "../kernel/modules-settings.ts";
import { COMPLETION_SCRIPTS, SHELLS } from "./completion/completion-scripts.ts";
import { operatorVerbs, STATE_BACKENDS } from "./operator-commands.ts";
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
        threadSeconds: settings.config.section("modules", ModulesSettings).threadSeconds,
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
