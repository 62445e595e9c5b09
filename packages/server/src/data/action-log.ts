import type { Chunk, JsonValue } from "@guildhall/sdk";
import type pg from "pg";
import { z } from "zod";
import { insertions, type RecordedRow } from "./modules/recorded-rows.ts";
import { StatementWithRows } from "./modules/statement-with-rows.ts";
import { storable, storableJson } from "./storable.ts";
import type { StoredActionError } from "./tables/actions.ts";
import { newId } from "./uuid.ts";

/** How an action ended. */
export interface ActionEnd {
  readonly state: "completed" | "failed" | "cancelled";
  readonly error: StoredActionError | null;
  readonly at: Date;
}

/** An action to be recorded in a thread. */
export interface NewAction {
  readonly id: string;
  readonly user_id: string;
  /** What the caller's token claims; the record is refused when it no longer holds. */
  readonly claim?: { readonly password_version: number; readonly session_id: string | null };
  readonly thread_id: string;
  readonly handler_name: string;
  readonly title: string;
  readonly raw_text: string;
  readonly request: JsonValue;
  readonly adapter: string;
  readonly created_at: Date;
  readonly runner_id: string | null;
  /** Present when it has run already: it is recorded complete, with its output. */
  readonly finished?: {
    readonly end: ActionEnd;
    readonly chunks: readonly StorableChunk[];
    /** What modules keep with it. */
    readonly rows: readonly RecordedRow[];
  };
  readonly idempotency?: { readonly key: string; readonly request_hash: string };
  /** Present when it was asked for in chat: who answers it there, and by which sealed address. */
  readonly chat?: {
    readonly channel_id: string;
    readonly identity_id: string;
    readonly reply: string;
    readonly server_id: string;
  };
}

/** What became of a {@link NewAction}: why it was refused, if it was. */
export type RecordResult = "recorded" | "user_refused" | "thread_not_found" | "key_taken";

/** The result of a write by the run of an action. */
export type ProgressResult =
  | { readonly status: "stored"; readonly cancelRequested: boolean; readonly threadIds: readonly string[] }
  /** The action has ended, or a later attempt runs it: this run must stop and can write nothing. */
  | { readonly status: "fenced" };

