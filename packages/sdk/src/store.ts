import type { z } from "zod";
import type { NewTableRow, TableModel, TableRow, TypedTableModel } from "./table.ts";

/** A value that a statement takes as a parameter. */
export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly string[]
  | readonly number[];

/** What may stand in `${...}` of {@link sql}: a value, a table (its quoted name), or another piece of SQL. */
export type SqlPart = SqlValue | TableModel | Sql;

/** A piece of SQL with its values apart, so that no value is ever read as SQL. Made by {@link sql}. */
export class Sql {
  readonly texts: readonly string[];
  readonly parts: readonly SqlPart[];

  constructor(texts: readonly string[], parts: readonly SqlPart[]) {
    this.texts = texts;
    this.parts = parts;
  }
}

/** Writes SQL: values become parameters, tables their quoted names, other pieces of SQL stand where they are put. */
export function sql(texts: TemplateStringsArray, ...parts: readonly SqlPart[]): Sql {
  return new Sql(texts, parts);
}

/** Which rows of a table, in which order. */
export interface Selection<Row> {
  /** Columns that must equal these values; null finds null. */
  readonly where?: Partial<Row>;
  readonly orderBy?: readonly (readonly [column: keyof Row & string, direction: "asc" | "desc"])[];
  /** At most so many rows; 1,000 when left out. */
  readonly limit?: number;
}

/**
 * A module's own tables, in the hall's PostgreSQL. Faults of the store are thrown as they come; let them pass, and the
 * hall answers that the store is away.
 */
export interface Store {
  /** A new id, a UUIDv7: ids that were made later sort later. */
  newId(): string;
  /** The rows of a table that meet the selection. */
  find<T extends TypedTableModel<unknown>>(
    table: T,
    selection?: Selection<TableRow<T>>,
  ): Promise<TableRow<T>[]>;
  /** Adds a row. */
  insert<T extends TypedTableModel<unknown>>(table: T, row: NewTableRow<T>): Promise<void>;
  /** Changes the rows that equal `where` and tells how many there were. */
  update<T extends TypedTableModel<unknown>>(
    table: T,
    change: { readonly where: Partial<TableRow<T>>; readonly set: Partial<NewTableRow<T>> },
  ): Promise<number>;
  /** Deletes the rows that equal `where` and tells how many there were. */
  remove<T extends TypedTableModel<unknown>>(table: T, where: Partial<TableRow<T>>): Promise<number>;
  /** The rows of a query, each read by a schema. @throws ZodError when one is not of that form */
  rows<Row>(query: Sql, schema: z.ZodType<Row>): Promise<Row[]>;
  /** Runs a statement and tells how many rows it touched. */
  execute(statement: Sql): Promise<number>;
  /** Runs several statements, all or none of them: what `work` throws undoes them. */
  transaction<Result>(work: (store: Store) => Promise<Result>): Promise<Result>;
  /** Whether the store answers, within two seconds. */
  isConnected(): Promise<boolean>;
}

/** A change of a module's tables that cannot be seen from the models, such as a new name for a column. */
export interface StoreMigration {
  /** Never changed once it has run somewhere; migrations run in the order in which they are listed. */
  readonly name: string;
  readonly statements: readonly Sql[];
}
