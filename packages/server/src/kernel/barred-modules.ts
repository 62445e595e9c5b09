import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const Reasons = z.record(z.string(), z.string());

/**
 * The modules that are not started any more because of what they did to the hall, each with a sentence that says why.
 * They are kept in a file of the data folder. Enabling or restarting a module takes it off.
 */
export class BarredModules {
  readonly #path: string | undefined;
  readonly #reasons: Map<string, string>;

  /** @param path of the file; without it nothing outlives the process */
  constructor(path: string | undefined) {
    this.#path = path;
    this.#reasons = new Map(path === undefined ? [] : Object.entries(read(path)));
  }

  /** Why a module is barred; undefined when it is not. */
  reason(name: string): string | undefined {
    return this.#reasons.get(name);
  }

  /** Bars a module from the next start on. It is on the disk when this returns: the caller's thread may have no later. */
  bar(name: string, reason: string): void {
    this.#reasons.set(name, reason);
    this.#write();
  }

  /** Lets a module start again. */
  lift(name: string): void {
    if (this.#reasons.delete(name)) this.#write();
  }

  #write(): void {
    if (this.#path === undefined) return;
    const next = `${this.#path}.new`;
    writeFileSync(next, `${JSON.stringify(Object.fromEntries(this.#reasons), null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.#path);
  }
}

/** One that is damaged bars nobody: whoever is to be barred will be again. */
function read(path: string): z.infer<typeof Reasons> {
  try {
    return Reasons.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}
