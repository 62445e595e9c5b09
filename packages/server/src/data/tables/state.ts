import type { JsonValue } from "@guildhall/sdk";
import { bool, defineTable, instant, int8, jsonb, oneOf, uuid, varchar } from "../schema/table.ts";

/** Small documents by key. */
export const documents = defineTable("state.documents", {
  key: varchar().primaryKey(),
  value: jsonb<JsonValue>(),
});

/** Whole numbers that count up, by key. */
export const counters = defineTable("state.counters", {
  key: varchar().primaryKey(),
  value: int8(),
});

/** Sets of words, by key. */
export const setMembers = defineTable(
  "state.set_members",
  { key: varchar(), member: varchar() },
  { primaryKey: ["key", "member"] },
);

/** When each key was last written; the promised `<key>:updated_time`. */
export const updatedTimes = defineTable(
  "state.updated_times",
  {
    key: varchar().primaryKey(),
    updated_time: instant(),
    /** The transaction that wrote the key last: what was written since another one is found by it, whatever the clocks. */
    changed_in: int8().default("pg_current_xact_id()::text::bigint"),
  },
  { indexes: [{ columns: ["changed_in"] }] },
);

/** Where the state lies; without a row in these tables. */
export const statePlaces = defineTable("state.places", {
  /** There is one row at most. */
  is_only: bool().primaryKey(),
  backend: oneOf(["table", "redis"]),
  since: instant(),
});

/** Counts that were taken with actions, on their way into a state that lies elsewhere. */
export const countParcels = defineTable("state.count_parcels", {
  id: uuid().primaryKey(),
  counts: jsonb<Readonly<Record<string, string>>>(),
  members: jsonb<readonly string[]>(),
  updated_time: instant(),
});
