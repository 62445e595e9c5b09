import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create table "chat"."installations" (
    "adapter" text not null,
    "external_id" text not null,
    "content" text not null,
    "updated_at" timestamp with time zone not null,
    primary key ("adapter", "external_id")
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
