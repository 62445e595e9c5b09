import { existsSync } from "node:fs";
import { findPackageJSON } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bundledPackages } from "../../kernel/discovery/discover-modules.ts";

const isSource = import.meta.url.endsWith(".ts");

/**
 * Settings by which TypeScript checks a module that has no `node_modules` of its own: against the hall's own sdk, zod
 * and bundled modules, wherever they are.
 */
export function typeScriptSettings() {
  const nodeTypes = packageFolder("@types/node");
  return {
    compilerOptions: {
      target: "es2024",
      lib: ["es2024", "esnext.iterator", "esnext.disposable", "esnext.array"],
      module: "nodenext",
      moduleResolution: "nodenext",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      erasableSyntaxOnly: true,
      // A folder without a package.json is of modules all the same, as the hall runs it.
      moduleDetection: "force",
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
      ...(isSource ? { customConditions: ["guildhall-source"] } : {}),
      ...(nodeTypes === undefined
        ? { types: [] }
        : { types: ["node"], typeRoots: [path.dirname(nodeTypes)] }),
      paths: Object.fromEntries(
        ["@guildhall/sdk", "@guildhall/sdk/testing", "zod", ...bundledPackages().map(({ name }) => name)].map(
          (name) => [name, [typesOf(name)]],
        ),
      ),
    },
  };
}

/** The folder of a package that the hall has; undefined when it has none of that name. */
export function packageFolder(name: string): string | undefined {
  const manifest = findPackageJSON(name, import.meta.url);
  return manifest === undefined || !existsSync(manifest) ? undefined : path.dirname(manifest);
}

function typesOf(name: string): string {
  return fileURLToPath(import.meta.resolve(name)).replace(/(?<!\.d)\.js$/, ".d.ts");
}
