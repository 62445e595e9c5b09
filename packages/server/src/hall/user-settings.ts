import { ruleOf, type JsonValue, type Module } from "@guildhall/sdk";
import { z } from "zod";
import type { DataAccessor } from "../data/data-accessor.ts";
import type { ActionHandlerConfiguration } from "../data/models.ts";
import type { ModuleKernel } from "../kernel/module-kernel.ts";
import { fittingSettings } from "./modules/module-settings.ts";

/** What a person can choose for a module, and has chosen. */
export interface OfferedSettings {
  readonly name: string;
  readonly summary: string;
  /** JSON Schema of what can be chosen. */
  readonly schema: JsonValue;
  /** Chosen values, with defaults for the rest. */
  readonly values: Record<string, JsonValue>;
  readonly updated_at: Date | null;
}

/** What is wrong with one of the settings that were given. */
export interface SettingFault {
  /** A JSON Pointer into what was given (RFC 6901). */
  readonly path: string;
  readonly message: string;
}

/** What came of choosing settings. */
export type SettingsChange =
  | { readonly kind: "saved"; readonly saved: ActionHandlerConfiguration }
  | { readonly kind: "invalid"; readonly faults: readonly SettingFault[] };

/**
 * A person's own settings of modules and commands (requirements S004-14, L-22): those that a module declares are held
 * to its schema, any other name keeps whatever JSON its owner puts there.
 */
export class UserSettings {
  readonly #kernel: ModuleKernel;
  readonly #data: DataAccessor;

  constructor({ kernel, data }: { kernel: ModuleKernel; data: DataAccessor }) {
    this.#kernel = kernel;
    this.#data = data;
  }

  /** What can be chosen for the modules that run, in the order of their names. */
  async list(userId: string): Promise<OfferedSettings[]> {
    const offered = this.#kernel.reports
      .map(({ name }) => name)
      .toSorted((one, other) => one.localeCompare(other))
      .flatMap((name) => this.#declaring(name) ?? []);
    return await Promise.all(
      offered.map(async ({ name, summary, settings }) => {
        const { configuration, updated_at } = await this.#data.getActionHandlerUserConfig(userId, name);
        const { values } = fittingSettings(settings.user, configuration);
        return {
          name,
          summary,
          schema: z.json().parse(z.toJSONSchema(settings.user, { io: "input" })),
          values: z.record(z.string(), z.json()).parse(values),
          updated_at,
        };
      }),
    );
  }

  /** Replaces a person's settings; nothing is kept of such as a module cannot take. */
  async replace(userId: string, name: string, given: JsonValue): Promise<SettingsChange> {
    const module = this.#declaring(name);
    if (module) {
      const parsed = module.settings.user.strict().safeParse(given);
      if (!parsed.success) return { kind: "invalid", faults: parsed.error.issues.flatMap(faultsOf) };
    }
    return { kind: "saved", saved: await this.#data.setActionHandlerUserConfig(userId, name, given) };
  }

  /** The running module of this name, when it has settings for people. */
  #declaring(name: string): Module | undefined {
    const module = this.#kernel.isRunning(name) ? this.#kernel.module(name) : undefined;
    return module && Object.keys(module.settings.user.shape).length > 0 ? module : undefined;
  }
}

function faultsOf(issue: z.core.$ZodIssue): SettingFault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: pointer([...issue.path, key]),
      message: "There is no such setting.",
    }));
  }
  return [{ path: pointer(issue.path), message: `It ${ruleOf(issue)}.` }];
}

const pointer = (path: readonly PropertyKey[]) =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
