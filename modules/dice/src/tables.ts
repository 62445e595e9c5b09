import { bool, defineTable, instant, jsonb, uuid, varchar } from "@guildhall/sdk";

/** Every roll. Nothing removes a row: whoever rolled cannot take a roll back. */
export const rolls = defineTable(
  "rolls",
  {
    id: uuid().primaryKey(),
    action_id: varchar(),
    rolled_at: instant(),
    user_id: uuid(),
    user_name: varchar(),
    /** Null outside chat. */
    platform: varchar().nullable(),
    workspace_id: varchar().nullable(),
    /** Outside chat the thread. */
    channel_id: varchar(),
    /** The channel's id while {@link named} is false. */
    channel_name: varchar(),
    /** False until the channel's name is known, and with it where the roll may be shown: nobody is shown it before. */
    named: bool().default("true"),
    reason: varchar(),
    character: varchar().nullable(),
    expression: varchar(),
    dialect: varchar(),
    advantage: bool(),
    disadvantage: bool(),
    reroll_ones: bool(),
    reroll_twos: bool(),
    /** As people read it. */
    total: varchar(),
    /** Each die: its faces, what it shows, and whether it counts. */
    dice: jsonb(),
    /** Whether the dice were rolled on a table and typed in. */
    by_hand: bool(),
    /** Whether the log shows it: not for rolls in private. */
    logged: bool(),
    /** Whether the roller may not see it. */
    blind: bool(),
    /** The channel that is to be told, by the name or id that the workspace's settings have; null for none. */
    tell: varchar().nullable(),
    told_at: instant().nullable(),
    /** What the channel is told, as Markdown; while {@link named} is false, how the roll reads. */
    telling: varchar().nullable(),
  },
  {
    indexes: [
      { columns: ["user_id", "rolled_at"] },
      { columns: ["action_id"] },
      { columns: ["channel_id", "rolled_at"] },
      { columns: ["workspace_id", "rolled_at"], where: "workspace_id is not null" },
      { columns: ["rolled_at"], where: "tell is not null and told_at is null" },
      { columns: ["named", "rolled_at"], where: "not named" },
    ],
  },
);
