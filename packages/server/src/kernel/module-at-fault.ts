import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { actingModule } from "./acting-module.ts";
import { isOurs, type ModuleOrigin } from "./module-report.ts";

interface Suspect {
  readonly name: string;
  readonly place: string;
  readonly isOurs: boolean;
  /** Its folder, as it stands in a stack: as a path, and as a URL. */
  readonly folders: readonly string[];
}

/** A module that may be at fault. */
export interface ModuleAtFault {
  readonly name: string;
  /** Its folder; undefined when only its name is known. */
  readonly place: string | undefined;
}

/**
 * Tells whose work a stack shows: the module in whose folder the topmost of its files is that is in any module's, else the
 * one in whose name the present work was begun. Modules are made known as they are found, since one can do harm while it is
 * loaded.
 */
export class ModuleSuspects {
  readonly #suspects = new Map<string, Suspect>();

  /** @param module.name a guess will do, until it is known */
  add({ name, place, origin }: { name: string; place: string; origin: ModuleOrigin }): void {
    if (!existsSync(place)) return;
    const folder = `${realpathSync(place)}${path.sep}`;
    const folders = [folder, pathToFileURL(folder).href];
    this.#suspects.set(folder, { name, place, isOurs: isOurs(origin), folders });
  }

  /** @param options.elsewhere looks past modules that come with the hall */
  find(
    stack: string | undefined,
    { elsewhere = false }: { readonly elsewhere?: boolean } = {},
  ): ModuleAtFault | undefined {
    const suspects = [...this.#suspects.values()].filter((suspect) => !(elsewhere && suspect.isOurs));
    // The lines above are the message, which may name any file.
    const lines = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
    for (const line of lines) {
      const found = suspects.find(({ folders }) => folders.some((folder) => line.includes(folder)));
      if (found) return { name: found.name, place: found.place };
    }
    const acting = actingModule();
    if (acting === undefined) return undefined;
    const known = [...this.#suspects.values()].find(({ name }) => name === acting);
    return elsewhere && known?.isOurs !== false ? undefined : { name: acting, place: known?.place };
  }
}
