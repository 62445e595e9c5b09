import { startModule } from "@guildhall/sdk/testing";
import type { FoundModule } from "../../kernel/module-report.ts";
import { TERMINAL_COMMANDS } from "../operator-commands.ts";

/** The modules of the hall itself. */
export const HALL_MODULES: readonly string[] = ["hall", "chat", "services", "mirror"];

/** The commands of the hall itself; those of the terminal alone come beside them. */
export const HALL_COMMANDS: readonly string[] = [
  "help",
  "link",
  "mirror",
  "modules",
  "ping",
  "service",
  "status",
  "unlink",
  "usage",
  "whoami",
];

/** Names that a module cannot have. */
export interface TakenNames {
  readonly modules: ReadonlySet<string>;
  /** Each with who has it. */
  readonly commands: ReadonlyMap<string, string>;
}

/** The names of the hall's own modules and commands, and of those of the modules that are given. */
export async function takenNames(others: readonly FoundModule[]): Promise<TakenNames> {
  const commands = new Map(HALL_COMMANDS.map((name) => [name, "the hall"]));
  for (const name of TERMINAL_COMMANDS) commands.set(name, "the terminal");
  const known = new Map(
    others.flatMap((found) => ("module" in found ? [[found.module.name, found.module] as const] : [])),
  );
  const apis = new Map<string, unknown>();
  const begin = async (name: string): Promise<unknown> => {
    const module = known.get(name);
    if (!module || apis.has(name)) return apis.get(name);
    apis.set(name, undefined);
    const dependencies: Record<string, unknown> = {};
    for (const [key, needed] of Object.entries(module.dependencies))
      dependencies[key] = await begin(needed.name);
    const started = await startModule(module, { dependencies });
    const { parts } = started;
    if (!parts) return undefined;
    for (const command of parts.commands ?? []) commands.set(command.name, `the module ${name}`);
    apis.set(name, parts.api);
    await started.dispose();
    return parts.api;
  };
  for (const found of others) {
    // Others from elsewhere might do harm: this is the check of one module, and starts no other.
    if (!("module" in found) || found.origin !== "bundled") continue;
    const { name } = found.module;
    try {
      await begin(name);
    } catch {
      // One that does not start by itself in memory has no commands that anybody could lose.
    }
  }
  return { modules: new Set([...HALL_MODULES, ...known.keys()]), commands };
}
