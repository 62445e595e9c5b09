import { sql, type Kysely } from "kysely";

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql`
    alter table "actions"."action_response_chunks"
      add column "audience" text not null default 'thread' check ("audience" in ('thread', 'asker'))`.execute(
    database,
  );
}
