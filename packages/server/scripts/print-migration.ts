// Prints a migration that creates the tables named on the command line, or all, from their models:
//   node --conditions=guildhall-source packages/server/scripts/print-migration.ts threads.threads
import { createStatements } from "../src/data/schema/create-statements.ts";
import { ALL_TABLES } from "../src/data/tables/all-tables.ts";

const wanted = process.argv.slice(2);
const tables = ALL_TABLES.filter(
  ({ schema, name }) => wanted.length === 0 || wanted.includes(`${schema}.${name}`),
);
const schemas = [...new Set(tables.map(({ schema }) => schema))];
const statements = [
  ...schemas.map((schema) => `create schema if not exists "${schema}"`),
  ...tables.flatMap(createStatements),
];
process.stdout.write(`import { sql, type Kysely } from "kysely";

const STATEMENTS = [
${statements.map((statement) => `  \`${statement.replaceAll("\n", "\n  ")}\`,`).join("\n")}
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
`);