const RECORD = new StatementWithRows({
  name: "record-actions",
  of: "good",
  expressions: `
with item as (
  select * from json_to_recordset($1::json) as x(
    n int, id uuid, user_id uuid, password_version int, session_id uuid, thread_id uuid, handler_name text,
    title text, raw_text text, request jsonb, adapter text, created_at timestamptz, runner_id uuid,
    state text, error jsonb, completed_at timestamptz, chunk_count int, key text, request_hash text, link_id uuid,
    chat_channel_id uuid, chat_identity_id uuid, chat_reply text, chat_server_id uuid)
), person as (
  select item.n from item
  join people.users u on u.id = item.user_id and u.is_active
   and (item.password_version is null or u.password_version = item.password_version)
   and (item.chat_identity_id is null or exists (
     select 1 from people.identities i where i.id = item.chat_identity_id and i.user_id = item.user_id))
  left join people.sessions s on s.id = item.session_id
  where item.session_id is null or (s.revoked_at is null and s.expires_at > item.created_at)
), place as (
  select item.n from item join threads.threads t on t.id = item.thread_id
  where t.user_id = item.user_id or exists (
    select 1 from threads.thread_members m
    where m.thread_id = t.id and m.user_id = item.user_id and m.role = 'writer')
), keyed as (
  insert into actions.idempotency_keys (user_id, key, request_hash, action_id, created_at)
  select user_id, key, request_hash, id, created_at from item
  join person using (n) join place using (n) where key is not null
  on conflict do nothing returning action_id
), good as (
  select item.*, row_number() over (partition by thread_id order by n) as place_no
  from item join person using (n) join place using (n)
  where key is null or id in (select action_id from keyed)
), total as (
  select thread_id, count(*)::int as actions from good group by thread_id
), locked as (
  select t.id from threads.threads t where t.id in (select thread_id from total) order by t.id for update
), bumped as (
  update threads.threads t
  set last_seq = t.last_seq + total.actions, last_display_order = t.last_display_order + total.actions
  from total join locked on locked.id = total.thread_id where t.id = total.thread_id
  returning t.id, t.last_seq - total.actions as base_seq, t.last_display_order - total.actions as base_order
), new_action as (
  insert into actions.actions (id, user_id, handler_name, is_completed, created_at, completed_at, title, request,
    raw_text, state, error, adapter, runner_id, started_at, last_order)
  select id, user_id, handler_name, completed_at is not null, created_at, completed_at, title, request,
    raw_text, coalesce(state, 'accepted'), error, adapter, runner_id,
    case when completed_at is not null then created_at end, chunk_count
  from good
), new_link as (
  insert into threads.thread_actions (id, thread_id, action_id, display_order, show_question, show_answer)
  select g.link_id, g.thread_id, g.id, b.base_order + g.place_no, true, true
  from good g join bumped b on b.id = g.thread_id
), new_chunk as (
  insert into actions.action_response_chunks (id, action_id, "order", mime, text_content, binary_content, name, audience, created_at)
  select c.id, g.id, c.i, c.mime, c.text_content, decode(c.base64, 'base64'), c.name, c.audience, g.created_at
  from json_to_recordset($2::json) as c(
    n int, i int, id uuid, mime text, text_content text, base64 text, name text, audience text)
  join good g using (n)
), new_event as (
  insert into threads.thread_events (thread_id, seq, type, action_id, chunk_order, payload, created_at)
  select g.thread_id, b.base_seq + g.place_no, 'action-added', g.id, g.chunk_count,
         jsonb_build_object('complete', g.completed_at is not null), g.created_at
  from good g join bumped b on b.id = g.thread_id
), asked as (
  insert into chat.requests (action_id, channel_id, identity_id, reply, server_id, created_at)
  select id, chat_channel_id, chat_identity_id, chat_reply, chat_server_id, created_at
  from good where chat_channel_id is not null
), counted as (
  insert into state.counters (key, value)
  select 'c_' || replace(handler_name, ' ', '_') as key, count(*) from good group by 1 order by 1
  on conflict (key) do update set value = state.counters.value + excluded.value
), member as (
  insert into state.set_members (key, member)
  select distinct 'user_set', user_id::text from good order by 2 on conflict do nothing
), stamped as (
  insert into state.updated_times (key, updated_time)
  select x.key, max(good.created_at) from good cross join (values ('c_'), ('user_set')) as x(key) group by 1 order by 1
  on conflict (key) do update set updated_time = greatest(state.updated_times.updated_time, excluded.updated_time)
)`,
  result: `
select item.n, person.n is not null as person, place.n is not null as place, good.n is not null as recorded
from item left join person using (n) left join place using (n) left join good using (n)
order by item.n`,
});

