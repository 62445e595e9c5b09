import { sql } from "kysely";

/** The columns of an action, in the table alias `a`, that {@link ActionHead} carries. */
export const actionColumns = [
  "a.id",
  "a.user_id",
  "a.handler_name",
  "a.state",
  "a.is_completed",
  "a.created_at",
  "a.started_at",
  "a.completed_at",
  "a.title",
  "a.request",
  "a.raw_text",
  "a.error",
  "a.adapter",
] as const;

/** The columns of a chunk, in the table alias `c`, without its bytes. */
export const chunkColumns = [
  "c.id",
  "c.action_id",
  "c.order",
  "c.mime",
  "c.text_content",
  "c.name",
  sql<boolean>`c.binary_content is not null`.as("is_binary"),
] as const;
