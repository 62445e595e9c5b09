import { defineTable, instant, varchar } from "../schema/table.ts";

/** The tokens that a chat platform gave for a workspace. */
export const chatInstallations = defineTable(
  "chat.installations",
  {
    adapter: varchar(),
    /** The platform's id of the workspace, or of the organisation that it is part of. */
    external_id: varchar(),
    /** What the platform gave, sealed. */
    content: varchar(),
    updated_at: instant(),
  },
  { primaryKey: ["adapter", "external_id"] },
);
