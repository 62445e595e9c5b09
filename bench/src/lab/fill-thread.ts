import type { Client } from "pg";

const PART = 100_000;

/** Repeats a thread's one action with its chunks and its event until the thread has so many. */
export async function fillThread(
  client: Client,
  options: { threadId: string; actions: number },
): Promise<void> {
  const { threadId, actions } = options;
  // Without the checks of foreign keys, which would look up what the same statement has just made.
  await client.query("set session_replication_role = replica");
  await client.query("create temp table fresh (n int primary key, id uuid not null)");
  for (let done = 1; done < actions; done += PART) {
    const last = Math.min(actions, done + PART);
    await client.query("truncate fresh");
    await client.query(
      "insert into fresh select n, uuidv7() from generate_series($1::int, $2::int) n order by n",
      [done + 1, last],
    );
    for (const statement of REPEAT) await client.query(statement, [threadId]);
  }
  await client.query(
    "update threads.threads set last_seq = last_seq + $2::int - 1, last_display_order = $2::int where id = $1",
    [threadId, actions],
  );
  await client.query("drop table fresh");
}

const FIRST = "(select action_id from threads.thread_actions where thread_id = $1 and display_order = 1)";
const REPEAT = [
  `insert into actions.actions (id, user_id, handler_name, is_completed, created_at, completed_at, title, request,
     raw_text, state, error, adapter, started_at, last_order)
   select fresh.id, a.user_id, handler_name, is_completed, created_at, completed_at, title, request, raw_text, state,
     error, adapter, started_at, last_order
   from fresh cross join actions.actions a where a.id = ${FIRST} order by n`,
  `insert into actions.action_response_chunks (id, action_id, "order", mime, text_content, name, created_at)
   select uuidv7(), fresh.id, c."order", mime, text_content, name, created_at
   from fresh cross join actions.action_response_chunks c where c.action_id = ${FIRST} order by n, c."order"`,
  `insert into threads.thread_actions (id, thread_id, action_id, display_order, show_question, show_answer)
   select gen_random_uuid(), $1, id, n, true, true from fresh order by n`,
  `insert into threads.thread_events (thread_id, seq, type, action_id, chunk_order, payload, created_at)
   select $1, t.last_seq + n - 1, e.type, fresh.id, e.chunk_order, e.payload, e.created_at
   from fresh cross join threads.thread_events e join threads.threads t on t.id = e.thread_id
   where e.thread_id = $1 and e.seq = 1 order by n`,
];
