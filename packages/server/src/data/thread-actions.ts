import { sql, type Transaction } from "kysely";
import { mayReadAction } from "./access.ts";
import { DataError, notFound } from "./data-error.ts";
import type { ThreadAction } from "./models.ts";
import type { Tables } from "./tables/all-tables.ts";
import { storeEvent } from "./thread-events.ts";
import { requireThread } from "./thread-rows.ts";
import { newId } from "./uuid.ts";

const LINK_COLUMNS = ["id", "thread_id", "display_order", "show_question", "show_answer"] as const;

/** What an action is in one thread: its place, and which parts of it are shown. */
type ThreadLink = Omit<ThreadAction, "action">;

/** Who asks for which action in which thread, and when. */
interface InThread {
  readonly userId: string;
  readonly threadId: string;
  readonly actionId: string;
  readonly at: Date;
}

/** What can be changed of an action in one thread; what is left out stays. */
export interface ThreadActionPatch {
  readonly show_question?: boolean | undefined;
  readonly show_answer?: boolean | undefined;
}

/** Puts an action last in a thread. @throws DataError `not_found`, `action_already_in_thread` */
export async function linkToThread(
  transaction: Transaction<Tables>,
  { userId, threadId, actionId, at }: InThread,
): Promise<ThreadLink> {
  // The action before the thread, in the order of its run's own writes, so that the two never wait for each other.
  const found = await transaction
    .selectFrom("actions.actions as a")
    .select("a.id")
    .where("a.id", "=", actionId)
    .where(mayReadAction(userId))
    .forUpdate()
    .executeTakeFirst();
  if (!found) throw notFound("action");
  await requireThread(transaction, { userId, threadId, access: "write" });
  // The run of the action must not add chunks between this thread's snapshot and its link. One that waits here
  // sees by the row's new version that it has to look for the links again.
  const action = await transaction
    .updateTable("actions.actions")
    .set({ last_order: sql<number>`last_order` })
    .where("id", "=", actionId)
    .returning(["last_order", "is_completed"])
    .executeTakeFirstOrThrow();
  const { last_display_order: display_order } = await transaction
    .updateTable("threads.threads")
    .set({ last_display_order: sql<number>`last_display_order + 1` })
    .where("id", "=", threadId)
    .returning("last_display_order")
    .executeTakeFirstOrThrow();
  const added = await transaction
    .insertInto("threads.thread_actions")
    .values({ id: newId(), thread_id: threadId, action_id: actionId, display_order })
    .onConflict((conflict) => conflict.columns(["thread_id", "action_id"]).doNothing())
    .returning(LINK_COLUMNS)
    .executeTakeFirst();
  if (!added) throw new DataError("action_already_in_thread", "The action is in this thread already.");
  await storeEvent(transaction, {
    at,
    threadIds: [threadId],
    type: "action-added",
    actionId,
    chunkOrder: action.last_order,
    payload: { complete: action.is_completed },
  });
  return added;
}

/** Takes an action out of a thread. @throws DataError `not_found` */
export async function unlinkFromThread(
  transaction: Transaction<Tables>,
  { userId, threadId, actionId, at }: InThread,
): Promise<void> {
  await requireThread(transaction, { userId, threadId, access: "write" });
  const { numDeletedRows } = await transaction
    .deleteFrom("threads.thread_actions")
    .where("thread_id", "=", threadId)
    .where("action_id", "=", actionId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw notFound("action in this thread");
  await storeEvent(transaction, { at, threadIds: [threadId], type: "action-removed", actionId });
}

/** Changes what is shown of an action in a thread. @throws DataError `not_found` */
export async function changeThreadLink(
  transaction: Transaction<Tables>,
  { userId, threadId, actionId, at }: InThread,
  patch: ThreadActionPatch,
): Promise<ThreadLink> {
  await requireThread(transaction, { userId, threadId, access: "write" });
  const changed = await transaction
    .updateTable("threads.thread_actions")
    .set({
      show_question: sql`coalesce(${patch.show_question ?? null}::boolean, show_question)`,
      show_answer: sql`coalesce(${patch.show_answer ?? null}::boolean, show_answer)`,
    })
    .where("thread_id", "=", threadId)
    .where("action_id", "=", actionId)
    .returning(LINK_COLUMNS)
    .executeTakeFirst();
  if (!changed) throw notFound("action in this thread");
  const { show_question, show_answer } = changed;
  await storeEvent(transaction, {
    at,
    threadIds: [threadId],
    type: "thread-action-changed",
    actionId,
    payload: { show_question, show_answer },
  });
  return changed;
}
