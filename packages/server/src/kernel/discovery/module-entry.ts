import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** A folder with a module in it, or one where none could be found. */
export type ModulePlace = {
  readonly folder: string;
  /** By the package's name, else by the folder's. */
  readonly name: string;
  readonly version?: string;
} & ({ readonly entry: string } | { readonly fault: string });

const Conditions = z.record(z.string(), z.unknown());
const Manifest = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  exports: z.unknown(),
  main: z.string().optional(),
});

const ENTRIES = ["index.ts", "index.js", "index.mjs"];

/** Finds the entry of a folder's module: what its package.json exports, else `index.ts`; undefined when it has none. */
export function modulePlace(folder: string): ModulePlace | undefined {
  const manifestPath = path.join(folder, "package.json");
  const index = ENTRIES.map((file) => path.join(folder, file)).find((file) => existsSync(file));
  if (!existsSync(manifestPath)) {
    return index === undefined ? undefined : { folder, name: path.basename(folder), entry: index };
  }
  let manifest: z.infer<typeof Manifest>;
  try {
    manifest = Manifest.parse(JSON.parse(readFileSync(manifestPath, "utf8")));
  } catch {
    return {
      folder,
      name: path.basename(folder),
      fault: `${manifestPath} is not a package.json that can be read`,
    };
  }
  const name = manifest.name?.replace(/^@[^/]+\//, "") ?? path.basename(folder);
  const facts = { folder, name, ...(manifest.version === undefined ? {} : { version: manifest.version }) };
  const named = exported(manifest.exports, folder) ?? manifest.main;
  if (named === undefined) return index === undefined ? undefined : { ...facts, entry: index };
  const entry = path.resolve(folder, named);
  if (!existsSync(entry)) return { ...facts, fault: `${manifestPath} names ${named}, which is not there` };
  return { ...facts, entry };
}

/** The modules of a folder: the folder's own, else one for each folder in it that has an entry. */
export function modulePlacesIn(folder: string, list: (folder: string) => readonly string[]): ModulePlace[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return [{ folder, name: path.basename(folder), fault: `the folder ${folder} is not there` }];
  }
  const own = modulePlace(folder);
  if (own) return [own];
  return list(folder).flatMap((name) => modulePlace(path.join(folder, name)) ?? []);
}

/** The file of `exports["."]`; sources where Node would strip their types, which it does not in node_modules. */
function exported(exports: unknown, folder: string): string | undefined {
  if (typeof exports === "string") return exports;
  const parsed = Conditions.safeParse(exports);
  if (!parsed.success) return undefined;
  const own = "." in parsed.data ? parsed.data["."] : parsed.data;
  if (typeof own === "string") return own;
  const conditions = Conditions.safeParse(own);
  if (!conditions.success) return undefined;
  const isInstalled = folder.split(path.sep).includes("node_modules");
  const order = [...(isInstalled ? [] : ["guildhall-source"]), "node", "import", "default"];
  for (const condition of order) {
    const target = conditions.data[condition];
    if (typeof target === "string") return target;
    const deeper = exported(target, folder);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}
