import { sql, type RawBuilder } from "kysely";

/** What a user wants to do with a thread. */
export type Access = "read" | "write" | "own";

/**
 * The one access predicate: the thread `t` belongs to the user, or a row in `thread_members` lets them in. What it
 * excludes is not found, never forbidden (requirements L-9).
 */
export function mayAccessThread(userId: string, access: Access): RawBuilder<boolean> {
  if (access === "own") return sql<boolean>`t.user_id = ${userId}`;
  const roles = access === "read" ? ["reader", "writer"] : ["writer"];
  return sql<boolean>`(t.user_id = ${userId} or exists (
    select 1 from threads.thread_members m
    where m.thread_id = t.id and m.user_id = ${userId} and m.role = any(${roles})))`;
}

/** An action `a` may be read by its owner and by whoever may read a thread that holds it. */
export function mayReadAction(userId: string): RawBuilder<boolean> {
  return sql<boolean>`(a.user_id = ${userId} or exists (
    select 1 from threads.thread_actions ta join threads.threads t on t.id = ta.thread_id
    where ta.action_id = a.id and ${mayAccessThread(userId, "read")}))`;
}
