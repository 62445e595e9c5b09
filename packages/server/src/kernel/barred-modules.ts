import { globSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const Bars = z.record(
  z.string(),
  z.object({
    reason: z.string(),
    /** The module's folder. */
    place: z.string().optional(),
    /** An ISO 8601 instant. */
    since: z.iso.datetime(),
  }),
);
type Bar = z.infer<typeof Bars>[string];

/**
 * The modules that are not loaded or started any more because of what they did to the hall, each with a sentence that says
 * why. They are kept in a file of the data folder. A bar falls when a file of the module changes, or by hand.
 */
export class BarredModules {
  readonly #path: string | undefined;
  readonly #now: () => Date;
  readonly #bars: Map<string, Bar>;

  /** @param options.path of the file; without it nothing outlives the process */
  constructor(options: { readonly path: string | undefined; readonly now: () => Date }) {
    this.#path = options.path;
    this.#now = options.now;
    this.#bars = new Map(options.path === undefined ? [] : Object.entries(read(options.path)));
  }

  /** Why the module of this name is barred; undefined when it is not. */
  reason(name: string): string | undefined {
    return this.#bars.get(name)?.reason;
  }

  /** The barred module of a folder, unless one of its files is newer than the bar. */
  at(place: string): { readonly name: string; readonly reason: string } | undefined {
    const found = [...this.#bars].find(([, bar]) => bar.place === place);
    if (!found) return undefined;
    const [name, { reason, since }] = found;
    if (lastChange(place) <= Date.parse(since)) return { name, reason };
    this.lift(name);
    return undefined;
  }

  /** Bars a module. It is on the disk when this returns: the caller's thread may have no later. */
  bar(module: { readonly name: string; readonly place: string | undefined }, reason: string): void {
    const { name, place } = module;
    const since = this.#now().toISOString();
    this.#bars.set(name, { reason, since, ...(place === undefined ? {} : { place }) });
    this.#write();
  }

  /** Lets a module start again. */
  lift(name: string): void {
    if (this.#bars.delete(name)) this.#write();
  }

  #write(): void {
    if (this.#path === undefined) return;
    const next = `${this.#path}.new`;
    writeFileSync(next, `${JSON.stringify(Object.fromEntries(this.#bars), null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#path);
  }
}

/** When a file below the folder was last changed, in milliseconds since the epoch. */
function lastChange(place: string): number {
  const files = globSync("**/*", { cwd: place, exclude: ["**/node_modules/**"] });
  const times = files.map(
    (file) => statSync(path.join(place, file), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  return Math.max(0, ...times);
}

/** One that is damaged bars nobody: whoever is to be barred will be again. */
function read(file: string): z.infer<typeof Bars> {
  try {
    return Bars.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}
