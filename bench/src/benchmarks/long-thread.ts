import type { Client } from "pg";
import { makeThread, postJson, signIn, startHall } from "../lab/hall.ts";
import { putLoad } from "../lab/load.ts";
import { withEmbeddedStore } from "../lab/store-client.ts";
import { Workshop } from "../lab/workshop.ts";
import { median, type Benchmark, type Row } from "../report.ts";

const BUDGET = 1.5;
const PAGE = 50;
const SHORT = 1000;
const LONG = 1_000_000;
const LONG_QUICK = 20_000;
const PART = 100_000;

/** The last page of a very long thread beside that of a short one, and pages from the middle of both. */
export const longThread: Benchmark = {
  name: "long-thread",
  summary: "GET of a page of a thread with 1,000,000 actions",
  run: async ({ quick, progress }) => {
    await using workshop = new Workshop();
    const dataFolder = await workshop.folder();
    const hall = await startHall(workshop, { dataFolder });
    const headers = await signIn(workshop, hall);
    const long = { actions: quick ? LONG_QUICK : LONG, id: await makeThread(hall.url, headers) };
    const short = { actions: SHORT, id: await makeThread(hall.url, headers) };
    const begun = performance.now();
    for (const { id, actions } of [short, long]) {
      // One real action, which the store then repeats.
      const url = `${hall.url}/api/v1/commands/roll?thread_id=${id}`;
      await postJson(url, { expression: "4d6kh3", purpose: "damage" }, headers);
      await withEmbeddedStore(dataFolder, (client) => fill(client, { threadId: id, actions }));
    }
    await withEmbeddedStore(dataFolder, async (client) => {
      await client.query("vacuum analyze");
      await client.query("checkpoint");
    });
    progress(`filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);

    const rounds = quick ? 2 : 6;
    const seconds = quick ? 1 : 3;
    const pages = [
      { name: "last page", before: () => "" },
      { name: "page in the middle", before: (actions: number) => `&before=${Math.floor(actions / 2)}` },
    ];
    const rows: Row[] = [];
    for (const { name, before } of pages) {
      const times: { p50: number[]; p99: number[] }[] = [];
      for (let round = -1; round < rounds; round += 1) {
        for (const [index, { id, actions }] of [long, short].entries()) {
          const url = `${hall.url}/api/v1/threads/${id}?limit=${PAGE}${before(actions)}`;
          const load = await putLoad(workshop, { url, headers, method: "GET", connections: 1, seconds });
          // The first round warms the cache.
          if (round < 0) continue;
          const side = (times[index] ??= { p50: [], p99: [] });
          side.p50.push(load.p50);
          side.p99.push(load.p99);
        }
      }
      for (const part of ["p50", "p99"] as const) {
        const [ofLong, ofShort] = times.map((side) => median(side[part]));
        const ratio = (ofLong ?? Number.NaN) / (ofShort ?? Number.NaN);
        rows.push({
          measure: `${name}, ${part}`,
          hall: `${ofLong?.toFixed(2)} ms of ${long.actions.toLocaleString("en")}`,
          floor: `${ofShort?.toFixed(2)} ms of ${short.actions.toLocaleString("en")}`,
          ratio,
          budget: `<= ${BUDGET.toFixed(2)}`,
          met: ratio <= BUDGET,
        });
      }
    }
    return {
      rows,
      notes: [
        `One connection; pages of ${PAGE} actions, each with two chunks. The peer is the same hall's short thread. ${rounds} rounds of ${seconds} s in turn.`,
      ],
    };
  },
};

/** Repeats a thread's one action with its chunks and its event until the thread has so many. */
async function fill(client: Client, options: { threadId: string; actions: number }): Promise<void> {
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
    "update threads.threads set last_seq = $2::int, last_display_order = $2::int where id = $1",
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
   select $1, n, e.type, fresh.id, e.chunk_order, e.payload, e.created_at
   from fresh cross join threads.thread_events e where e.thread_id = $1 and e.seq = 1 order by n`,
];
