import { sql, type Kysely } from "kysely";
import { z } from "zod";
import type { Tables } from "../tables/all-tables.ts";
import { StateEntry } from "./state-entry.ts";

const PAGE = 500;

/** Every key of the state's tables, page by page; in a repeatable-read transaction all as of one instant. */
export async function* tableEntries(queries: Kysely<Tables>): AsyncIterable<readonly StateEntry[]> {
  for (let after = ""; ;) {
    const { rows } = await sql`
      with page as (
        select key, updated_time from state.updated_times where key > ${after} order by key limit ${PAGE}
      )
      select p.key, to_char(extract(epoch from p.updated_time), 'FM99999999999990.000000') as at,
        coalesce((select json_object_agg(key, value) from state.documents d where d.key = p.key), '{}') as documents,
        coalesce((select json_object_agg(key, value::text) from state.counters c
          where c.key = p.key or (p.key = 'c_' and starts_with(c.key, 'c_'))), '{}') as counters,
        coalesce((select json_object_agg(key, members) from (
          select key, json_agg(member order by member) as members from state.set_members s
          where s.key = p.key group by key) as sets), '{}') as sets
      from page p order by p.key`.execute(queries);
    const entries = z.array(StateEntry).parse(rows);
    if (entries.length > 0) yield entries;
    const last = entries.at(-1);
    if (entries.length < PAGE || !last) return;
    after = last.key;
  }
}

/** Writes entries into empty tables. */
export async function fillTables(queries: Kysely<Tables>, entries: readonly StateEntry[]): Promise<void> {
  await sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
        as x(key text, at text, documents jsonb, counters jsonb, sets jsonb)
    ), document as (
      insert into state.documents (key, value) select e.key, e.value from given, jsonb_each(documents) e
    ), counter as (
      insert into state.counters (key, value) select e.key, e.value::int8 from given, jsonb_each_text(counters) e
    ), member as (
      insert into state.set_members (key, member)
      select e.key, m from given, jsonb_each(sets) e, jsonb_array_elements_text(e.value) m
    )
    insert into state.updated_times (key, updated_time)
    select key, to_timestamp(at::numeric(20, 6)) from given`.execute(queries);
}

/** Empties the state's tables. */
export async function clearTables(queries: Kysely<Tables>): Promise<void> {
  for (const table of ["documents", "counters", "set_members", "updated_times"] as const) {
    await queries.deleteFrom(`state.${table}`).execute();
  }
}
