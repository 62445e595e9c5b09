import { CommandError, defineCommand, plainText, table, text, type Command } from "@guildhall/sdk";
import type { ModuleReport } from "../../kernel/module-report.ts";
import { HallError } from "../hall-error.ts";
import type { ModuleAdministration, ModuleView } from "./module-administration.ts";

/** The command over the hall's modules: their list, and for administrators enable, disable and restart. */
export function moduleCommands({
  administration,
  reports,
}: {
  readonly administration: ModuleAdministration;
  readonly reports: () => readonly ModuleReport[];
}): Command {
  const name = text("the module, as `modules` names it", { maxLength: 100 });

  const enable = defineCommand({
    name: "enable",
    summary: "Start a module that was disabled or barred or failed, and keep it enabled",
    arguments: { module: name },
    examples: ["modules enable weather"],
    permission: "administrator",
    async *run({ module }) {
      yield plainText(startedSentence(await refusing(() => administration.enable(module))));
    },
  });

  const disable = defineCommand({
    name: "disable",
    summary: "End a module with what depends on it, and keep it disabled",
    arguments: { module: name },
    examples: ["modules disable weather"],
    permission: "administrator",
    async *run({ module }) {
      await refusing(() => administration.disable(module));
      yield plainText(`${module} is disabled; "modules enable ${module}" undoes it.`);
    },
  });

  const restart = defineCommand({
    name: "restart",
    summary: "End a module with what depends on it and start them again, with their settings as they are now",
    arguments: { module: name },
    examples: ["modules restart weather"],
    permission: "administrator",
    async *run({ module }) {
      yield plainText(startedSentence(await refusing(() => administration.restart(module))));
    },
  });

  return defineCommand({
    name: "modules",
    summary: "List the modules, how they are, and why those that do not run do not",
    pure: true,
    commands: [enable, disable, restart],
    *run() {
      yield table({
        columns: ["module", "state", "version", "start (ms)", "from", "why not"],
        rows: reports().map((report) => [
          report.name,
          report.state,
          report.version ?? "",
          report.milliseconds,
          report.place ?? report.origin,
          report.reason ?? "",
        ]),
      });
    },
  });
}

/** @throws CommandError when it did not start */
function startedSentence({ report }: ModuleView): string {
  const { name, state, reason, milliseconds } = report;
  if (state === "started") return `${name} runs; its start took ${milliseconds} ms.`;
  throw new CommandError(`${name} does not run. ${reason ?? ""}`.trim(), { code: "degraded" });
}

async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HallError)) throw error;
    throw new CommandError(error.message, { code: error.code });
  }
}
