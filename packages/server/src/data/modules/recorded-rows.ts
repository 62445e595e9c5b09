import type { ColumnFacts, JsonValue, TableModel } from "@guildhall/sdk";
import { storable } from "../storable.ts";
import { quoted } from "./render-sql.ts";
import { requireColumn, storableJsonText } from "./table-values.ts";

/** A row of a module's table that is to be stored together with an action's record; made by {@link recordedRow}. */
export interface RecordedRow {
  readonly schema: string;
  readonly table: TableModel;
  /** Columns with a default of the table's that are to get it. */
  readonly defaulted: readonly string[];
  /** The values as the store reads them out of JSON; what is missing is null. */
  readonly values: Readonly<Record<string, unknown>>;
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
 * @throws TypeError for what is no column of the table or no value, and for a missing value
 */
export function recordedRow(schema: string, table: TableModel, row: object): RecordedRow {
  const values: Record<string, unknown> = { ...row };
  const { columns, byName } = shapeOf(table);
  for (const name of Object.keys(values)) if (!byName.has(name)) requireColumn(table, name);
  let defaulted = NO_COLUMNS;
  for (const column of columns) {
    const { name, facts } = column;
    const value = values[name];
    if (value === undefined && facts.defaultSql !== undefined) defaulted = [...defaulted, name];
    else if (value !== undefined && value !== null) values[name] = inJson(table, column, value);
    else if (!facts.nullable) throw new TypeError(`the column "${name}" of ${table.name} needs a value`);
  }
  return { schema, table, defaulted, values };
}

const NO_COLUMNS: readonly string[] = [];

interface Column {
  readonly name: string;
  readonly facts: ColumnFacts;
}

interface Shape {
  /** The same for the same columns, and another one for a later version of the table. */
  readonly id: number;
  readonly columns: readonly Column[];
  readonly byName: ReadonlySet<string>;
}

const shapes = new WeakMap<TableModel, Shape>();
const ids = new Map<string, number>();

/** A table's columns as a list, made once for each table. */
function shapeOf(table: TableModel): Shape {
  const known = shapes.get(table);
  if (known) return known;
  const columns = Object.entries(table.columns).map(([name, { facts }]) => ({ name, facts }));
  const description = columns.map(({ name, facts }) => `${name} ${facts.type}`).join();
  const id = ids.get(description) ?? ids.size;
  ids.set(description, id);
  const made = { id, columns, byName: new Set(columns.map(({ name }) => name)) };
  shapes.set(table, made);
  return made;
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
      const key = `${row.schema}.${row.table.name} ${shapeOf(row.table).id} ${row.defaulted.join(" ")}`;
      const group = groups.get(key) ?? { like: row, rows: [] };
      group.rows.push({ "#": n, ...row.values });
      groups.set(key, group);
    }
  }
  return [...groups].map(([key, { like, rows }]) => ({
    key,
    rows: JSON.stringify(rows),
    text: ({ parameter, of }) => {
      const columns = shapeOf(like.table)
        .columns.filter(({ name }) => !like.defaulted.includes(name))
        .map(({ name, facts }) => ({ name: quoted(name), type: facts.type }));
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
function inJson({ name: table }: TableModel, { name, facts }: Column, value: unknown): JsonValue {
  if (typeof value === "string") return storable(facts.type === "jsonb" ? storableJsonText(value) : value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean") return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  throw new TypeError(`the column "${name}" of ${table} cannot hold a value of that kind`);
}
