import { defineTable, instant, int4, jsonb, varchar } from "../schema/table.ts";

/** The statements that made and changed the tables of modules. */
export const moduleMigrations = defineTable(
  "modules.migrations",
  {
    /** The module's SQL schema. */
    module: varchar(),
    /** Counts from 1 within a module. */
    position: int4(),
    name: varchar(),
    statements: jsonb<readonly string[]>(),
    executed_at: instant(),
  },
  { primaryKey: ["module", "position"], unique: [["module", "name"]] },
);
