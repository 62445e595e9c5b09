import type { Logger } from "@guildhall/sdk";
import { toError } from "./to-error.ts";

/**
 * One running of a module, from its start to its end. Everything that is registered for it is noted here with its
 * undoing, so that ending it leaves nothing behind.
 */
export class ModuleLife {
  readonly log: Logger;
  readonly #controller = new AbortController();
  readonly #undos: (() => void | Promise<void>)[] = [];

  constructor({ log }: { readonly log: Logger }) {
    this.log = log;
  }

  /** Aborts when the running ends, or its start takes too long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Notes how to undo something that was just done; it is undone at once when the running has ended meanwhile. */
  onEnd(undo: () => void | Promise<void>): void {
    if (this.signal.aborted) void this.#undo(undo);
    else this.#undos.push(undo);
  }

  /** Undoes everything, last first. A fault in one is logged and stops no other. */
  async end(): Promise<void> {
    this.#controller.abort();
    for (const undo of this.#undos.splice(0).toReversed()) await this.#undo(undo);
  }

  async #undo(undo: () => void | Promise<void>): Promise<void> {
    try {
      await undo();
    } catch (error) {
      this.log.error({ err: toError(error) }, "something of the module could not be undone");
    }
  }
}
