import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create schema if not exists "mirror"`,
  `create table "mirror"."lineage" ("id" uuid not null primary key)`,
  `create table "mirror"."positions" (
    "data_set" text not null primary key check ("data_set" in ('state', 'database')),
    "sequence" bigint not null,
    "mark" text not null
  )`,
  `alter table "state"."updated_times"
    add column "changed_in" bigint not null default pg_current_xact_id()::text::bigint`,
  `create index "updated_times_changed_in_idx" on "state"."updated_times" ("changed_in")`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
