import type { Module } from "@guildhall/sdk";
import type pg from "pg";
import { z } from "zod";
import { columnDefinition, createIndex, createStatements, indexName } from "../schema/create-statements.ts";
import { storeDifferences } from "../schema/store-differences.ts";
import type { Table } from "../schema/table.ts";
import { inTransaction } from "./in-transaction.ts";
import { moduleSchema, moduleTables } from "./module-schema.ts";
import { quoted, renderSql } from "./render-sql.ts";

/** A module's tables cannot be brought to what it expects. The message says what to do. */
export class ModuleTablesError extends Error {
  readonly code = "module_tables_refused";

  constructor(message: string) {
    super(message);
    this.name = "ModuleTablesError";
  }
}

interface Change {
  readonly name: string;
  readonly statements: readonly string[];
}

const Found = z.object({
  columns: z.array(z.object({ table_name: z.string(), column_name: z.string() })),
  indexes: z.array(z.object({ indexname: z.string() })),
});

/**
 * Brings a module's tables to what its models say: makes a new module's tables; for one that has tables already runs
 * its own migrations, each once, then adds new tables, columns and indexes. Every statement is recorded. Anything that
 * then still differs needs a migration in the module.
 *
 * @param options.migrate whether tables that are there already may be changed
 * @returns the names of the changes that ran
 * @throws ModuleTablesError
 */
export async function prepareModuleTables(options: {
  readonly pool: pg.Pool;
  readonly module: Pick<Module, "name" | "tables" | "migrations">;
  readonly migrate: boolean;
  readonly now: () => Date;
}): Promise<string[]> {
  const { pool, module, migrate, now } = options;
  if (module.tables.length === 0 && module.migrations.length === 0) return [];
  const schema = moduleSchema(module.name);
  const tables = moduleTables(module);
  return await inTransaction(pool, async (client) => {
    await client.query("select pg_advisory_xact_lock(hashtext($1))", [schema]);
    return await bringUpToDate({ client, module, schema, tables, migrate, now });
  });
}

async function bringUpToDate(work: {
  readonly client: pg.PoolClient;
  readonly module: Pick<Module, "migrations">;
  readonly schema: string;
  readonly tables: readonly Table[];
  readonly migrate: boolean;
  readonly now: () => Date;
}): Promise<string[]> {
  const { client, module, schema, tables } = work;
  const done = await client.query<{ name: string }>(
    "select name from modules.migrations where module = $1 order by position",
    [schema],
  );
  const names = new Set(done.rows.map(({ name }) => name));
  const isNew = names.size === 0;
  const declared = module.migrations
    .filter(({ name }) => !names.has(name))
    .map(({ name, statements }) => ({
      name,
      statements: statements.map((one) => declaredText(one, schema)),
    }));
  let position = names.size;
  const ran: string[] = [];
  const run = async (change: Change, statements = change.statements) => {
    if (!isNew && !work.migrate) {
      throw new ModuleTablesError(
        `Its tables need the change "${change.name}": back the store up, then run "guildhall migrate"`,
      );
    }
    for (const statement of statements) await client.query(statement);
    await client.query("insert into modules.migrations values ($1, $2, $3, $4, $5)", [
      schema,
      (position += 1),
      change.name,
      JSON.stringify(statements),
      work.now(),
    ]);
    ran.push(change.name);
  };
  // A new module's tables are made as they are now, so what led from older ones to these is done.
  for (const change of declared) await run(change, isNew ? [] : change.statements);
  let differences = await storeDifferences({ pool: client, tables });
  if (differences.length === 0) return ran;
  const additions = await missingParts({ client, schema, tables });
  if (additions.length > 0) {
    await run({ name: `generated-${position + 1}`, statements: additions });
    differences = await storeDifferences({ pool: client, tables });
  }
  if (differences.length > 0) {
    throw new ModuleTablesError(
      `Its tables are not what it expects: ${differences.join("; ")}. A migration in the module has to mend that`,
    );
  }
  return ran;
}

function declaredText(statement: Parameters<typeof renderSql>[0], schema: string): string {
  const { text, values } = renderSql(statement, schema);
  if (values.length > 0)
    throw new ModuleTablesError("A statement of a migration cannot have values: write them out");
  return text;
}

/** The statements that add what the models have and the store lacks. */
async function missingParts({
  client,
  schema,
  tables,
}: {
  readonly client: pg.PoolClient;
  readonly schema: string;
  readonly tables: readonly Table[];
}): Promise<string[]> {
  const columns = await client.query(
    "select table_name::text, column_name::text from information_schema.columns where table_schema = $1",
    [schema],
  );
  const indexes = await client.query("select indexname::text from pg_indexes where schemaname = $1", [
    schema,
  ]);
  const found = Found.parse({ columns: columns.rows, indexes: indexes.rows });
  const statements = tables.flatMap((table) => {
    const known = new Set(
      found.columns.flatMap(({ table_name, column_name }) =>
        table_name === table.name ? [column_name] : [],
      ),
    );
    if (known.size === 0) return createStatements(table);
    const qualified = `${quoted(schema)}.${quoted(table.name)}`;
    const added = Object.entries(table.columns)
      .filter(([name]) => !known.has(name))
      .map(([name, { facts }]) => `alter table ${qualified} add column ${columnDefinition(name, facts)}`);
    const indexed = table.indexes
      .filter(
        ({ columns: over }) => !found.indexes.some(({ indexname }) => indexname === indexName(table, over)),
      )
      .map((index) => createIndex(table, index));
    return [...added, ...indexed];
  });
  return statements.length === 0 ? [] : [`create schema if not exists ${quoted(schema)}`, ...statements];
}
