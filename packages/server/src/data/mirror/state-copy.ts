import type pg from "pg";
import { z } from "zod";
import type { Database } from "../database.ts";
import { StateEntry } from "./mirror-format.ts";

const PAGE = 2000;

const STAMP = `to_char(updated_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const FOUND = `
  left join lateral (select json_object_agg(key, value) as found from (NAMED documents) n) d on true
  left join lateral (select json_object_agg(key, value::text) as found from (NAMED counters) n) c on true
  left join lateral (select json_object_agg(key, members) as found from (
    select key, json_agg(member order by member) as members from (NAMED set_members) n group by key
  ) as sets) s on true`.replaceAll(
  /NAMED (\w+)/g,
  // The one time of all counters of commands stands for every key that begins so.
  `select * from state.$1 t where t.key = p.key and p.key <> 'c_'
   union all select * from state.$1 t where p.key = 'c_' and starts_with(t.key, 'c_')`,
);
const ENTRIES = `
  select p.key, p.at, coalesce(d.found, '{}') as documents, coalesce(c.found, '{}') as counters,
         coalesce(s.found, '{}') as sets
  from page p ${FOUND} order by p.key`;
const ALL = `
  with page as (select key, ${STAMP} as at from state.updated_times where key > $1 order by key limit ${PAGE})
  ${ENTRIES}`;
// Materialised, so that the cost follows what changed: the order by key would lead the planner through all keys.
const CHANGED = `
  with changed as materialized (select key, updated_time from state.updated_times where changed_in >= $2),
       page as (select key, ${STAMP} as at from changed where key > $1 order by key limit ${PAGE})
  ${ENTRIES}`;

// Each entry's keys only where its stored time is newer than the one here. Sets grow, and never lose a member.
const APPLY = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as x(key text, at timestamptz, documents jsonb, counters jsonb, sets jsonb)
  ), newer as (
    insert into state.updated_times (key, updated_time) select key, at from given order by key
    on conflict (key) do update set updated_time = excluded.updated_time, changed_in = excluded.changed_in
    where state.updated_times.updated_time < excluded.updated_time
    returning key
  ), chosen as (select given.* from given join newer using (key)), document as (
    insert into state.documents (key, value) select e.key, e.value from chosen, jsonb_each(documents) e order by e.key
    on conflict (key) do update set value = excluded.value
  ), counter as (
    insert into state.counters (key, value)
    select e.key, e.value::int8 from chosen, jsonb_each_text(counters) e order by e.key
    on conflict (key) do update set value = excluded.value
  ), member as (
    insert into state.set_members (key, member)
    select e.key, m from chosen, jsonb_each(sets) e, jsonb_array_elements_text(e.value) m order by e.key, m
    on conflict do nothing
  )
  select count(*)::int as count from newer`;

// What was counted and gathered here before this store and the mirror had met is added to what is stored.
const MERGE = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as x(key text, at timestamptz, counters jsonb, sets jsonb)
  ), counter as (
    insert into state.counters (key, value)
    select e.key, e.value::int8 from given, jsonb_each_text(counters) e order by e.key
    on conflict (key) do update set value = greatest(state.counters.value, excluded.value)
  )
  insert into state.set_members (key, member)
  select e.key, m from given, jsonb_each(sets) e, jsonb_array_elements_text(e.value) m order by e.key, m
  on conflict do nothing`;

const Counted = z.tuple([z.object({ count: z.int() })]);
const Horizon = z.tuple([z.object({ mark: z.string() })]);

/** The state in the store's tables, as the mirror reads and writes it: with its times. */
export class StateCopy {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /**
   * Lends what was written since a mark (all, when left out) as it stands at one instant, page by page, and the mark
   * from which the next time has to begin. A write is never missed: the mark is the oldest transaction still under way.
   */
  async changedSince<Result>(
    mark: string | undefined,
    use: (changed: { mark: string; pages: AsyncIterable<readonly StateEntry[]> }) => Promise<Result>,
  ): Promise<Result> {
    const client = await this.#database.pool.connect();
    try {
      await client.query("begin isolation level repeatable read read only");
      await client.query("set local statement_timeout = 0");
      const { rows } = await client.query("select pg_snapshot_xmin(pg_current_snapshot())::text as mark");
      const next = Horizon.parse(rows)[0].mark;
      return await use({ mark: next, pages: pagesOf(client, mark) });
    } finally {
      client.release(true);
    }
  }

  /** Writes the entries that are newer than what is here, with their times. Returns how many were. */
  async apply(entries: readonly StateEntry[]): Promise<number> {
    const { rows } = await this.#database.pool.query(APPLY, [JSON.stringify(entries)]);
    return Counted.parse(rows)[0].count;
  }

  /** Adds members and raises counters to what the entries have, whatever the times; no time changes. */
  async merge(entries: readonly StateEntry[]): Promise<void> {
    await this.#database.pool.query(MERGE, [JSON.stringify(entries)]);
  }
}

async function* pagesOf(
  client: pg.PoolClient,
  mark: string | undefined,
): AsyncIterable<readonly StateEntry[]> {
  let after = "";
  for (;;) {
    const { rows } = await client.query(mark === undefined ? ALL : CHANGED, [
      after,
      ...(mark === undefined ? [] : [mark]),
    ]);
    const page = z.array(StateEntry).parse(rows);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) return;
    after = last.key;
  }
}
