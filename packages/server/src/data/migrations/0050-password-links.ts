import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create table "people"."password_links" (
    "user_id" uuid not null primary key references "people"."users" ("id") on delete cascade,
    "password_version" integer not null,
    "token_hash" bytea not null unique,
    "created_at" timestamp with time zone not null,
    "expires_at" timestamp with time zone not null
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
