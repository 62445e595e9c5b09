import type { JsonValue } from "@guildhall/sdk";
import { sql, type Kysely } from "kysely";
import type { Action, ActionResponseChunk } from "./models.ts";
import { actionColumns, chunkColumns } from "./action-rows.ts";
import type { Tables } from "./tables/all-tables.ts";

/** One event of a thread, as stored. */
export interface ThreadEvent {
  readonly seq: number;
  readonly type: string;
  readonly action_id: string | null;
  readonly created_at: Date;
  readonly payload: JsonValue;
  /** Of `action-response-chunk`; absent when the action has left the thread since. */
  readonly chunk?: ActionResponseChunk;
  /** Of `action-added`: the action as it was then; absent when it has left the thread since. */
  readonly action?: Action;
  /** The only user who may see all of it; absent when whoever may read the thread may. */
  readonly askerId?: string;
}

/** The event without what is for its asker alone. The number stays, so that every reader's sequence has no gap. */
export function eventForOthers({ askerId: _askerId, chunk, action, ...event }: ThreadEvent): ThreadEvent {
  return {
    ...event,
    ...(chunk?.audience === "thread" ? { chunk } : {}),
    ...(action ? { action: { ...action, response_chunks: action.response_chunks.filter(isForAll) } } : {}),
  };
}

const isForAll = ({ audience }: ActionResponseChunk) => audience === "thread";

/** Stores one event in each of the threads, in the transaction that does what the event tells. */
export async function storeEvent(
  queries: Kysely<Tables>,
  event: {
    readonly threadIds: readonly string[];
    readonly type: string;
    readonly actionId?: string;
    readonly chunkOrder?: number;
    readonly payload?: JsonValue;
    readonly at: Date;
  },
): Promise<void> {
  if (event.threadIds.length === 0) return;
  const payload = event.payload === undefined ? null : JSON.stringify(event.payload);
  await sql`
    with locked as (
      select id from threads.threads where id = any(${event.threadIds}) order by id for update
    ), bumped as (
      update threads.threads t set last_seq = t.last_seq + 1 from locked where t.id = locked.id
      returning t.id, t.last_seq
    )
    insert into threads.thread_events (thread_id, seq, type, action_id, chunk_order, payload, created_at)
    select id, last_seq, ${event.type}, ${event.actionId ?? null}, ${event.chunkOrder ?? null},
           ${payload}::jsonb, ${event.at} from bumped`.execute(queries);
}

/** The events of a thread after `after`, oldest first, at most `limit`. The caller has checked access. */
export async function readEvents(
  queries: Kysely<Tables>,
  { threadId, after, limit }: { threadId: string; after: number; limit: number },
): Promise<ThreadEvent[]> {
  const rows = await queries
    .selectFrom("threads.thread_events as e")
    .leftJoin("threads.thread_actions as ta", (join) =>
      join.onRef("ta.thread_id", "=", "e.thread_id").onRef("ta.action_id", "=", "e.action_id"),
    )
    .select(["e.seq", "e.type", "e.action_id", "e.chunk_order", "e.payload", "e.created_at"])
    .select("ta.id as link_id")
    .where("e.thread_id", "=", threadId)
    .where("e.seq", ">", BigInt(after))
    .orderBy("e.seq")
    .limit(limit)
    .execute();

  const linked = rows.filter((row) => row.link_id !== null && row.action_id !== null);
  const added = linked.filter((row) => row.type === "action-added");
  const wantsChunks = linked.filter((row) => row.chunk_order !== null && row.chunk_order > 0);
  const actions = await readActionsAsAdded(
    queries,
    added.flatMap((row) => row.action_id ?? []),
  );
  const chunks = await readChunks(queries, wantsChunks);
  const askers = await readAskers(queries, chunks);

  return rows.map((row) => {
    const event = {
      seq: Number(row.seq),
      type: row.type,
      action_id: row.action_id,
      created_at: row.created_at,
      payload: row.payload,
    };
    const order = row.chunk_order ?? 0;
    if (row.link_id === null || row.action_id === null) return event;
    if (row.type === "action-response-chunk") {
      const chunk = chunks.get(`${row.action_id}/${order}`);
      return chunk ? { ...event, chunk, ...onlyFor([chunk], askers) } : event;
    }
    const action = row.type === "action-added" ? actions.get(row.action_id) : undefined;
    if (!action) return event;
    const response_chunks = Array.from({ length: order }, (_, index) =>
      chunks.get(`${row.action_id}/${index + 1}`),
    ).filter((chunk) => chunk !== undefined);
    // Recorded complete, or not yet begun: what came later has events of its own.
    const asAdded = wasComplete(row.payload)
      ? action
      : {
          ...action,
          state: "accepted" as const,
          is_completed: false,
          started_at: null,
          completed_at: null,
          error: null,
        };
    return { ...event, action: { ...asAdded, response_chunks }, ...onlyFor(response_chunks, askers) };
  });
}

function onlyFor(
  chunks: readonly ActionResponseChunk[],
  askers: ReadonlyMap<string, string>,
): { askerId?: string } {
  const own = chunks.find((chunk) => !isForAll(chunk));
  const askerId = own && askers.get(own.action_id);
  return askerId === undefined ? {} : { askerId };
}

/** Who ran the actions that have output for their asker alone; most have none, and cost nothing. */
async function readAskers(
  queries: Kysely<Tables>,
  chunks: ReadonlyMap<string, ActionResponseChunk>,
): Promise<Map<string, string>> {
  const ids = new Set(
    [...chunks.values()].filter((chunk) => !isForAll(chunk)).map((chunk) => chunk.action_id),
  );
  if (ids.size === 0) return new Map();
  const rows = await queries
    .selectFrom("actions.actions")
    .select(["id", "user_id"])
    .where("id", "in", [...ids])
    .execute();
  return new Map(rows.map((row) => [row.id, row.user_id]));
}

function wasComplete(payload: JsonValue): boolean {
  return (
    typeof payload === "object" && payload !== null && "complete" in payload && payload["complete"] === true
  );
}

async function readActionsAsAdded(queries: Kysely<Tables>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never>();
  const rows = await queries
    .selectFrom("actions.actions as a")
    .select(actionColumns)
    .where("a.id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

async function readChunks(
  queries: Kysely<Tables>,
  rows: readonly { type: string; action_id: string | null; chunk_order: number | null }[],
): Promise<Map<string, ActionResponseChunk>> {
  if (rows.length === 0) return new Map();
  const wanted = rows.map((row) => ({
    action_id: row.action_id,
    first: row.type === "action-added" ? 1 : row.chunk_order,
    last: row.chunk_order,
  }));
  const found = await queries
    .selectFrom("actions.action_response_chunks as c")
    .innerJoin(
      sql<{
        action_id: string;
        first: number;
        last: number;
      }>`json_to_recordset(${JSON.stringify(wanted)}::json)`.as<"w">(
        sql`w(action_id uuid, first int, last int)`,
      ),
      (join) =>
        join.onRef("w.action_id", "=", "c.action_id").on(sql<boolean>`c."order" between w.first and w.last`),
    )
    .select(chunkColumns)
    .execute();
  return new Map(found.map((chunk) => [`${chunk.action_id}/${chunk.order}`, chunk]));
}
