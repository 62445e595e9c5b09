import { sql } from "kysely";
import type { Database } from "../database.ts";

/** Where the state of a hall lies. */
export type StateBackend = "table" | "redis";

/** Where the store says that its hall's state lies. */
export async function statePlace({ queries }: Pick<Database, "queries">): Promise<StateBackend> {
  const row = await queries.selectFrom("state.places").select("backend").executeTakeFirst();
  return row?.backend ?? "table";
}

/** Notes where the state lies from now on. */
export async function setStatePlace(
  { queries }: Pick<Database, "queries">,
  backend: StateBackend,
  since: Date,
): Promise<void> {
  await queries
    .insertInto("state.places")
    .values({ is_only: true, backend, since })
    .onConflict((conflict) => conflict.column("is_only").doUpdateSet({ backend, since }))
    .execute();
}

/** Whether the state's tables hold nothing, as in a new store. */
export async function stateTablesAreEmpty({ queries }: Pick<Database, "queries">): Promise<boolean> {
  const { rows } = await sql<{ empty: boolean }>`
    select not exists (select from state.documents) and not exists (select from state.counters)
      and not exists (select from state.set_members) and not exists (select from state.count_parcels) as empty`.execute(
    queries,
  );
  return rows[0]?.empty ?? false;
}