const PROGRESS = new StatementWithRows({
  name: "store-progress",
  of: "fresh",
  expressions: `
with item as (
  select * from json_to_recordset($1::json) as x(
    n int, action_id uuid, attempt int, last_order int, chunk_count int, state text, error jsonb, at timestamptz, at_text text)
), target as (
  select item.n, a.id, a.last_order, a.cancel_requested_at is not null as cancel_requested, a.xmin as version
  from actions.actions a join item on a.id = item.action_id and a.attempt = item.attempt
  where not a.is_completed order by a.id for update of a
), seen as (
  select a.id, a.xmin as version from actions.actions a where a.id in (select action_id from item)
), fresh as (
  select item.*, case when item.state is null then 0 else 1 end as ends
  from item join target on target.n = item.n and target.last_order = item.last_order
  join seen on seen.id = target.id and seen.version = target.version
), changed as (
  update actions.actions a
  set last_order = a.last_order + fresh.chunk_count,
      is_completed = fresh.ends = 1,
      state = coalesce(fresh.state, a.state),
      error = fresh.error,
      completed_at = case when fresh.ends = 1 then fresh.at end
  from fresh where a.id = fresh.action_id
), piece as (
  select fresh.action_id, fresh.last_order, fresh.at, c.*
  from json_to_recordset($2::json) as c(
    n int, i int, id uuid, mime text, text_content text, base64 text, name text, audience text)
  join fresh using (n)
), stored as (
  insert into actions.action_response_chunks (id, action_id, "order", mime, text_content, binary_content, name, audience, created_at)
  select id, action_id, last_order + i, mime, text_content, decode(base64, 'base64'), name, audience, at from piece
), link as (
  select ta.thread_id, fresh.n, fresh.action_id, fresh.chunk_count, fresh.ends
  from threads.thread_actions ta join fresh on fresh.action_id = ta.action_id
), total as (
  select thread_id, sum(chunk_count + ends)::bigint as events from link group by thread_id
), locked as (
  select t.id from threads.threads t where t.id in (select thread_id from total) order by t.id for update
), bumped as (
  update threads.threads t set last_seq = t.last_seq + total.events
  from total join locked on locked.id = total.thread_id where t.id = total.thread_id
  returning t.id, t.last_seq - total.events as base
), placed as (
  select link.*, bumped.base + sum(link.chunk_count + link.ends) over (partition by link.thread_id order by link.n)
         - link.chunk_count - link.ends as base_seq
  from link join bumped on bumped.id = link.thread_id
), events as (
  insert into threads.thread_events (thread_id, seq, type, action_id, chunk_order, payload, created_at)
  select p.thread_id, p.base_seq + piece.i, 'action-response-chunk', p.action_id, piece.last_order + piece.i, null, piece.at
  from placed p join piece on piece.n = p.n
  union all
  select p.thread_id, p.base_seq + p.chunk_count + 1, 'action-completed', p.action_id, null,
         jsonb_build_object('state', fresh.state, 'error', fresh.error, 'completed_at', fresh.at_text), fresh.at
  from placed p join fresh on fresh.n = p.n where p.ends = 1
)`,
  result: `
select target.n, target.last_order, target.cancel_requested,
       not exists (select from seen where seen.id = target.id and seen.version = target.version) as outdated,
       array(select link.thread_id::text from link where link.n = target.n) as thread_ids
from target`,
});

const RecordRow = z.object({ n: z.number(), person: z.boolean(), place: z.boolean(), recorded: z.boolean() });
const ProgressRow = z.object({
  n: z.number(),
  last_order: z.number(),
  cancel_requested: z.boolean(),
  /** The row was changed while the statement waited for it, and perhaps the threads that hold it. */
  outdated: z.boolean(),
  thread_ids: z.array(z.string()),
});

/**
 * Records actions, each in its thread and with its event, and counts them (`user_set` and `c_<command>`), in one statement: all that hold, or for each the reason
 * why not. The caller's user and write access are checked in the same statement, so nothing can change in between.
 */
export async function recordActions(pool: pg.Pool, items: readonly NewAction[]): Promise<RecordResult[]> {
  const rows = items.map((item, n) => ({
    n,
    id: item.id,
    user_id: item.user_id,
    password_version: item.claim?.password_version,
    session_id: item.claim?.session_id,
    thread_id: item.thread_id,
    handler_name: item.handler_name,
    title: storable(item.title),
    raw_text: storable(item.raw_text),
    request: storableJson(item.request),
    adapter: item.adapter,
    created_at: item.created_at,
    runner_id: item.runner_id,
    state: item.finished?.end.state,
    error: item.finished?.end.error,
    completed_at: item.finished?.end.at,
    chunk_count: item.finished?.chunks.length ?? 0,
    key: item.idempotency?.key,
    request_hash: item.idempotency?.request_hash,
    link_id: newId(),
    chat_channel_id: item.chat?.channel_id,
    chat_identity_id: item.chat?.identity_id,
    chat_reply: item.chat?.reply,
    chat_server_id: item.chat?.server_id,
  }));
  const kept = insertions(items.map(({ finished }, n) => ({ n, rows: finished?.rows ?? [] })));
  const chunks = numbered(items.map(({ finished }, n) => ({ n, chunks: finished?.chunks ?? [] })));
  const { rows: found } = await pool.query(RECORD.with([JSON.stringify(rows), chunks], kept));
  return z
    .array(RecordRow)
    .parse(found)
    .map((row) => {
      if (row.recorded) return "recorded";
      if (!row.person) return "user_refused";
      return row.place ? "key_taken" : "thread_not_found";
    });
}

