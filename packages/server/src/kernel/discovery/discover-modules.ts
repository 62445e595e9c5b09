import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LONGEST_MODULE_NAME, MODULE_NAME, type Module } from "@guildhall/sdk";
import { z } from "zod";
import { actingAs } from "../acting-module.ts";
import type { BarredModules } from "../barred-modules.ts";
import type { FoundModule, ModuleOrigin } from "../module-report.ts";
import type { ModulesSettings } from "../modules-settings.ts";
import { toError } from "../to-error.ts";
import { shareHallPackages } from "./hall-packages.ts";
import { modulePlace, modulePlacesIn, type ModulePlace } from "./module-entry.ts";
import { probeModule } from "./probe-module.ts";

const Manifest = z.looseObject({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

const DeclaredModule = z.looseObject({
  name: z.string().regex(MODULE_NAME).max(LONGEST_MODULE_NAME),
  summary: z.string(),
  dependencies: z.record(z.string(), z.looseObject({ name: z.string() })),
  config: z.instanceof(z.ZodObject),
  settings: z.object({ user: z.instanceof(z.ZodObject), workspace: z.instanceof(z.ZodObject) }),
  tables: z.array(z.looseObject({ name: z.string() })),
  migrations: z.array(z.looseObject({ name: z.string() })),
  emits: z.array(z.looseObject({ name: z.string() })),
  permissions: z.looseObject({}),
  initialize: z.custom<unknown>((one) => typeof one === "function"),
});

/** What can be told to be a module by its form, which is the one that `defineModule` makes. */
const ModuleForm = z.custom<Module>((value) => DeclaredModule.safeParse(value).success);

/** What is told of modules from elsewhere before anything of them is loaded, since loading one can do harm. */
export interface ModuleLoading {
  /** Those that are not to be loaded. */
  readonly barred: BarredModules;
  /** Where they are; names are guesses by their packages or folders. */
  readonly onPlaces: (places: readonly { name: string; place: string; origin: ModuleOrigin }[]) => void;
}

/**
 * The modules that come with the hall: those of its dependencies that stand on the sdk themselves. Nobody registers
 * them.
 */
export async function discoverBundled(): Promise<FoundModule[]> {
  const found = await Promise.all(
    bundledPackages().map(async ({ name, manifestPath, manifest }): Promise<FoundModule[]> => {
      const facts = {
        origin: "bundled",
        place: path.dirname(manifestPath),
        ...(manifest.version === undefined ? {} : { version: manifest.version }),
      } as const;
      return await load(facts, { name: name.replace("@guildhall/", ""), load: () => import(name) });
    }),
  );
  return found.flat();
}

/** The packages of the modules that come with the hall. */
export function bundledPackages(): {
  readonly name: string;
  readonly manifestPath: string;
  readonly manifest: z.infer<typeof Manifest>;
}[] {
  const own = findPackageJSON("..", import.meta.url);
  const { dependencies } = own === undefined ? { dependencies: {} } : readManifest(own);
  return Object.keys(dependencies)
    .filter((name) => name.startsWith("@guildhall/"))
    .flatMap((name) => {
      const manifestPath = findPackageJSON(name, import.meta.url);
      if (manifestPath === undefined) return [];
      const manifest = readManifest(manifestPath);
      return "@guildhall/sdk" in manifest.dependencies ? [{ name, manifestPath, manifest }] : [];
    });
}

/**
 * The modules of the folders and packages that the settings name. Each is loaded in a thread first; one that cannot be
 * loaded is told of, and stops no other.
 *
 * @param options.workingFolder where relative folders begin, and packages are looked for
 * @param options.except folders whose modules are known already
 * @param options.loading left out where they are loaded only to be looked at
 */
export async function discoverElsewhere(options: {
  readonly settings: ModulesSettings;
  readonly workingFolder: string;
  readonly except: readonly string[];
  readonly loading?: ModuleLoading | undefined;
}): Promise<FoundModule[]> {
  const { settings, workingFolder, loading } = options;
  const known = new Set(options.except.map((folder) => realpathSync(folder)));
  const places: { readonly origin: ModuleOrigin; readonly place: ModulePlace }[] = [];
  for (const named of settings.paths) {
    const folder = path.resolve(workingFolder, named);
    // The default folder need not be there.
    if (named === "modules" && !existsSync(folder)) continue;
    for (const place of modulePlacesIn(folder, subfolders)) places.push({ origin: "folder", place });
  }
  for (const name of settings.packages)
    places.push({ origin: "package", place: packagePlace(name, workingFolder) });

  const wanted = places.filter(
    ({ place }) => !existsSync(place.folder) || !known.has(realpathSync(place.folder)),
  );
  if (wanted.some(({ place }) => "entry" in place)) shareHallPackages();
  loading?.onPlaces(wanted.map(({ origin, place }) => ({ name: place.name, place: place.folder, origin })));
  const found = await Promise.all(
    wanted.map(async ({ origin, place }) => await loadPlace(origin, place, loading?.barred)),
  );
  return found.flat();
}

/** Loads the module of one folder. */
export async function discoverAt(folder: string): Promise<FoundModule[]> {
  const place = modulePlace(path.resolve(folder));
  if (!place) {
    const fault = `there is no index.ts, and no package.json that exports one, in ${folder}`;
    return [{ origin: "folder", place: folder, name: path.basename(path.resolve(folder)), fault }];
  }
  shareHallPackages();
  return await loadPlace("folder", place);
}

async function loadPlace(
  origin: ModuleOrigin,
  place: ModulePlace,
  barred?: BarredModules,
): Promise<FoundModule[]> {
  const { folder, name, version } = place;
  const facts = { origin, place: folder, ...(version === undefined ? {} : { version }) };
  if ("fault" in place) return [{ ...facts, name, fault: place.fault }];
  const bar = barred?.at(folder);
  if (bar) return [{ ...facts, name: bar.name, fault: bar.reason }];
  const { href } = pathToFileURL(place.entry);
  const fault = await probeModule(href);
  if (fault !== undefined) return [{ ...facts, name, fault: `It could not be loaded: ${fault}` }];
  return await load(facts, { name, load: () => actingAs(name, () => import(href)) });
}

async function load(
  facts: { readonly origin: ModuleOrigin; readonly place: string; readonly version?: string },
  from: { readonly name: string; readonly load: () => Promise<unknown> },
): Promise<FoundModule[]> {
  try {
    const exported: unknown[] = Object.values(Object(await from.load()));
    const modules = [...new Set(exported)].flatMap((value) => {
      const parsed = ModuleForm.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    });
    if (modules.length > 0) return modules.map((module) => ({ ...facts, module }));
    return [{ ...facts, name: from.name, fault: "It exports no module: export what defineModule returns" }];
  } catch (error) {
    return [{ ...facts, name: from.name, fault: `It could not be loaded: ${toError(error).message}` }];
  }
}

function packagePlace(name: string, workingFolder: string): ModulePlace {
  let manifestPath: string | undefined;
  try {
    manifestPath = findPackageJSON(name, pathToFileURL(path.join(workingFolder, "package.json")));
  } catch {
    // It is told below, like one that is found nowhere.
  }
  const fault = `the package ${name} is not installed in ${workingFolder}: run "npm install ${name}" there`;
  if (manifestPath === undefined) return { folder: workingFolder, name, fault };
  const folder = path.dirname(manifestPath);
  return modulePlace(folder) ?? { folder, name, fault: `the package ${name} exports nothing` };
}

function readManifest(manifestPath: string): z.infer<typeof Manifest> {
  return Manifest.parse(JSON.parse(readFileSync(manifestPath, "utf8")));
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .filter((name) => name !== "node_modules" && !name.startsWith("."))
    .toSorted();
}
