import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `create schema if not exists "people"`,
  `create schema if not exists "threads"`,
  `create schema if not exists "actions"`,
  `create schema if not exists "state"`,
  `create table "people"."users" (
    "id" uuid not null primary key,
    "kind" text not null default 'person' check ("kind" in ('person', 'operator', 'system')),
    "is_active" boolean not null default true,
    "is_administrator" boolean not null default false,
    "email" text not null unique,
    "display_name" text not null,
    "password_version" integer not null default 1,
    "password_hash" text,
    "created_at" timestamp with time zone not null
  )`,
  `create table "people"."identities" (
    "id" uuid not null primary key,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "provider" text not null,
    "workspace" text not null,
    "external_id" text not null,
    "created_at" timestamp with time zone not null,
    unique ("provider", "workspace", "external_id")
  )`,
  `create index "identities_user_id_idx" on "people"."identities" ("user_id")`,
  `create table "people"."sessions" (
    "id" uuid not null primary key,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "cookie_hash" bytea not null unique,
    "refresh_hash" bytea not null unique,
    "previous_refresh_hash" bytea unique,
    "password_version" integer not null,
    "user_agent" text not null,
    "created_at" timestamp with time zone not null,
    "last_used_at" timestamp with time zone not null,
    "expires_at" timestamp with time zone not null,
    "revoked_at" timestamp with time zone
  )`,
  `create index "sessions_user_id_idx" on "people"."sessions" ("user_id")`,
  `create table "people"."setup_links" (
    "only" boolean not null primary key,
    "token_hash" bytea not null,
    "created_at" timestamp with time zone not null
  )`,
  `create table "threads"."threads" (
    "id" uuid not null primary key,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    "title" text not null,
    "description" text not null,
    "last_seq" bigint not null default 0,
    "last_display_order" integer not null default 0
  )`,
  `create index "threads_user_id_id_idx" on "threads"."threads" ("user_id", "id")`,
  `create table "threads"."thread_members" (
    "thread_id" uuid not null references "threads"."threads" ("id") on delete cascade,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "role" text not null check ("role" in ('reader', 'writer')),
    "created_at" timestamp with time zone not null,
    primary key ("thread_id", "user_id")
  )`,
  `create index "thread_members_user_id_idx" on "threads"."thread_members" ("user_id")`,
  `create table "threads"."home_threads" (
    "user_id" uuid not null primary key references "people"."users" ("id") on delete cascade,
    "thread_id" uuid not null unique references "threads"."threads" ("id") on delete cascade
  )`,
  `create table "actions"."actions" (
    "id" uuid not null primary key,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "handler_name" text not null,
    "is_completed" boolean not null default false,
    "created_at" timestamp with time zone not null,
    "completed_at" timestamp with time zone,
    "title" text not null,
    "request" jsonb not null,
    "raw_text" text not null,
    "state" text not null default 'accepted' check ("state" in ('accepted', 'running', 'completed', 'failed', 'cancelled')),
    "error" jsonb,
    "adapter" text not null default 'rest',
    "attempt" integer not null default 1,
    "runner_id" uuid,
    "started_at" timestamp with time zone,
    "last_order" integer not null default 0,
    "cancel_requested_at" timestamp with time zone,
    "held_until" timestamp with time zone,
    constraint "actions_is_completed_check" check (is_completed = (completed_at IS NOT NULL))
  )`,
  `create index "actions_user_id_id_idx" on "actions"."actions" ("user_id", "id")`,
  `create index "actions_runner_id_idx" on "actions"."actions" ("runner_id") where (NOT is_completed)`,
  `create table "threads"."thread_actions" (
    "id" uuid not null primary key,
    "thread_id" uuid not null references "threads"."threads" ("id") on delete cascade,
    "action_id" uuid not null references "actions"."actions" ("id") on delete cascade,
    "display_order" integer not null,
    "show_question" boolean not null default false,
    "show_answer" boolean not null default true,
    unique ("thread_id", "action_id")
  )`,
  `create index "thread_actions_thread_id_display_order_idx" on "threads"."thread_actions" ("thread_id", "display_order")`,
  `create index "thread_actions_action_id_idx" on "threads"."thread_actions" ("action_id")`,
  `create table "threads"."thread_events" (
    "thread_id" uuid not null references "threads"."threads" ("id") on delete cascade,
    "seq" bigint not null,
    "type" text not null,
    "action_id" uuid,
    "chunk_order" integer,
    "payload" jsonb,
    "created_at" timestamp with time zone not null,
    primary key ("thread_id", "seq")
  )`,
  `create table "actions"."action_response_chunks" (
    "id" uuid not null primary key,
    "action_id" uuid not null references "actions"."actions" ("id") on delete cascade,
    "order" integer not null,
    "mime" text not null,
    "text_content" text,
    "binary_content" bytea,
    "name" text,
    "created_at" timestamp with time zone not null,
    unique ("action_id", "order"),
    constraint "action_response_chunks_content_check" check ((text_content IS NULL) <> (binary_content IS NULL))
  )`,
  `create table "actions"."action_handler_configurations" (
    "id" uuid not null primary key,
    "action_handler_name" text not null,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    "updated_at" timestamp with time zone not null,
    "configuration" jsonb not null,
    unique ("action_handler_name", "user_id")
  )`,
  `create table "actions"."idempotency_keys" (
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "key" text not null,
    "request_hash" text not null,
    "action_id" uuid not null references "actions"."actions" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    primary key ("user_id", "key")
  )`,
  `create index "idempotency_keys_action_id_idx" on "actions"."idempotency_keys" ("action_id")`,
  `create table "actions"."runners" (
    "id" uuid not null primary key,
    "host" text not null,
    "pid" integer not null,
    "started_at" timestamp with time zone not null
  )`,
  `create table "state"."documents" (
    "key" text not null primary key,
    "value" jsonb not null
  )`,
  `create table "state"."counters" (
    "key" text not null primary key,
    "value" bigint not null
  )`,
  `create table "state"."set_members" (
    "key" text not null,
    "member" text not null,
    primary key ("key", "member")
  )`,
  `create table "state"."updated_times" (
    "key" text not null primary key,
    "updated_time" timestamp with time zone not null
  )`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
