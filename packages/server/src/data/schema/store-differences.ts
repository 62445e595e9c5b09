import type pg from "pg";
import { z } from "zod";
import type { ColumnFacts, Table } from "./table.ts";

const FoundColumn = z.object({
  table: z.string(),
  column: z.string(),
  type: z.string(),
  not_null: z.boolean(),
  has_default: z.boolean(),
});
const FoundConstraint = z.object({
  table: z.string(),
  name: z.string(),
  kind: z.enum(["p", "u", "f", "c", "x", "t"]),
  columns: z.array(z.string()),
  target: z.string().nullable(),
  on_delete: z.string(),
});
const FoundIndex = z.object({ table: z.string(), columns: z.array(z.string()), partial: z.boolean() });

const COLUMNS = `
  select n.nspname || '.' || c.relname as table, a.attname as column,
         format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null, a.atthasdef as has_default
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and n.nspname = any($1)`;

// Without the "not null" that PostgreSQL 18 lists here too: the columns have it.
const CONSTRAINTS = `
  select n.nspname || '.' || c.relname as table, o.conname as name, o.contype::text as kind,
         array(select a.attname::text from unnest(o.conkey) with ordinality k(num, place)
               join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.num order by k.place) as columns,
         case when o.confrelid <> 0 then
           (select tn.nspname || '.' || tc.relname from pg_class tc join pg_namespace tn on tn.oid = tc.relnamespace
            where tc.oid = o.confrelid) end as target,
         o.confdeltype::text as on_delete
  from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and o.contype <> 'n'`;

const INDEXES = `
  select n.nspname || '.' || c.relname as table, i.indpred is not null as partial,
         array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(num, place)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num order by k.place) as columns
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = any($1) and i.indisvalid
    and not exists (select 1 from pg_constraint o where o.conindid = i.indexrelid and o.contype in ('p', 'u'))`;

const ON_DELETE = { cascade: "c", restrict: "r", "set null": "n" } as const;

/**
 * Compares a store's tables with their models (requirements S002-17). Only the SQL schemas that the models name are
 * read, so the engine's and the migrators' own tables do not count. Each difference is one sentence that names the
 * table and what is wrong; none means equal.
 */
export async function storeDifferences(options: {
  /** The pool, or a connection in whose transaction the tables were changed. */
  pool: Pick<pg.ClientBase, "query">;
  tables: readonly Table[];
}): Promise<string[]> {
  const schemas = [...new Set(options.tables.map((table) => table.schema))];
  const read = async (text: string): Promise<unknown[]> => (await options.pool.query(text, [schemas])).rows;
  const columns = z.array(FoundColumn).parse(await read(COLUMNS));
  const constraints = z.array(FoundConstraint).parse(await read(CONSTRAINTS));
  const indexes = z.array(FoundIndex).parse(await read(INDEXES));

  const differences: string[] = [];
  const known = new Set(options.tables.map((table) => `${table.schema}.${table.name}`));
  for (const name of new Set(columns.map((column) => column.table))) {
    if (!known.has(name)) differences.push(`table ${name} is in the store but in no model`);
  }
  for (const table of options.tables) {
    const name = `${table.schema}.${table.name}`;
    const own = <Row extends { table: string }>(rows: readonly Row[]) =>
      rows.filter((row) => row.table === name);
    if (own(columns).length === 0) {
      differences.push(`table ${name} is missing from the store`);
      continue;
    }
    for (const sentence of [
      ...columnDifferences(table, own(columns)),
      ...constraintDifferences(table, own(constraints)),
      ...indexDifferences(table, own(indexes)),
    ]) {
      differences.push(`table ${name}: ${sentence}`);
    }
  }
  return differences;
}

function columnDifferences(table: Table, found: readonly z.infer<typeof FoundColumn>[]): string[] {
  const differences: string[] = [];
  const byName = new Map(found.map((column) => [column.column, column]));
  for (const [name, { facts }] of Object.entries(table.columns)) {
    const column = byName.get(name);
    byName.delete(name);
    if (!column) {
      differences.push(`column "${name}" is missing`);
      continue;
    }
    if (column.type !== facts.type) {
      differences.push(`column "${name}" has the type ${column.type} where the model says ${facts.type}`);
    }
    if (column.not_null === facts.nullable) {
      differences.push(`column "${name}" ${facts.nullable ? "must" : "must not"} allow null`);
    }
    if (column.has_default !== (facts.defaultSql !== undefined)) {
      differences.push(
        `column "${name}" ${column.has_default ? "has a default that the model lacks" : "lacks its default"}`,
      );
    }
  }
  for (const name of byName.keys()) differences.push(`column "${name}" is in the store but not in the model`);
  return differences;
}

function constraintDifferences(table: Table, found: readonly z.infer<typeof FoundConstraint>[]): string[] {
  const expected = new Set<string>();
  const describe = (kind: string, columns: readonly string[], more = "") =>
    `${kind} (${columns.join(", ")})${more}`;
  const foreign = (name: string, references: NonNullable<ColumnFacts["references"]>) =>
    describe("foreign key", [name], ` to ${references.table}, on delete ${references.onDelete}`);
  for (const [name, { facts }] of Object.entries(table.columns)) {
    if (facts.primaryKey) expected.add(describe("primary key", [name]));
    if (facts.unique) expected.add(describe("unique", [name]));
    if (facts.references) expected.add(foreign(name, facts.references));
    if (facts.oneOf) expected.add(`check ${table.name}_${name}_check`);
  }
  if (table.primaryKey) expected.add(describe("primary key", table.primaryKey));
  for (const columns of table.unique) expected.add(describe("unique", columns));
  for (const name of Object.keys(table.checks)) expected.add(`check ${name}`);

  const actual = new Set<string>();
  for (const constraint of found) {
    switch (constraint.kind) {
      case "p":
        actual.add(describe("primary key", constraint.columns));
        break;
      case "u":
        actual.add(describe("unique", constraint.columns));
        break;
      case "f": {
        const rule = Object.entries(ON_DELETE).find(([, letter]) => letter === constraint.on_delete)?.[0];
        actual.add(
          describe(
            "foreign key",
            constraint.columns,
            ` to ${constraint.target}, on delete ${rule ?? "no action"}`,
          ),
        );
        break;
      }
      case "c":
        actual.add(`check ${constraint.name}`);
        break;
      case "x":
      case "t":
        actual.add(`constraint ${constraint.name}`);
        break;
    }
  }
  return setDifferences(expected, actual);
}

function indexDifferences(table: Table, found: readonly z.infer<typeof FoundIndex>[]): string[] {
  const describe = (columns: readonly string[], partial: boolean) =>
    `${partial ? "partial " : ""}index (${columns.join(", ")})`;
  return setDifferences(
    new Set(table.indexes.map((index) => describe(index.columns, index.where !== undefined))),
    new Set(found.map((index) => describe(index.columns, index.partial))),
  );
}

function setDifferences(expected: ReadonlySet<string>, actual: ReadonlySet<string>): string[] {
  return [
    ...[...expected].filter((item) => !actual.has(item)).map((item) => `${item} is missing`),
    ...[...actual]
      .filter((item) => !expected.has(item))
      .map((item) => `${item} is in the store but not in the model`),
  ];
}
