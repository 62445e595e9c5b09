import { bool, defineTable, instant, int4, int8, uuid, varchar } from "@guildhall/sdk";

/** The channels that were ever backed up, and how far each is. */
export const channels = defineTable(
  "channels",
  {
    id: uuid().primaryKey(),
    adapter: varchar(),
    workspace_id: varchar(),
    channel_id: varchar(),
    name: varchar(),
    /** Goes up with every change of what is stored: two runs at once do not mix. */
    version: int8().default("0"),
    /** Whether its whole history was ever gone through. */
    is_complete: bool().default("false"),
    /** Whether a reading is under way, or was interrupted; it goes on below `reading_before`, down to `reading_since`. */
    is_reading: bool().default("false"),
    reading_since: instant().nullable(),
    reading_before: int8().nullable(),
    /** When the last reading came to its end. */
    completed_at: instant().nullable(),
    /** Why the last one did not. */
    fault: varchar().nullable(),
  },
  { unique: [["adapter", "workspace_id", "channel_id"]] },
);

/** The objects in which the records are: gzip over lines of JSON. */
export const segments = defineTable(
  "segments",
  {
    id: uuid().primaryKey(),
    channel: uuid().references("channels", { onDelete: "cascade" }),
    /** Of the messages that its records are about. */
    month: varchar(),
    object_key: varchar().unique(),
    sha256: varchar(),
    bytes: int8(),
    records: int4(),
    /** Of the first message that its records are about. */
    first_position: int8(),
    created_at: instant(),
    /** When the check found that it cannot be read back. */
    damaged_at: instant().nullable(),
  },
  { indexes: [{ columns: ["channel", "month", "id"] }] },
);

/** What is stored: each message once, with its newest record. What they say is in the objects alone. */
export const messages = defineTable(
  "messages",
  {
    channel: uuid().references("channels", { onDelete: "cascade" }),
    position: int8(),
    message_id: varchar(),
    answer_in: varchar().nullable(),
    written_at: instant(),
    /** Of its newest record, which is in this segment. */
    digest: varchar(),
    segment: uuid(),
  },
  {
    primaryKey: ["channel", "position"],
    indexes: [{ columns: ["channel", "answer_in", "position"] }, { columns: ["segment"] }],
  },
);
