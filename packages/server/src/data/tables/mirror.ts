import { defineTable, int8, oneOf, uuid, varchar } from "../schema/table.ts";

/** What is mirrored, each by itself. */
export const DATA_SETS = ["state", "database"] as const;

/** Which hall a store is of: a copy of it, restored elsewhere, is the same hall. At most one row. */
export const lineage = defineTable("mirror.lineage", { id: uuid().primaryKey() });

/** How far this store and the mirror are in step. True of this store alone: no copy of it has these rows. */
export const positions = defineTable("mirror.positions", {
  data_set: oneOf(DATA_SETS).primaryKey(),
  /** The version of the mirror. */
  sequence: int8(),
  /** Up to where that version has what was written here. */
  mark: varchar(),
});
