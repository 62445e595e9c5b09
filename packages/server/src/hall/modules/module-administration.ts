import type { JsonValue, Logger } from "@guildhall/sdk";
import { z } from "zod";
import type { Config, ConfigEntry } from "../../kernel/config.ts";
import { ConfigError } from "../../kernel/config-error.ts";
import type { ModuleKernel } from "../../kernel/module-kernel.ts";
import type { ModuleReport } from "../../kernel/module-report.ts";
import { ModulesSettings } from "../../kernel/modules-settings.ts";
import { HallError } from "../hall-error.ts";
import { moduleHealth, type ModuleHealthReport } from "./module-health.ts";

/** What an administrator sees of a module. */
export interface ModuleView {
  readonly report: ModuleReport;
  readonly health: ModuleHealthReport;
  /** JSON Schema of its configuration; null when the module could not be loaded. */
  readonly configSchema: Readonly<Record<string, unknown>> | null;
  readonly config: readonly ConfigEntry[];
  /** Why its configuration cannot be used as it is. */
  readonly configFault: string | null;
}

/** Looks after modules while the hall is open: for administrators. */
export class ModuleAdministration {
  readonly #kernel: ModuleKernel;
  readonly #config: Config;
  readonly #log: Logger;
  readonly #now: () => Date;

  constructor(options: { kernel: ModuleKernel; config: Config; log: Logger; now: () => Date }) {
    this.#kernel = options.kernel;
    this.#config = options.config;
    this.#log = options.log;
    this.#now = options.now;
  }

  async list(): Promise<ModuleView[]> {
    return await Promise.all(this.#kernel.reports.map((report) => this.#view(report)));
  }

  /** @throws HallError `module_not_found` */
  async get(name: string): Promise<ModuleView> {
    return await this.#view(this.#report(name));
  }

  /**
   * Keeps settings of a module; they count from its next start. Null takes a setting back.
   *
   * @throws HallError `module_not_found`, `config_refused`
   */
  async saveConfig(name: string, changes: Readonly<Record<string, JsonValue>>): Promise<ModuleView> {
    const module = this.#kernel.module(this.#report(name).name);
    if (!module)
      throw new HallError("config_refused", `The module "${name}" could not be loaded; it has no settings.`);
    await this.#saving(() => this.#config.save(name, module.config, changes));
    this.#log.info({ module: name, settings: Object.keys(changes) }, "settings of a module were saved");
    return await this.get(name);
  }

  /** Starts a module, and keeps it so. @throws HallError `module_not_found`, `config_refused` */
  async enable(name: string): Promise<ModuleView> {
    this.#report(name);
    await this.#setDisabled(name, false);
    return await this.#view(await this.#kernel.enable(name));
  }

  /** Ends a module, and keeps it so. @throws HallError `module_not_found`, `module_needed`, `config_refused` */
  async disable(name: string): Promise<ModuleView> {
    if (this.#report(name).origin === "hall") {
      throw new HallError(
        "module_needed",
        `The module "${name}" is part of the hall and cannot be disabled.`,
      );
    }
    await this.#setDisabled(name, true);
    return await this.#view(await this.#kernel.disable(name));
  }

  /** Ends a module and starts it again, with its settings as they are now. @throws HallError `module_not_found` */
  async restart(name: string): Promise<ModuleView> {
    this.#report(name);
    return await this.#view(await this.#kernel.restart(name));
  }

  async #setDisabled(name: string, isDisabled: boolean): Promise<void> {
    const { disabled } = this.#config.section("modules", ModulesSettings);
    if (disabled.includes(name) === isDisabled) return;
    const next = isDisabled ? [...disabled, name] : disabled.filter((other) => other !== name);
    await this.#saving(() => this.#config.save("modules", ModulesSettings, { disabled: next }));
  }

  async #saving(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ConfigError) throw new HallError("config_refused", error.message);
      throw error;
    }
  }

  #report(name: string): ModuleReport {
    const report = this.#kernel.reports.find((one) => one.name === name);
    if (!report) throw new HallError("module_not_found", `There is no module "${name}".`);
    return report;
  }

  async #view(report: ModuleReport): Promise<ModuleView> {
    const module = this.#kernel.module(report.name);
    const health = await moduleHealth(this.#kernel, report, this.#now());
    if (!module) return { report, health, configSchema: null, config: [], configFault: null };
    const configSchema = z.toJSONSchema(module.config, { io: "input", unrepresentable: "any" });
    try {
      const config = this.#config.describe(report.name, module.config);
      return { report, health, configSchema, config, configFault: null };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { report, health, configSchema, config: [], configFault: error.message };
    }
  }
}
