import type { JsonValue } from "@guildhall/sdk";
import { bool, defineTable, instant, int4, int8, jsonb, oneOf, uuid, varchar } from "../schema/table.ts";

/** An ordered list of actions (requirements 5c, DBThread). */
export const threads = defineTable(
  "threads.threads",
  {
    id: uuid().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    created_at: instant(),
    title: varchar(),
    description: varchar(),
    /** The number of the newest event; taken in the transaction that stores the event, so it has no gaps. */
    last_seq: int8().default("0"),
    last_display_order: int4().default("0"),
  },
  { indexes: [{ columns: ["user_id", "id"] }] },
);

/** People other than the owner who may see a thread (reader), or also add to it (writer). */
export const threadMembers = defineTable(
  "threads.thread_members",
  {
    thread_id: uuid().references("threads.threads", { onDelete: "cascade" }),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    role: oneOf(["reader", "writer"]),
    created_at: instant(),
  },
  { primaryKey: ["thread_id", "user_id"], indexes: [{ columns: ["user_id"] }] },
);

/** An action's place in a thread (requirements 5c, DBThreadAction). */
export const threadActions = defineTable(
  "threads.thread_actions",
  {
    id: uuid().primaryKey(),
    thread_id: uuid().references("threads.threads", { onDelete: "cascade" }),
    action_id: uuid().references("actions.actions", { onDelete: "cascade" }),
    display_order: int4(),
    show_question: bool().default("false"),
    show_answer: bool().default("true"),
  },
  {
    unique: [["thread_id", "action_id"]],
    indexes: [{ columns: ["thread_id", "display_order"] }, { columns: ["action_id"] }],
  },
);

/**
 * What happened in a thread, in order: the truth behind every live view. A chunk's event refers to the chunk and
 * does not repeat it.
 */
export const threadEvents = defineTable(
  "threads.thread_events",
  {
    thread_id: uuid().references("threads.threads", { onDelete: "cascade" }),
    seq: int8(),
    type: varchar(),
    action_id: uuid().nullable(),
    /** Of a chunk's event: that chunk. Of `action-added`: how many chunks the action had by then. */
    chunk_order: int4().nullable(),
    payload: jsonb<JsonValue>().nullable(),
    created_at: instant(),
  },
  { primaryKey: ["thread_id", "seq"] },
);

/** The thread that takes a user's lines when no thread is named. */
export const homeThreads = defineTable("threads.home_threads", {
  user_id: uuid().references("people.users", { onDelete: "cascade" }).primaryKey(),
  thread_id: uuid().references("threads.threads", { onDelete: "cascade" }).unique(),
});