/** What a run has put out since `lastOrder`, and its end if it has ended. */
export interface Progress {
  readonly actionId: string;
  readonly attempt: number;
  readonly lastOrder: number;
  readonly chunks: readonly StorableChunk[];
  /** What modules keep with it; none where there are neither chunks nor an end, which make a repeated call harmless. */
  readonly rows: readonly RecordedRow[];
  readonly end?: ActionEnd;
  readonly at: Date;
}

/**
 * Stores the progress of runs, each of another action, in one statement with the events of every thread that holds
 * them. Repeating the same call after an unclear answer stores nothing twice.
 */
export async function storeProgress(pool: pg.Pool, items: readonly Progress[]): Promise<ProgressResult[]> {
  const results: ProgressResult[] = items.map(() => ({ status: "fenced" }));
  let waiting = items.map((_, n) => n);
  while (waiting.length > 0) {
    const given = JSON.stringify(waiting.flatMap((n) => progressRow(items[n], n)));
    const kept = insertions(waiting.map((n) => ({ n, rows: items[n]?.rows ?? [] })));
    const chunks = numbered(waiting.map((n) => ({ n, chunks: items[n]?.chunks ?? [] })));
    const { rows } = await pool.query(PROGRESS.with([given, chunks], kept));
    waiting = [];
    for (const row of z.array(ProgressRow).parse(rows)) {
      const item = items[row.n];
      if (!item) continue;
      // Nothing of it was stored: the statement began before another one's end, and cannot see what that one linked.
      if (row.outdated) waiting.push(row.n);
      else if (row.last_order === item.lastOrder || row.last_order === item.lastOrder + item.chunks.length) {
        results[row.n] = {
          status: "stored",
          cancelRequested: row.cancel_requested,
          threadIds: row.thread_ids,
        };
      }
    }
  }
  return results;
}

function progressRow(item: Progress | undefined, n: number) {
  if (!item) return [];
  const { end } = item;
  const at = end?.at ?? item.at;
  return [
    {
      n,
      action_id: item.actionId,
      attempt: item.attempt,
      last_order: item.lastOrder,
      chunk_count: item.chunks.length,
      state: end?.state,
      error: end?.error,
      at,
      at_text: at.toISOString(),
    },
  ];
}

/** The chunks of several items as one list of JSON, each with its item's number and its place among that item's. */
function numbered(
  items: readonly { readonly n: number; readonly chunks: readonly StorableChunk[] }[],
): string {
  return JSON.stringify(
    items.flatMap(({ n, chunks }) => chunks.map((chunk, index) => ({ n, i: index + 1, ...chunk }))),
  );
}

/** A chunk with its id, ready to be stored; the same object goes into a repeated call. */
export type StorableChunk = ReturnType<typeof chunkRow>;

/** Gives a chunk its id and a form that the store can hold. */
export function chunkRow(chunk: Chunk) {
  const audience: "thread" | "asker" = chunk.audience ?? "thread";
  return {
    id: newId(),
    mime: storable(chunk.mime),
    text_content: "text" in chunk ? storable(chunk.text) : null,
    base64: "bytes" in chunk ? Buffer.from(chunk.bytes).toString("base64") : null,
    name: chunk.name === undefined ? null : storable(chunk.name),
    audience,
  };
}
