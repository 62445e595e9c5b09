import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create table "state"."places" (
    "is_only" boolean not null primary key,
    "backend" text not null check ("backend" in ('table', 'redis')),
    "since" timestamp with time zone not null
  )`,
  `create table "state"."count_parcels" (
    "id" uuid not null primary key,
    "counts" jsonb not null,
    "members" jsonb not null,
    "updated_time" timestamp with time zone not null
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
