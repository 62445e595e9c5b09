import type { Clock, Logger, Module, ModuleContext, ModuleParts } from "@guildhall/sdk";
import type { BarredModules } from "./barred-modules.ts";
import type { Config } from "./config.ts";
import type { ModuleLife } from "./module-life.ts";
import type { ModuleReport } from "./module-report.ts";

/** What a module is given besides its configuration, its dependencies and what its life brings. */
export type ModuleSurroundings = Omit<
  ModuleContext<unknown, Module["dependencies"]>,
  "config" | "dependencies" | "log" | "signal"
>;

/** What the kernel gives each module, and where it puts what the module brings. */
export interface KernelSurroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly logFor: (moduleName: string) => Logger;
  /** Makes ready what a module is given; how to undo it is noted in its life. */
  readonly surround: (module: Module, life: ModuleLife) => Promise<ModuleSurroundings>;
  /** Takes up what a started module brings; how to undo it is noted in its life. */
  readonly install: (module: Module, parts: ModuleParts<unknown>, life: ModuleLife) => void;
  /** Names of the modules that are not to be started. */
  readonly disabled?: readonly string[];
  /** How long the `initialize` of a module from elsewhere may hold the thread. */
  readonly threadSeconds: number;
  /** Modules that are not to be started for what they did, until they are enabled or restarted. */
  readonly barred?: BarredModules;
  /** Called when a module's state has changed. */
  readonly onChange?: (report: ModuleReport) => void;
}
