import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create schema if not exists "services"`,
  `create table "services"."schedules" (
    "name" text not null primary key,
    "schedule" text not null,
    "is_paused" boolean not null default false,
    "next_run_at" timestamp with time zone,
    "current_run_id" uuid,
    "failures" integer not null default 0
  )`,
  `create table "services"."runs" (
    "id" uuid not null primary key,
    "service" text not null references "services"."schedules" ("name") on delete cascade,
    "cause" text not null check ("cause" in ('schedule', 'asked')),
    "runner_id" uuid not null,
    "started_at" timestamp with time zone not null,
    "ended_at" timestamp with time zone,
    "outcome" text check ("outcome" in ('done', 'failed', 'time_limit', 'interrupted', 'lost')),
    "note" text
  )`,
  `create index "runs_service_started_at_idx" on "services"."runs" ("service", "started_at")`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
