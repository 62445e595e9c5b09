import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Module, ModuleParts, Route } from "@guildhall/sdk";
import { startModule, type StartedModule } from "@guildhall/sdk/testing";
import { discoverAt } from "../../kernel/discovery/discover-modules.ts";
import type { FoundModule } from "../../kernel/module-report.ts";
import { withinLimit } from "../../kernel/within-limit.ts";

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
}

/**
 * Loads the module of a folder for its check.
 *
 * @param options.others where its dependencies are looked for
 * @throws Error that says why it cannot be loaded
 */
export async function loadCheckedModule(options: {
  readonly folder: string;
  readonly others: readonly FoundModule[];
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
  const known = new Map(
    options.others.flatMap((one) => ("module" in one ? [[one.module.name, one.module] as const] : [])),
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
    start: async ({ withDependencies = true } = {}) => {
      const dependencies = withDependencies ? await apisOf(module, known) : {};
      const started = await begun(module, dependencies);
      const { parts } = started;
      if (!parts) throw new Error("its initialize returned false");
      return { ...started, parts };
    },
  };
}

/** The routes that can be asked without knowing anything: no parameters in the path and nobody signed in. */
export function plainRoutes({ routes = [] }: ModuleParts<unknown>): Route[] {
  return routes.filter(
    ({ method, path: place, requireAuth }) => method === "GET" && !requireAuth && !place.includes(":"),
  );
}

async function apisOf(module: Module, known: ReadonlyMap<string, Module>): Promise<Record<string, unknown>> {
  const apis: Record<string, unknown> = {};
  for (const [key, { name }] of Object.entries(module.dependencies)) {
    const needed = known.get(name);
    if (!needed) throw new Error(`the module "${name}", on which it depends, is not to be found`);
    const { parts } = await begun(needed, await apisOf(needed, known));
    if (!parts) throw new Error(`the module "${name}", on which it depends, declines to start`);
    apis[key] = parts.api;
  }
  return apis;
}

async function begun(module: Module, dependencies: Record<string, unknown>): Promise<StartedModule> {
  return await withinLimit(
    async () => await startModule(module, { dependencies }),
    START_LIMIT_MILLISECONDS,
    `the start of ${module.name} did not end within ${START_LIMIT_MILLISECONDS / 1000} s`,
  );
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
