import type { JsonValue } from "@guildhall/sdk";
import { bool, bytes, defineTable, instant, int4, jsonb, oneOf, uuid, varchar } from "../schema/table.ts";

/** Why an action did not complete. */
export interface StoredActionError {
  readonly code: string;
  readonly message: string;
  readonly reference: string | null;
}

/** One run of a command by a user (requirements 5c, DBAction). */
export const actions = defineTable(
  "actions.actions",
  {
    id: uuid().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    /** The command's words, joined by spaces. */
    handler_name: varchar(),
    is_completed: bool().default("false"),
    created_at: instant(),
    completed_at: instant().nullable(),
    title: varchar(),
    request: jsonb<JsonValue>(),
    raw_text: varchar(),
    state: oneOf(["accepted", "running", "completed", "failed", "cancelled"]).default("'accepted'"),
    error: jsonb<StoredActionError>().nullable(),
    /** The way in: terminal, rest, console, ... */
    adapter: varchar().default("'rest'"),
    /** Rises when a command that allows it is run again; a fence against the run before. */
    attempt: int4().default("1"),
    /** The process that runs it; null when a holder outside does. */
    runner_id: uuid().nullable(),
    started_at: instant().nullable(),
    last_order: int4().default("0"),
    cancel_requested_at: instant().nullable(),
    /** By when the holder outside must have completed it. */
    held_until: instant().nullable(),
  },
  {
    indexes: [{ columns: ["user_id", "id"] }, { columns: ["runner_id"], where: "(NOT is_completed)" }],
    checks: { actions_is_completed_check: "(is_completed = (completed_at IS NOT NULL))" },
  },
);

/** One piece of an action's output (requirements 5c, DBActionResponseChunk). */
export const actionResponseChunks = defineTable(
  "actions.action_response_chunks",
  {
    id: uuid().primaryKey(),
    action_id: uuid().references("actions.actions", { onDelete: "cascade" }),
    order: int4(),
    mime: varchar(),
    text_content: varchar().nullable(),
    binary_content: bytes().nullable(),
    name: varchar().nullable(),
    /** "asker": only the person who ran the action sees it. */
    audience: oneOf(["thread", "asker"]).default("'thread'"),
    created_at: instant(),
  },
  {
    unique: [["action_id", "order"]],
    checks: { action_response_chunks_content_check: "((text_content IS NULL) <> (binary_content IS NULL))" },
  },
);

/** A user's settings of one command (requirements 5c, DBActionHandlerConfiguration). */
export const actionHandlerConfigurations = defineTable(
  "actions.action_handler_configurations",
  {
    id: uuid().primaryKey(),
    action_handler_name: varchar(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    created_at: instant(),
    updated_at: instant(),
    configuration: jsonb<JsonValue>(),
  },
  { unique: [["action_handler_name", "user_id"]] },
);

/** A client's key for an invocation, so that sending it twice runs it once. */
export const idempotencyKeys = defineTable(
  "actions.idempotency_keys",
  {
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    key: varchar(),
    request_hash: varchar(),
    action_id: uuid().references("actions.actions", { onDelete: "cascade" }),
    created_at: instant(),
  },
  { primaryKey: ["user_id", "key"], indexes: [{ columns: ["action_id"] }] },
);

/** A process that runs actions. It lives as long as it holds the advisory lock of its id. */
export const runners = defineTable("actions.runners", {
  id: uuid().primaryKey(),
  host: varchar(),
  pid: int4(),
  started_at: instant(),
});
