import { bool, defineTable, instant, jsonb, uuid, varchar, type JsonValue } from "@guildhall/sdk";

/** One row a record of any module that asked for it to be kept. */
export const records = defineTable(
  "records",
  {
    id: uuid().primaryKey(),
    module: varchar(),
    user_id: uuid().nullable().references("people.users", { onDelete: "cascade" }),
    data: jsonb<JsonValue>(),
    created_at: instant(),
    active: bool().default("true"),
  },
  { indexes: [{ columns: ["module", "user_id", "created_at"] }] },
);
