import { bool, defineTable, instant, int4, bytes, uuid, varchar } from "../schema/table.ts";

/** A Slack team or Discord guild that the hall serves. */
export const chatWorkspaces = defineTable(
  "chat.workspaces",
  {
    id: uuid().primaryKey(),
    adapter: varchar(),
    /** The platform's id; empty for direct messages of a platform where they belong to no workspace. */
    external_id: varchar(),
    /** Owns the threads of the workspace's channels. */
    system_user_id: uuid().references("people.users", { onDelete: "cascade" }),
    created_at: instant(),
  },
  { unique: [["adapter", "external_id"]], indexes: [{ columns: ["system_user_id"] }] },
);

/** A channel in which commands were typed, with its one thread. */
export const chatChannels = defineTable(
  "chat.channels",
  {
    id: uuid().primaryKey(),
    workspace_id: uuid().references("chat.workspaces", { onDelete: "cascade" }),
    external_id: varchar(),
    is_private: bool(),
    thread_id: uuid().references("threads.threads", { onDelete: "cascade" }).unique(),
    created_at: instant(),
  },
  { unique: [["workspace_id", "external_id"]] },
);

/** Which chat accounts are in a channel, as far as the hall has met them there. */
export const chatChannelMembers = defineTable(
  "chat.channel_members",
  {
    channel_id: uuid().references("chat.channels", { onDelete: "cascade" }),
    identity_id: uuid().references("people.identities", { onDelete: "cascade" }),
    created_at: instant(),
  },
  { primaryKey: ["channel_id", "identity_id"], indexes: [{ columns: ["identity_id"] }] },
);

/** A short-lived code that joins a chat account to a user; kept as SHA-256, gone once used. */
export const chatLinkCodes = defineTable(
  "chat.link_codes",
  {
    code_hash: bytes().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    expires_at: instant(),
  },
  { indexes: [{ columns: ["user_id"] }] },
);

/** An action that was asked for in chat: by whom, where, and how it is to be answered there. */
export const chatRequests = defineTable(
  "chat.requests",
  {
    action_id: uuid().references("actions.actions", { onDelete: "cascade" }).primaryKey(),
    channel_id: uuid().references("chat.channels", { onDelete: "cascade" }),
    identity_id: uuid().references("people.identities", { onDelete: "cascade" }),
    /** The platform's own address for the answer, sealed; the adapter alone reads it. */
    reply: varchar(),
    /** The runner of the server that answers it. */
    server_id: uuid(),
    /** The last chunk that the platform has taken. */
    answered_order: int4().default("0"),
    /** When the answer was complete, or given up. */
    answered_at: instant().nullable(),
    created_at: instant(),
  },
  {
    indexes: [
      { columns: ["server_id"], where: "(answered_at IS NULL)" },
      { columns: ["channel_id"] },
      { columns: ["identity_id"] },
    ],
  },
);
