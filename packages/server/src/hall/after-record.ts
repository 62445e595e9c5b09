import type { Logger } from "@guildhall/sdk";
import { toError } from "../kernel/to-error.ts";

/** What commands leave to be done once their actions are kept. */
export class AfterRecord {
  readonly #log: Logger;
  readonly #underWay = new Set<Promise<void>>();

  constructor({ log }: { readonly log: Logger }) {
    this.#log = log;
  }

  /** Begins some work for an action that is kept; what it throws is logged. */
  begin(work: () => Promise<void>, { actionId }: { readonly actionId: string }): void {
    const done = this.#run(work, actionId).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** Resolves when nothing that was begun is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #run(work: () => Promise<void>, actionId: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#log.error({ err: toError(error), actionId }, "what a command left to do after its record failed");
    }
  }
}
