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
    created_at: instant(),
  },
  { unique: [["provider", "workspace", "external_id"]], indexes: [{ columns: ["user_id"] }] },
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
