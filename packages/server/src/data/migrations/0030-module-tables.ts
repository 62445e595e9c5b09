import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create schema if not exists "modules"`,
  `create table "modules"."migrations" (
    "module" text not null,
    "position" integer not null,
    "name" text not null,
    "statements" jsonb not null,
    "executed_at" timestamp with time zone not null,
    primary key ("module", "position"),
    unique ("module", "name")
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
