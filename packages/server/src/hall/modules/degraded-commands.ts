import { CommandError, defineCommand, type Command, type State } from "@guildhall/sdk";
import { z } from "zod";
import {
  DuplicateCommandError,
  KeptCommandError,
  type CommandRegistry,
} from "../../commands/command-registry.ts";
import type { ModuleReport } from "../../kernel/module-report.ts";

const KEY = "module_commands";

const Known = z.record(z.string(), z.array(z.object({ name: z.string(), summary: z.string() })));

/**
 * Stands in for the commands of modules that failed or are slow to start: they are still known, and answer with the reason instead of
 * "there is no such command". Which commands a module has is remembered from its last start, also across restarts.
 */
export class DegradedCommands {
  readonly #registry: CommandRegistry;
  readonly #state: State;
  readonly #standIns = new Map<string, (() => void)[]>();
  #known = new Map<string, z.infer<typeof Known>[string]>();
  #hasChanged = false;

  constructor({ registry, state }: { readonly registry: CommandRegistry; readonly state: State }) {
    this.#registry = registry;
    this.#state = state;
  }

  /** Reads what earlier starts have learnt. */
  async load(): Promise<void> {
    this.#known = new Map(Object.entries(Known.catch({}).parse(await this.#state.get(KEY))));
  }

  /** Keeps what this start has learnt. */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    await this.#state.set(KEY, Object.fromEntries(this.#known));
  }

  /** Makes room for the commands of a module that starts, and learns them. */
  starting(module: string, commands: readonly Command[]): void {
    this.#clear(module);
    const learnt = commands.map(({ name, summary }) => ({ name, summary }));
    if (JSON.stringify(this.#known.get(module) ?? []) === JSON.stringify(learnt)) return;
    this.#known.set(module, learnt);
    this.#hasChanged = true;
  }

  /** Follows a module's state. */
  changed({ name: module, state, reason }: ModuleReport): void {
    this.#clear(module);
    const isSlow = state === "starting" && reason !== null;
    if (state !== "failed" && !isSlow) return;
    const undos: (() => void)[] = [];
    for (const { name, summary } of this.#known.get(module) ?? []) {
      const sentence = `"${name}" is degraded: the module ${module} does not run. ${reason ?? ""}`.trim();
      const standIn = defineCommand({
        name,
        summary,
        pure: true,
        // oxlint-disable-next-line require-yield
        *run() {
          throw new CommandError(`${sentence}.`.replace(/\.\.$/, "."), { code: "degraded" });
        },
      });
      try {
        undos.push(this.#registry.add(standIn, { module, isDegraded: true }));
      } catch (error) {
        // Another module has the name now, or the terminal, and answers for it.
        if (!(error instanceof DuplicateCommandError || error instanceof KeptCommandError)) throw error;
      }
    }
    this.#standIns.set(module, undos);
  }

  #clear(module: string): void {
    for (const undo of this.#standIns.get(module) ?? []) undo();
    this.#standIns.delete(module);
  }
}
