import type { KnownSecrets } from "../../kernel/known-secrets.ts";
import type { FoundModule } from "../../kernel/module-report.ts";
import type { Logger } from "pino";
import type { TerminalOutput } from "../../adapters/terminal/print-frames.ts";
import { ConfigError } from "../../kernel/config-error.ts";
import { dataFolderOf, readSettings, resolveModuleSettings, type Settings } from "../settings.ts";
import { examineDataFolder } from "./examine-data-folder.ts";
import { examineDiscord } from "./examine-discord.ts";
import { examineSlack } from "./examine-slack.ts";
import { examineHall } from "./examine-hall.ts";
import { examineState } from "./examine-state.ts";
import { examineProgram } from "./examine-program.ts";
import { well, wrong, type Finding } from "./finding.ts";

const MARKS = { ok: "ok     ", warning: "warning", error: "ERROR  " } as const;

/** Says what is wrong with an installation and how to mend it. Ends with 1 when something does not work. */
export async function doctor(given: {
  readonly environment: NodeJS.ProcessEnv;
  readonly modules: readonly FoundModule[] | undefined;
  readonly log: Logger;
  readonly json: boolean;
  readonly secrets: KnownSecrets;
  readonly output: TerminalOutput;
}): Promise<number> {
  const { output, json } = given;
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]) => {
    findings.push(...found);
    if (json) return;
    for (const { check, status, detail, remedy } of found) {
      output.out(`${MARKS[status]}  ${check}: ${detail}\n`);
      if (remedy !== undefined) output.out(`         ${remedy}\n`);
    }
  };
  tell([examineProgram(process.version)]);
  const folder = await examineDataFolder(dataFolderOf(given.environment));
  tell(folder);
  // In a folder that cannot be used nothing else can be found out.
  if (folder.every(({ check, status }) => check !== "data folder" || status !== "error")) {
    const { settings, finding } = await examineConfiguration(given);
    tell([finding]);
    if (settings) {
      tell(await examineState(settings, given.log));
      tell(await examineHall(settings, given.log));
      tell([await examineSlack(settings.slack), await examineDiscord(settings.discord)]);
    }
  }
  const errors = findings.filter(({ status }) => status === "error").length;
  const warnings = findings.filter(({ status }) => status === "warning").length;
  if (json) output.out(`${JSON.stringify({ ok: errors === 0, findings })}\n`);
  else output.out(summary({ errors, warnings }));
  return errors === 0 ? 0 : 1;
}

async function examineConfiguration(given: {
  environment: NodeJS.ProcessEnv;
  modules: readonly FoundModule[] | undefined;
  secrets: KnownSecrets;
}): Promise<{ settings?: Settings; finding: Finding }> {
  try {
    const settings = readSettings(given);
    await resolveModuleSettings(settings);
    const set = settings.config.entries.filter(({ source }) => source !== "default").length;
    return { settings, finding: well("settings", `All can be read; ${set} of them are set.`) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return {
      finding: wrong(
        "settings",
        error.message,
        "Mend it there; docs/reference/configuration.md lists every setting.",
      ),
    };
  }
}

function summary({ errors, warnings }: { errors: number; warnings: number }): string {
  if (errors + warnings === 0) return "\nEverything is well.\n";
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return `\n${count(errors, "error")}, ${count(warnings, "warning")}.\n`;
}
