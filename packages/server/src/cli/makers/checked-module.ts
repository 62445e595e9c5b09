import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Module, ModuleParts } from "@guildhall/sdk";
import { startModule, type StartedModule } from "@guildhall/sdk/testing";
import { z } from "zod";
import type { Config } from "../../kernel/config.ts";
import { discoverAt } from "../../kernel/discovery/discover-modules.ts";
import type { FoundModule } from "../../kernel/module-report.ts";
import { withinLimit } from "../../kernel/within-limit.ts";
import { CHECKER, CHECKER_TOKEN } from "./asked-route.ts";
import { takenNames, type TakenNames } from "./taken-names.ts";

const START_LIMIT_MILLISECONDS = 5000;

/** A module under check, with its files. */
export interface CheckedModule {
  readonly folder: string;
  readonly module: Module;
  /** Its sources but for tests, by their path in the folder. */
  readonly sources: ReadonlyMap<string, string>;
  readonly tests: readonly string[];
  /** The text of its README.md; empty when there is none. */
  readonly readme: string;
  /** Starts it with everything in memory, and with its dependencies before it. */
  readonly start: (options?: {
    readonly withDependencies?: boolean;
  }) => Promise<StartedModule & { readonly parts: ModuleParts<unknown> }>;
  /** The names of its dependencies that are not to be found. */
  readonly missing: readonly string[];
  /** What others are called. */
  readonly taken: TakenNames;
}

/**
 * Loads the module of a folder for its check.
 *
 * @param options.others where its dependencies are looked for
 * @param options.config where its settings come from, as in the hall
 * @throws Error that says why it cannot be loaded
 */
export async function loadCheckedModule(options: {
  readonly folder: string;
  readonly others: readonly FoundModule[];
  readonly config: Config;
}): Promise<CheckedModule> {
  const folder = path.resolve(options.folder);
  const found = await discoverAt(folder);
  const modules = found.flatMap((one) => ("module" in one ? [one.module] : []));
  const [module] = modules;
  if (!module) {
    const [fault] = found.flatMap((one) => ("fault" in one ? [one.fault] : []));
    throw new Error(fault ?? "it exports no module");
  }
  if (modules.length > 1) throw new Error("it exports several modules: a folder holds one");
  settingsOf(module, options.config);
  const others = options.others.filter(({ place }) => place === undefined || path.resolve(place) !== folder);
  const known = new Map(
    others.flatMap((one) => ("module" in one ? [[one.module.name, one.module] as const] : [])),
  );
  const files = globSync("**/*.{ts,js,mjs}", { cwd: folder, exclude: ["**/node_modules/**", "**/dist/**"] });
  const isTest = (file: string) => /\.test\.[a-z]+$/.test(file);
  return {
    folder,
    module,
    sources: new Map(
      files
        .filter((file) => !isTest(file))
        .map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
    ),
    tests: files.filter(isTest),
    readme: readOrEmpty(path.join(folder, "README.md")),
    missing: Object.values(module.dependencies)
      .map(({ name }) => name)
      .filter((name) => !known.has(name)),
    taken: await takenNames(others),
    start: async ({ withDependencies = true } = {}) => {
      const dependencies = withDependencies ? await apisOf(module, known, options.config) : {};
      const started = await begun(module, dependencies, options.config);
      const { parts } = started;
      if (!parts) throw new Error("its initialize returned false");
      return { ...started, parts };
    },
  };
}

async function apisOf(
  module: Module,
  known: ReadonlyMap<string, Module>,
  config: Config,
): Promise<Record<string, unknown>> {
  const apis: Record<string, unknown> = {};
  for (const [key, { name }] of Object.entries(module.dependencies)) {
    const needed = known.get(name);
    if (!needed) throw new Error(`the module "${name}", on which it depends, is not to be found`);
    const { parts } = await begun(needed, await apisOf(needed, known, config), config);
    if (!parts) throw new Error(`the module "${name}", on which it depends, declines to start`);
    apis[key] = parts.api;
  }
  return apis;
}

async function begun(
  module: Module,
  dependencies: Record<string, unknown>,
  config: Config,
): Promise<StartedModule> {
  // Its settings have been read by its schema.
  const asSet = { ...module, config: z.looseObject({}) };
  return await withinLimit(
    async () =>
      await startModule(asSet, {
        dependencies,
        config: settingsOf(module, config),
        tokens: new Map([[CHECKER_TOKEN, CHECKER]]),
      }),
    START_LIMIT_MILLISECONDS,
    `the start of ${module.name} did not end within ${START_LIMIT_MILLISECONDS / 1000} s`,
  );
}

/** @throws ConfigError when what it needs is not set */
function settingsOf({ name, config: schema }: Module, config: Config): Record<string, unknown> {
  return config.section(name, schema);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
