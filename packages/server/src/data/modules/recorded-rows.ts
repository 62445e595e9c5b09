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
  /** The columns that are not null, as JSON. */
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
 * @throws TypeError for what is no column of the table or no value, and for a missing value
 */
export function recordedRow(schema: string, table: TableModel, row: object): RecordedRow {
  const given: [string, unknown][] = Object.entries(row);
  const values: Record<string, JsonValue> = {};
  let nulls: string[] | undefined;
  for (const [name, value] of given) {
    requireColumn(table, name);
    if (value === null) (nulls ??= []).push(name);
    // What is left out of the document is null.
    else if (value !== undefined) values[name] = document(table, name, value);
  }
  const { needed, withDefault } = demandsOf(table);
  for (const name of needed) {
    if (!Object.hasOwn(values, name))
      throw new TypeError(`the column "${name}" of ${table.name} needs a value`);
  }
  const defaulted = withDefault.filter((name) => !Object.hasOwn(values, name) && !nulls?.includes(name));
  return { schema, table, defaulted, values };
}

/** What a table asks of its new rows. */
interface Demands {
  readonly needed: readonly string[];
  readonly withDefault: readonly string[];
}

const demands = new WeakMap<TableModel, Demands>();

function demandsOf(table: TableModel): Demands {
  const known = demands.get(table);
  if (known) return known;
  const columns = Object.entries(table.columns).map(([name, { facts }]) => ({ name, facts }));
  const hasDefault = (facts: ColumnFacts) => facts.defaultSql !== undefined;
  const made = {
    needed: columns.filter(({ facts }) => !facts.nullable && !hasDefault(facts)).map(({ name }) => name),
    withDefault: columns.filter(({ facts }) => hasDefault(facts)).map(({ name }) => name),
  };
  demands.set(table, made);
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
      const key = `${row.schema}.${row.table.name} ${row.defaulted.join(" ")}`;
      const group = groups.get(key) ?? { like: row, rows: [] };
      group.rows.push({ "#": n, ...row.values });
      groups.set(key, group);
    }
  }
  return [...groups].map(([key, { like, rows }]) => ({
    key,
    rows: JSON.stringify(rows),
    text: ({ parameter, of }) => {
      const columns = Object.entries(like.table.columns)
        .filter(([name]) => !like.defaulted.includes(name))
        .map(([name, { facts }]) => ({ name: quoted(name), type: facts.type }));
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
function document(table: TableModel, name: string, value: unknown): JsonValue {
  switch (typeof value) {
    case "string":
      return storable(table.columns[name]?.facts.type === "jsonb" ? storableJsonText(value) : value);
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
      return value;
    default:
      if (value instanceof Date) return value.toISOString();
      if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
      throw new TypeError(`the column "${name}" of ${table.name} cannot hold a value of that kind`);
  }
}
