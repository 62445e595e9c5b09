import type { TableModel } from "@guildhall/sdk";
import { z } from "zod";
import { storableJson } from "../storable.ts";
import { quoted } from "./render-sql.ts";

const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/i;

/** A column's name as SQL takes it. @throws TypeError when the table has none of that name */
export function column(table: TableModel, name: string): string {
  requireColumn(table, name);
  return quoted(name);
}

/** @throws TypeError when the table has no column of that name */
export function requireColumn(table: TableModel, name: string): void {
  if (!Object.hasOwn(table.columns, name)) {
    throw new TypeError(`the table "${table.name}" has no column "${name}"`);
  }
}

/** The text of JSON as the store can hold it: what no text can be stands as a replacement character. */
export function storableJsonText(text: string): string {
  if (!UNSTORABLE_ESCAPE.test(text) && text.isWellFormed() && !text.includes("\0")) return text;
  return JSON.stringify(storableJson(z.json().parse(JSON.parse(text))));
}
