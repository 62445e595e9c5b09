import { sql, type Kysely, type Transaction } from "kysely";
import { notFound } from "./data-error.ts";
import type { ActionResponseChunk } from "./models.ts";
import type { Tables } from "./tables/all-tables.ts";

/** The columns of an action, in the table alias `a`, that {@link ActionHead} carries. */
export const actionColumns = [
  "a.id",
  "a.user_id",
  "a.handler_name",
  "a.state",
  "a.is_completed",
  "a.created_at",
  "a.started_at",
  "a.completed_at",
  "a.title",
  "a.request",
  "a.raw_text",
  "a.error",
  "a.adapter",
] as const;

/** The columns of a chunk, in the table alias `c`, without its bytes. */
export const chunkColumns = [
  "c.id",
  "c.action_id",
  "c.order",
  "c.mime",
  "c.text_content",
  "c.name",
  "c.audience",
  sql<boolean>`c.binary_content is not null`.as("is_binary"),
] as const;

/**
 * Each action's chunks in their order, without the bytes: as many as the reader may see, for what is for its asker
 * alone is left out for everybody else; of each action only the `last` ones when that is given.
 */
export async function readChunksOf(
  queries: Kysely<Tables>,
  {
    readerId,
    actions,
    last,
  }: {
    readerId: string;
    actions: readonly { readonly id: string; readonly user_id: string }[];
    last?: number | undefined;
  },
): Promise<Map<string, ActionResponseChunk[]>> {
  const byAction = new Map<string, ActionResponseChunk[]>();
  if (actions.length === 0) return byAction;
  const wanted = actions.map(({ id, user_id }) => ({ id, all: user_id === readerId }));
  const rows = await queries
    .selectFrom(
      sql<{ id: string; all: boolean }>`json_to_recordset(${JSON.stringify(wanted)}::json)`.as<"w">(
        sql`w(id uuid, "all" boolean)`,
      ),
    )
    .innerJoinLateral(
      (expression) => {
        const chunks = expression
          .selectFrom("actions.action_response_chunks as c")
          .select(chunkColumns)
          .whereRef("c.action_id", "=", "w.id")
          .where(sql<boolean>`(w."all" or c.audience = 'thread')`)
          .orderBy("c.order", "desc");
        return (last === undefined ? chunks : chunks.limit(last)).as("seen");
      },
      (join) => join.onTrue(),
    )
    .selectAll("seen")
    .orderBy("seen.order")
    .execute();
  for (const row of rows) {
    const chunks = byAction.get(row.action_id);
    if (chunks) chunks.push(row);
    else byAction.set(row.action_id, [row]);
  }
  return byAction;
}

/** Locks the user's own action. @throws DataError `not_found` */
export async function requireOwnAction(
  transaction: Transaction<Tables>,
  userId: string,
  actionId: string,
): Promise<void> {
  const row = await transaction
    .selectFrom("actions.actions")
    .select("id")
    .where("id", "=", actionId)
    .where("user_id", "=", userId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound("action");
}
