import { defineTable as defineModel } from "@guildhall/sdk";
import type { Column, TableExtra, TableModel, TypedTableModel } from "@guildhall/sdk";
import type { ColumnType } from "kysely";

// The hall's tables and the modules' are declared with the same words.
export {
  bool,
  bytes,
  instant,
  int4,
  int8,
  jsonb,
  oneOf,
  uuid,
  varchar,
  type ColumnFacts,
} from "@guildhall/sdk";

/** A table's model in its SQL schema, without its row type. */
export interface Table extends TableModel {
  readonly schema: string;
}

/** A table's model: the one description from which types, migrations and the start-up comparison come. */
export type TypedTable<C> = TypedTableModel<C> & Table;

/** Declares a table of the SQL schema `schema`. */
export function defineTable<const C extends TableModel["columns"]>(
  qualifiedName: `${string}.${string}`,
  columns: C,
  extra: TableExtra<keyof C & string> = {},
): TypedTable<C> {
  const [schema = "", name = ""] = qualifiedName.split(".");
  return { ...defineModel(name, columns, extra), schema };
}

type ColumnTypeOf<Col> =
  Col extends Column<infer Select, infer Insert> ? ColumnType<Select, Insert, Insert> : never;

/** The row type of a table, as the query builder takes it. */
export type RowOf<T> = T extends TypedTable<infer C> ? { [Name in keyof C]: ColumnTypeOf<C[Name]> } : never;
