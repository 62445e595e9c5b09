import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { actingModule } from "./acting-module.ts";
import type { FoundModule } from "./module-report.ts";

/** Tells whose work a stack shows; undefined when it is the hall's own. */
export type ModuleAtFault = (stack: string | undefined) => string | undefined;

/**
 * Tells whose work a stack shows: that of the module in whose folder one of its files is, else of the one in whose name
 * the present work was begun.
 */
export function findModuleAtFault(modules: readonly FoundModule[]): ModuleAtFault {
  const suspects = modules.flatMap(suspectOf);
  return (stack) => {
    const inStack = suspects.find(({ folders }) => folders.some((folder) => stack?.includes(folder)));
    return inStack?.name ?? actingModule();
  };
}

interface Suspect {
  readonly name: string;
  /** Its folder, as it stands in a stack: as a path, and as a URL. */
  readonly folders: readonly string[];
}

function suspectOf(found: FoundModule): Suspect[] {
  const { place } = found;
  if (place === undefined || !("module" in found) || !existsSync(place)) return [];
  const folder = `${realpathSync(place)}${path.sep}`;
  return [{ name: found.module.name, folders: [folder, pathToFileURL(folder).href] }];
}
