import {
  CommandError,
  defineCommand,
  defineModule,
  html,
  json,
  markdown,
  escapeMarkdown,
  plainText,
  rest,
  table,
  type Module,
} from "@guildhall/sdk";
import type { CommandRegistry } from "../commands/command-registry.ts";
import { commandHelp, registryHelp } from "../commands/help/help-document.ts";
import { renderHelpHtml } from "../commands/help/render-html.ts";
import { renderHelpText } from "../commands/help/render-text.ts";
import { nearestName } from "../commands/nearest-name.ts";
import type { ModuleReport } from "../kernel/module-report.ts";
import type { ModuleAdministration } from "./modules/module-administration.ts";
import { moduleCommands } from "./modules/module-commands.ts";
import type { Usage } from "./usage.ts";
import { usageCommand } from "./usage-command.ts";

/** The commands that every hall has: help, ping, whoami, status, modules and usage. */
export function coreModule(facts: {
  readonly registry: CommandRegistry;
  readonly host: string;
  readonly startedAt: Date;
  readonly moduleReports: () => readonly ModuleReport[];
  readonly administration: ModuleAdministration;
  readonly usage: Usage;
}): Module {
  const help = defineCommand({
    name: "help",
    summary: "Show what can be typed",
    arguments: { command: rest("the command to explain; all of them when left out") },
    examples: ["help", "help roll"],
    pure: true,
    *run({ command }, { place }) {
      const words = command.split(/\s+/).filter((word) => word !== "");
      const { registry } = facts;
      const { found, depth } = registry.resolve(words);
      if (depth < words.length || (words.length > 0 && !found)) {
        const known = registry.children(found?.path ?? []).map((child) => child.command.name);
        const near = nearestName({ typed: words[depth] ?? "", names: known });
        const hint = near === undefined ? 'Type "help" for all commands.' : `Did you mean "${near}"?`;
        throw new CommandError(`There is no command "${command}". ${hint}`, { code: "unknown_command" });
      }
      const page = { help: found ? commandHelp({ registry, found }) : registryHelp(registry) };
      yield place.adapter === "console" ? html(renderHelpHtml(page)) : plainText(renderHelpText(page));
    },
  });

  const ping = defineCommand({
    name: "ping",
    summary: "See whether the hall answers",
    pure: true,
    *run() {
      yield plainText("pong");
    },
  });

  const whoami = defineCommand({
    name: "whoami",
    summary: "Show as whom you are known here",
    pure: true,
    *run(_values, { user, place }) {
      const role = user.isAdministrator ? "administrator" : "member";
      yield markdown(
        `You are **${escapeMarkdown(user.displayName)}** (${escapeMarkdown(user.email)}), ${role}, by way of the ${place.adapter}.`,
      );
      yield json({ id: user.id, email: user.email, display_name: user.displayName, role });
    },
  });

  const status = defineCommand({
    name: "status",
    summary: "Show how long the hall has been awake, where, and how its modules are",
    pure: true,
    *run(_values, { clock, place }) {
      const awake = duration(clock.now().getTime() - facts.startedAt.getTime());
      yield plainText(`Hello! I've been awake ${awake} on ${facts.host}`);
      // A direct message is answered with the promised sentence (requirements M-53).
      if (place.isPrivate) return;
      yield table({
        columns: ["module", "state", "start (ms)", "why not"],
        rows: facts
          .moduleReports()
          .map((report) => [report.name, report.state, report.milliseconds, report.reason ?? ""]),
      });
    },
  });

  const modules = moduleCommands({ administration: facts.administration, reports: facts.moduleReports });

  return defineModule({
    name: "hall",
    summary: "Help and the state of the hall",
    initialize: () => ({ commands: [help, ping, whoami, status, modules, usageCommand(facts.usage)] }),
  });
}

const UNITS: readonly (readonly [Intl.NumberFormatOptions["unit"], number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** A span in words, its two largest units: "3 days, 4 hours". */
function duration(milliseconds: number): string {
  let left = milliseconds;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || (unit === "second" && parts.length === 0)) {
      parts.push(new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(count));
    }
  }
  return parts.slice(0, 2).join(", ");
}
