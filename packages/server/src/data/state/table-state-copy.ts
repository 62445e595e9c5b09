import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../tables/all-tables.ts";
import type { MarkStanding, StateChanges, StateCopy } from "./state-copy.ts";
import { StateEntry } from "./state-entry.ts";

const PAGE = 2000;
/** A snapshot: the oldest transaction under way, the next one, and those under way in between. */
const MARK = /^(\d+):\d+:[\d,]*$/;

const Counted = z.tuple([z.object({ count: z.int() })]);
const Snapshot = z.tuple([z.object({ mark: z.string() })]);

/** The state in the tables of a store, or of one transaction on it. */
export class TableStateCopy implements StateCopy {
  readonly #queries: Kysely<Tables>;

  constructor({ queries }: { readonly queries: Kysely<Tables> }) {
    this.#queries = queries;
  }

  async standingOf(mark: string): Promise<MarkStanding> {
    return MARK.test(mark) ? "followed" : "foreign";
  }

  /** As it stands at one instant. What the mark's snapshot did not see is due next time, also what was under way then. */
  async changedSince<Result>(
    mark: string | undefined,
    use: (changes: StateChanges) => Promise<Result>,
  ): Promise<Result> {
    return await this.#queries
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute(async (transaction) => {
        await sql`set local statement_timeout = 0`.execute(transaction);
        const { rows } = await sql`select pg_current_snapshot()::text as mark`.execute(transaction);
        const pages = new TableStateCopy({ queries: transaction }).entries(mark);
        return await use({ mark: Snapshot.parse(rows)[0].mark, pages });
      });
  }

  /** What was written since a mark, all when it is left out, page by page; in a repeatable-read transaction of one instant. */
  async *entries(mark?: string): AsyncIterable<readonly StateEntry[]> {
    for (let after = ""; ;) {
      const { rows } = await pageQuery({ mark, after }).execute(this.#queries);
      const page = z.array(StateEntry).parse(rows);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (page.length < PAGE || !last) return;
      after = last.key;
    }
  }

  async apply(entries: readonly StateEntry[]): Promise<number> {
    // Each entry's keys only where its time is newer than the one here. Sets grow, and never lose a member.
    const { rows } = await sql`
      with given as (
        select * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
          as x(key text, at timestamptz, documents jsonb, counters jsonb, sets jsonb)
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
      select count(*)::int as count from newer`.execute(this.#queries);
    return Counted.parse(rows)[0].count;
  }

  async merge(entries: readonly StateEntry[]): Promise<void> {
    await sql`
      with given as (
        select * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as x(counters jsonb, sets jsonb)
      ), counter as (
        insert into state.counters (key, value)
        select e.key, e.value::int8 from given, jsonb_each_text(counters) e order by e.key
        on conflict (key) do update set value = greatest(state.counters.value, excluded.value)
      )
      insert into state.set_members (key, member)
      select e.key, m from given, jsonb_each(sets) e, jsonb_array_elements_text(e.value) m order by e.key, m
      on conflict do nothing`.execute(this.#queries);
  }

  /** Empties the tables. */
  async clear(): Promise<void> {
    for (const table of ["documents", "counters", "set_members", "updated_times"] as const) {
      await this.#queries.deleteFrom(`state.${table}`).execute();
    }
  }
}

function pageQuery({ mark, after }: { readonly mark: string | undefined; readonly after: string }) {
  const columns = sql`key, to_char(updated_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;
  const page = sql`where key > ${after} order by key limit ${PAGE}`;
  // Materialised, so that the cost follows what changed: the order by key would lead the planner through all keys.
  const pages =
    mark === undefined
      ? sql`page as (select ${columns} from state.updated_times ${page})`
      : sql`changed as materialized (
              select key, updated_time from state.updated_times
              where changed_in >= ${MARK.exec(mark)?.[1]}::int8
                and not pg_visible_in_snapshot(changed_in::text::xid8, ${mark}::pg_snapshot)
            ), page as (select ${columns} from changed ${page})`;
  return sql`
    with ${pages}
    select p.key, p.at, coalesce(d.found, '{}') as documents, coalesce(c.found, '{}') as counters,
           coalesce(s.found, '{}') as sets
    from page p
    left join lateral (select json_object_agg(key, value) as found from (${namedIn("documents")}) n) d on true
    left join lateral (select json_object_agg(key, value::text) as found from (${namedIn("counters")}) n) c on true
    left join lateral (select json_object_agg(key, members) as found from (
      select key, json_agg(member order by member) as members from (${namedIn("set_members")}) n group by key
    ) as sets) s on true
    order by p.key`;
}

/** The rows of what a page's key stands for: the one time of all counters of commands stands for every key that begins so. */
function namedIn(table: "documents" | "counters" | "set_members") {
  const rows = sql.table(`state.${table}`);
  return sql`
    select * from ${rows} t where t.key = p.key and p.key <> 'c_'
    union all select * from ${rows} t where p.key = 'c_' and starts_with(t.key, 'c_')`;
}
