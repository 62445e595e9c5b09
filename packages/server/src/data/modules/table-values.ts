import type { SqlValue, TableModel } from "@guildhall/sdk";
import { z } from "zod";
import { storableJson } from "../storable.ts";
import { quoted } from "./render-sql.ts";

const Given = z.record(z.string(), z.custom<SqlValue | undefined>());
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/** A column's name as SQL takes it. @throws TypeError when the table has none of that name */
export function column(table: TableModel, name: string): string {
  if (!Object.hasOwn(table.columns, name)) {
    throw new TypeError(`the table "${table.name}" has no column "${name}"`);
  }
  return quoted(name);
}

/** The columns that were given, with their values. */
export function present(row: object): (readonly [string, SqlValue])[] {
  return Object.entries(Given.parse(row)).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}

/** JSON as the store can hold it: in the text of a value, what no text can be stands as an escape. */
export function storableFor(table: TableModel, name: string, value: SqlValue): SqlValue {
  if (typeof value !== "string" || table.columns[name]?.facts.type !== "jsonb") return value;
  if (!UNSTORABLE_ESCAPE.test(value) && value.isWellFormed() && !value.includes("\0")) return value;
  return JSON.stringify(storableJson(z.json().parse(JSON.parse(value))));
}
