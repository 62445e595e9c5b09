import { bool, bytes, defineTable, instant, int4, oneOf, uuid, varchar } from "../schema/table.ts";

/** A person, the local operator, or a workspace's system user (requirements 5c, DBUser). */
export const users = defineTable("people.users", {
  id: uuid().primaryKey(),
  kind: oneOf(["person", "operator", "system"]).default("'person'"),
  is_active: bool().default("true"),
  is_administrator: bool().default("false"),
  /** Lower-case. */
  email: varchar().unique(),
  display_name: varchar(),
  /** Rises with each password change; a token made for an older one is dead. */
  password_version: int4().default("1"),
  /** Null: cannot sign in. */
  password_hash: varchar().nullable(),
  created_at: instant(),
});

/** A chat account that belongs to a user. */
export const identities = defineTable(
  "people.identities",
  {
    id: uuid().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    provider: varchar(),
    workspace: varchar(),
    external_id: varchar(),
    /** The user that was made for it on first use, whom it belongs to again when a link is undone. */
    own_user_id: uuid().nullable().references("people.users", { onDelete: "set null" }),
    created_at: instant(),
  },
  {
    unique: [["provider", "workspace", "external_id"]],
    indexes: [{ columns: ["user_id"] }, { columns: ["own_user_id"] }],
  },
);

/** One sign-in. Secrets are kept as SHA-256 only. */
export const sessions = defineTable(
  "people.sessions",
  {
    id: uuid().primaryKey(),
    user_id: uuid().references("people.users", { onDelete: "cascade" }),
    cookie_hash: bytes().unique(),
    refresh_hash: bytes().unique(),
    /** The refresh token before the present one: its use means that a token was stolen. */
    previous_refresh_hash: bytes().nullable().unique(),
    password_version: int4(),
    user_agent: varchar(),
    created_at: instant(),
    last_used_at: instant(),
    expires_at: instant(),
    revoked_at: instant().nullable(),
  },
  { indexes: [{ columns: ["user_id"] }] },
);

/** The link that sets up the first administrator; at most one row, gone once used. */
export const setupLinks = defineTable("people.setup_links", {
  only: bool().primaryKey(),
  token_hash: bytes(),
  created_at: instant(),
});

/** Somebody who may make an account; gone once used. */
export const invitations = defineTable("people.invitations", {
  id: uuid().primaryKey(),
  /** Lower-case. */
  email: varchar().unique(),
  is_administrator: bool(),
  token_hash: bytes().unique(),
  invited_by: uuid().references("people.users", { onDelete: "cascade" }),
  created_at: instant(),
  expires_at: instant(),
});

/** A link by which a person sets a new password without the old one. Its secret is kept as SHA-256 only. */
export const passwordLinks = defineTable("people.password_links", {
  user_id: uuid().primaryKey().references("people.users", { onDelete: "cascade" }),
  /** The password that it replaces; after another change the link is dead. */
  password_version: int4(),
  token_hash: bytes().unique(),
  created_at: instant(),
  expires_at: instant(),
});
