import type { JsonValue } from "@guildhall/sdk";
import { defineTable, instant, int8, jsonb, varchar } from "../schema/table.ts";

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
export const updatedTimes = defineTable("state.updated_times", {
  key: varchar().primaryKey(),
  updated_time: instant(),
});
