import { sql } from "kysely";
import type { Database } from "./database.ts";

/** How many there are; nothing about any of them. */
export interface HallNumbers {
  /** Accounts that can be used. */
  readonly people: number;
  /** Slack workspaces and Discord guilds in which somebody has used the hall. */
  readonly servers: number;
}

/** Counts people and servers. */
export async function readHallNumbers({ queries }: Database): Promise<HallNumbers> {
  return await queries
    .selectNoFrom((expression) => [
      expression
        .selectFrom("people.users")
        .select(sql<number>`count(*)::int`.as("count"))
        .where("kind", "=", "person")
        .where("is_active", "=", true)
        .$asScalar()
        .$notNull()
        .as("people"),
      expression
        .selectFrom("chat.workspaces")
        .select(sql<number>`count(*)::int`.as("count"))
        .where("external_id", "<>", "")
        .$asScalar()
        .$notNull()
        .as("servers"),
    ])
    .executeTakeFirstOrThrow();
}
