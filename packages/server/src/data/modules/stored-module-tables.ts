import type pg from "pg";
import { z } from "zod";
import { DependencyGraph } from "../../kernel/dependency-graph.ts";
import { MODULE_SCHEMA_PREFIX } from "./module-schema.ts";

/** A module's table as it lies in a store, whether its module is there or not. */
export interface StoredTable {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly string[];
}

const Found = z.array(
  z.object({
    schema: z.string(),
    name: z.string(),
    columns: z.array(z.string()),
    refers_to: z.array(z.string()),
  }),
);

const TABLES = `
  select n.nspname::text as schema, c.relname::text as name,
         array(select a.attname::text from pg_attribute a
               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
         array(select tn.nspname || '.' || tc.relname from pg_constraint o
               join pg_class tc on tc.oid = o.confrelid join pg_namespace tn on tn.oid = tc.relnamespace
               where o.conrelid = c.oid and o.contype = 'f' and o.confrelid <> c.oid) as refers_to
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and starts_with(n.nspname, $1)
  order by n.nspname, c.relname`;

/** The tables of all modules in a store, each after those that it refers to. */
export async function storedModuleTables(client: pg.ClientBase): Promise<StoredTable[]> {
  const tables = Found.parse((await client.query(TABLES, [MODULE_SCHEMA_PREFIX])).rows);
  const byName = new Map(tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const graph = new DependencyGraph(new Map([...byName].map(([name, { refers_to }]) => [name, refers_to])));
  return graph.order().flatMap((name) => byName.get(name) ?? []);
}

const Migrations = z.array(z.object({ statements: z.array(z.string()) }));

/** The statements that made the tables of all modules in a store, in the order in which they ran. */
export async function moduleStatements(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query(
    "select statements from modules.migrations order by executed_at, module, position",
  );
  return Migrations.parse(rows).flatMap(({ statements }) => statements);
}
