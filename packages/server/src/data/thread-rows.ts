import { sql, type Kysely, type Transaction } from "kysely";
import { mayAccessThread, type Access } from "./access.ts";
import { actionColumns, readChunksOf } from "./action-rows.ts";
import { notFound } from "./data-error.ts";
import type { Thread, ThreadSummary } from "./models.ts";
import { storable } from "./storable.ts";
import type { Tables } from "./tables/all-tables.ts";

/** A page of a thread, counted from its end or from an action. */
export interface ThreadPage {
  /** At most this many actions. */
  readonly limit: number;
  /** Only those before this display order; the newest when left out. */
  readonly before?: number;
  /** Of each action only so many of its last chunks. */
  readonly lastChunks?: number;
}

/** The threads, as the table alias `t`, to which the user has this access. */
export function accessibleThreads(queries: Kysely<Tables>, userId: string, access: Access) {
  return queries
    .selectFrom("threads.threads as t")
    .leftJoin("threads.thread_members as m", (join) =>
      join.onRef("m.thread_id", "=", "t.id").on("m.user_id", "=", userId),
    )
    .select(["t.id", "t.user_id", "t.created_at", "t.title", "t.description", "t.last_seq"])
    .select(
      sql<ThreadSummary["role"]>`case when t.user_id = ${userId} then 'owner' else m.role end`.as("role"),
    )
    .select(
      sql<boolean>`exists (select 1 from threads.thread_members s where s.thread_id = t.id)`.as("is_shared"),
    )
    .where(mayAccessThread(userId, access));
}

/** Whether the thread `t`, or an action in it, holds this text in any case of letters. */
export function threadHolds(text: string) {
  const pattern = `%${storable(text).replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`(t.title ilike ${pattern} or t.description ilike ${pattern} or exists (
    select 1 from threads.thread_actions ta join actions.actions a on a.id = ta.action_id
    where ta.thread_id = t.id and (a.title ilike ${pattern} or a.raw_text ilike ${pattern})))`;
}

/** One thread, locked unless it is only read. @throws DataError `not_found` */
export async function requireThread(
  transaction: Transaction<Tables>,
  { userId, threadId, access }: { userId: string; threadId: string; access: Access },
): Promise<ThreadSummary> {
  const query = accessibleThreads(transaction, userId, access).where("t.id", "=", threadId);
  const row = await (access === "read" ? query : query.forUpdate("t")).executeTakeFirst();
  if (!row) throw notFound("thread");
  return threadSummary(row);
}

export function threadSummary(
  row: { readonly last_seq: bigint } & Omit<ThreadSummary, "last_seq">,
): ThreadSummary {
  const { id, user_id, created_at, title, description, role, is_shared } = row;
  return { id, user_id, created_at, title, description, last_seq: Number(row.last_seq), role, is_shared };
}

/** A page of the thread's actions with as much of their output as the user may see, in their order. */
export async function readThreadPage(
  transaction: Transaction<Tables>,
  { userId, threadId, page }: { userId: string; threadId: string; page: ThreadPage },
): Promise<Pick<Thread, "thread_actions" | "has_earlier">> {
  let query = transaction
    .selectFrom("threads.thread_actions as l")
    .innerJoin("actions.actions as a", "a.id", "l.action_id")
    .select(actionColumns)
    .select(["l.id as link_id", "l.display_order", "l.show_question", "l.show_answer"])
    .where("l.thread_id", "=", threadId)
    .orderBy("l.display_order", "desc")
    .limit(page.limit + 1);
  if (page.before !== undefined) query = query.where("l.display_order", "<", page.before);
  const rows = await query.execute();
  const shown = rows.slice(0, page.limit).toReversed();
  const chunks = await readChunksOf(transaction, {
    readerId: userId,
    actions: shown,
    last: page.lastChunks,
  });
  const thread_actions = shown.map(({ link_id, display_order, show_question, show_answer, ...action }) => ({
    id: link_id,
    thread_id: threadId,
    display_order,
    show_question,
    show_answer,
    action: { ...action, response_chunks: chunks.get(action.id) ?? [] },
  }));
  return { thread_actions, has_earlier: rows.length > page.limit };
}
