import type { JsonValue, SqlValue, TableModel } from "@guildhall/sdk";
import { storable } from "../storable.ts";
import { quoted } from "./render-sql.ts";
import { column, present, storableFor } from "./table-values.ts";

/** A row of a module's table that is to be stored together with an action's record; made by {@link recordedRow}. */
export interface RecordedRow {
  readonly schema: string;
  readonly table: TableModel;
  /** The columns that get a value; all others get their default. */
  readonly columns: readonly string[];
  readonly values: Readonly<Record<string, JsonValue>>;
}

/** A part of a statement that adds rows, and what it adds. */
export interface Insertion {
  /** Tells insertions of the same text apart from others. */
  readonly key: string;
  /** The parameter's JSON: a list of rows, each with the number of its item as `#`. */
  readonly rows: string;
  /**
   * The common table expression.
   *
   * @param options.parameter the number of the parameter that holds {@link rows}
   * @param options.of the expression before it whose `n` are the items that are stored
   */
  text(options: { readonly parameter: number; readonly of: string }): string;
}

/**
 * Makes a row ready to be stored.
 *
 * @param schema the SQL schema of the module's tables
 * @throws TypeError for what is no column of the table, and for a missing value
 */
export function recordedRow(schema: string, table: TableModel, row: object): RecordedRow {
  const given = new Map(present(row));
  for (const name of given.keys()) column(table, name);
  const columns: string[] = [];
  const values: Record<string, JsonValue> = {};
  for (const [name, { facts }] of Object.entries(table.columns)) {
    const value = given.get(name);
    if (value === undefined && facts.defaultSql !== undefined) continue;
    columns.push(name);
    // What is left out of the document is null.
    if (value !== undefined && value !== null) values[name] = document(storableFor(table, name, value));
    else if (!facts.nullable) throw new TypeError(`the column "${name}" of ${table.name} needs a value`);
  }
  return { schema, table, columns, values };
}

/**
 * The parts of a statement that add rows of several items, one part for each table and choice of columns.
 *
 * @param given the rows of each item, by its number `n`
 */
export function insertions(
  given: readonly { readonly n: number; readonly rows: readonly RecordedRow[] }[],
): Insertion[] {
  const groups = new Map<string, { readonly like: RecordedRow; readonly rows: unknown[] }>();
  for (const { n, rows } of given) {
    for (const row of rows) {
      const key = `${row.schema}.${row.table.name} ${row.columns.join(" ")}`;
      const group = groups.get(key) ?? { like: row, rows: [] };
      group.rows.push({ "#": n, ...row.values });
      groups.set(key, group);
    }
  }
  return [...groups].map(([key, { like, rows }]) => ({
    key,
    rows: JSON.stringify(rows),
    text: ({ parameter, of }) => {
      const columns = like.columns.map((name) => ({
        name: quoted(name),
        type: like.table.columns[name]?.facts.type ?? "text",
      }));
      const typed = columns.map(({ name, type }) => `${name} ${type === "jsonb" ? "text" : type}`);
      const read = columns.map(({ name, type }) => (type === "jsonb" ? `x.${name}::jsonb` : `x.${name}`));
      return `with_record_${parameter} as (
  insert into ${quoted(like.schema)}.${quoted(like.table.name)} (${columns.map(({ name }) => name).join(", ")})
  select ${read.join(", ")}
  from json_to_recordset($${parameter}::json) as x("#" int, ${typed.join(", ")})
  where x."#" in (select n from ${of})
)`;
    },
  }));
}

/** A value as the store reads it out of JSON; JSON itself stays text until then. */
function document(value: SqlValue): JsonValue {
  if (typeof value === "string") return storable(value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  return value;
}
