import { sql, type Kysely } from "kysely";

const STATEMENTS = [
  `alter table "people"."identities" add column "own_user_id" uuid references "people"."users" ("id") on delete set null`,
  `create index "identities_own_user_id_idx" on "people"."identities" ("own_user_id")`,
  `create schema if not exists "chat"`,
  `create table "chat"."workspaces" (
    "id" uuid not null primary key,
    "adapter" text not null,
    "external_id" text not null,
    "system_user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    unique ("adapter", "external_id")
  )`,
  `create index "workspaces_system_user_id_idx" on "chat"."workspaces" ("system_user_id")`,
  `create table "chat"."channels" (
    "id" uuid not null primary key,
    "workspace_id" uuid not null references "chat"."workspaces" ("id") on delete cascade,
    "external_id" text not null,
    "is_private" boolean not null,
    "thread_id" uuid not null unique references "threads"."threads" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    unique ("workspace_id", "external_id")
  )`,
  `create table "chat"."channel_members" (
    "channel_id" uuid not null references "chat"."channels" ("id") on delete cascade,
    "identity_id" uuid not null references "people"."identities" ("id") on delete cascade,
    "created_at" timestamp with time zone not null,
    primary key ("channel_id", "identity_id")
  )`,
  `create index "channel_members_identity_id_idx" on "chat"."channel_members" ("identity_id")`,
  `create table "chat"."link_codes" (
    "code_hash" bytea not null primary key,
    "user_id" uuid not null references "people"."users" ("id") on delete cascade,
    "expires_at" timestamp with time zone not null
  )`,
  `create index "link_codes_user_id_idx" on "chat"."link_codes" ("user_id")`,
  `create table "chat"."requests" (
    "action_id" uuid not null primary key references "actions"."actions" ("id") on delete cascade,
    "channel_id" uuid not null references "chat"."channels" ("id") on delete cascade,
    "identity_id" uuid not null references "people"."identities" ("id") on delete cascade,
    "reply" text not null,
    "server_id" uuid not null,
    "answered_order" integer not null default 0,
    "answered_at" timestamp with time zone,
    "created_at" timestamp with time zone not null
  )`,
  `create index "requests_server_id_idx" on "chat"."requests" ("server_id") where (answered_at IS NULL)`,
  `create index "requests_channel_id_idx" on "chat"."requests" ("channel_id")`,
  `create index "requests_identity_id_idx" on "chat"."requests" ("identity_id")`,
];

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(database);
}
