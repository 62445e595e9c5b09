import { sql } from "kysely";
import { expect } from "vitest";
import { ALL_TABLES } from "../../../src/data/tables/all-tables.ts";
import type { Hall } from "../../../src/hall/open-hall.ts";

const PASSING = new Set(["people.sessions", "state.updated_times"]);

/**
 * How many rows each table has, and how often each command was used: what a refused request leaves alone. Uses are
 * counted a moment after the answer, each once, so that they come to as many as there are actions.
 */
export async function storedCounts(hall: Hall): Promise<Record<string, number>> {
  let counts: Record<string, number> = {};
  await expect
    .poll(async () => {
      counts = await readCounts(hall);
      const used = Object.entries(counts).filter(([key]) => key.startsWith("c_"));
      return used.reduce((sum, [, value]) => sum + value, 0) - (counts["actions.actions"] ?? 0);
    })
    .toBe(0);
  return counts;
}

async function readCounts(hall: Hall): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { schema, name: table } of ALL_TABLES) {
    const name = `${schema}.${table}`;
    if (PASSING.has(name)) continue;
    const { rows } = await sql<{ count: bigint }>`select count(*) as count from ${sql.table(name)}`.execute(
      hall.database.queries,
    );
    counts[name] = Number(rows[0]?.count);
  }
  const { rows } = await sql<{ key: string; value: bigint }>`
    select key, value from state.counters where starts_with(key, 'c_')`.execute(hall.database.queries);
  for (const { key, value } of rows) counts[key] = Number(value);
  return counts;
}
