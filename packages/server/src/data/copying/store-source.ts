import type { CopiedTable } from "./copied-tables.ts";

/** A store's whole content as it stood at one instant, wherever it comes from. */
export interface StoreSource {
  /** The names of the hall's migrations that made its tables. */
  readonly migrations: readonly string[];
  /** The statements that made the modules' tables, in their order. */
  readonly moduleStatements: readonly string[];
  /** The hall's own tables, each after those that it refers to; the modules' follow in their order. */
  readonly tables: readonly SourceTable[];
}

/** A table with its rows, in the text form of `COPY`. */
export interface SourceTable extends CopiedTable {
  readonly isModules: boolean;
  readonly rows: number;
  content(): AsyncIterable<Uint8Array>;
}
