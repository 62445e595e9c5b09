import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create table "people"."invitations" (
    "id" uuid not null primary key,
    "email" text not null unique,
    "is_administrator" boolean not null,
    "token_hash" bytea not null unique,
    "invited_by" uuid not null references "people"."users" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    "expires_at" timestamp with time zone not null
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
