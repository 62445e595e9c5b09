import { sql, type Transaction } from "kysely";
import { DataError, notFound } from "./data-error.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables/all-tables.ts";
import { storeEvent } from "./thread-events.ts";
import { requireThread } from "./thread-rows.ts";

/** How many actions one move may pass, since each of them changes its place too. */
const MAX_PASSED = 10_000;

/** Where an action goes: in front of another, behind another, or past its neighbour. */
export type MoveTo =
  | { readonly before: string }
  | { readonly after: string }
  | { readonly direction: "up" | "down" };

/** The order of actions in threads. */
export class ThreadOrder {
  readonly #database: Database;
  readonly #now: () => Date;

  constructor({ database, now }: { database: Database; now: () => Date }) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Moves an action; those between its old place and its new one each give way by one. At the thread's edge, or when
   * it stands there already, nothing changes. Gives its display order.
   *
   * @throws DataError `not_found` for the thread or an action in it, `move_too_far`
   */
  async move(userId: string, threadId: string, move: { actionId: string; to: MoveTo }): Promise<number> {
    const { actionId, to } = move;
    return await this.#database.queries.transaction().execute(async (transaction) => {
      await requireThread(transaction, { userId, threadId, access: "write" });
      const from = await displayOrder(transaction, threadId, actionId);
      const target = await targetOrder(transaction, { threadId, from, to });
      if (target === from) return from;
      const isUp = target < from;
      const [low, high] = isUp ? [target, from - 1] : [from + 1, target];
      const passed = await transaction
        .selectFrom("threads.thread_actions")
        .select("id")
        .where("thread_id", "=", threadId)
        .where("display_order", ">=", low)
        .where("display_order", "<=", high)
        .limit(MAX_PASSED + 1)
        .execute();
      if (passed.length > MAX_PASSED) {
        throw new DataError("move_too_far", `An action can be moved past ${MAX_PASSED} others at once.`);
      }
      await transaction
        .updateTable("threads.thread_actions")
        .set({
          display_order: sql<number>`case when action_id = ${actionId} then ${target}::int
            else display_order + ${isUp ? 1 : -1}::int end`,
        })
        .where("thread_id", "=", threadId)
        .where("display_order", ">=", Math.min(from, target))
        .where("display_order", "<=", Math.max(from, target))
        .execute();
      await storeEvent(transaction, {
        threadIds: [threadId],
        type: "action-moved",
        actionId,
        payload: { from_display_order: from, display_order: target },
        at: this.#now(),
      });
      return target;
    });
  }
}

async function displayOrder(
  transaction: Transaction<Tables>,
  threadId: string,
  actionId: string,
): Promise<number> {
  const { display_order } = await transaction
    .selectFrom("threads.thread_actions")
    .select("display_order")
    .where("thread_id", "=", threadId)
    .where("action_id", "=", actionId)
    .executeTakeFirstOrThrow(() => notFound("action in this thread"));
  return display_order;
}

/** The display order that the moved action is to have: that of the last one it passes. */
async function targetOrder(
  transaction: Transaction<Tables>,
  { threadId, from, to }: { threadId: string; from: number; to: MoveTo },
): Promise<number> {
  if ("direction" in to)
    return (await neighbour(transaction, { threadId, order: from, side: to.direction })) ?? from;
  const other = await displayOrder(transaction, threadId, "before" in to ? to.before : to.after);
  if (other === from) return from;
  if ("before" in to) {
    if (other < from) return other;
    return (await neighbour(transaction, { threadId, order: other, side: "up" })) ?? from;
  }
  if (other > from) return other;
  return (await neighbour(transaction, { threadId, order: other, side: "down" })) ?? from;
}

/** The display order next to one, upwards or downwards. */
async function neighbour(
  transaction: Transaction<Tables>,
  { threadId, order, side }: { threadId: string; order: number; side: "up" | "down" },
): Promise<number | undefined> {
  const isUp = side === "up";
  const found = await transaction
    .selectFrom("threads.thread_actions")
    .select("display_order")
    .where("thread_id", "=", threadId)
    .where("display_order", isUp ? "<" : ">", order)
    .orderBy("display_order", isUp ? "desc" : "asc")
    .limit(1)
    .executeTakeFirst();
  return found?.display_order;
}
