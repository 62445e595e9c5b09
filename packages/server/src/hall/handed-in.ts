import type { CommandContext } from "@guildhall/sdk";
import { moduleSchema } from "../data/modules/module-schema.ts";
import { recordedRow, type RecordedRow } from "../data/modules/recorded-rows.ts";

/** What a command gave to be kept with its record, and to be done after that. */
export interface Handed {
  readonly rows: readonly RecordedRow[];
  readonly after: readonly (() => Promise<void>)[];
}

/** Nothing at all. */
export const NOTHING_HANDED: Handed = { rows: [], after: [] };

/** Gathers what a run hands in, until the record that it goes with is stored. */
export class HandedIn implements Pick<CommandContext, "withRecord" | "afterRecord"> {
  readonly #schema: string;
  #rows: RecordedRow[] = [];
  #after: (() => Promise<void>)[] = [];
  #isHandedOver = false;

  /** @param options.module the name of the command's module */
  constructor({ module }: { readonly module: string }) {
    this.#schema = moduleSchema(module);
  }

  // Fields, since a command may take them out of its context.
  readonly withRecord: CommandContext["withRecord"] = (table, row) => {
    if (this.#isHandedOver) {
      throw new TypeError(
        "a command that has handed over has no record of its own any more to add a row with",
      );
    }
    this.#rows.push(recordedRow(this.#schema, table, row));
  };

  readonly afterRecord: CommandContext["afterRecord"] = (work) => void this.#after.push(work);

  /** What was handed in since the last call. */
  take(): Handed {
    if (this.#rows.length === 0 && this.#after.length === 0) return NOTHING_HANDED;
    const taken = { rows: this.#rows, after: this.#after };
    this.#rows = [];
    this.#after = [];
    return taken;
  }

  /** Takes no more rows from now on. @throws TypeError when some wait that nothing might ever be stored with */
  handOver(): void {
    if (this.#rows.length > 0) {
      throw new TypeError("rows given to withRecord wait for output: put something out before handing over");
    }
    this.#isHandedOver = true;
  }
}
