import { Migrator, type Migration } from "kysely/migration";
import type { Database } from "./database.ts";
import { up as firstTables } from "./migrations/0001-first-tables.ts";

/** The hall's own migrations, forward only, in the order of their names. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first-tables": { up: firstTables },
};

function migrator(database: Database): Migrator {
  return new Migrator({
    db: database.queries,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableName: "hall_migrations",
    migrationLockTableName: "hall_migrations_lock",
  });
}

/** Whether the store has had a migration; a new one has not. */
export async function hasMigrations(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ found: boolean }>(
    "select to_regclass('hall_migrations') is not null as found",
  );
  return rows[0]?.found ?? false;
}

/** Names of the migrations that the store has not had yet. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const all = await migrator(database).getMigrations();
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

/** Runs what is pending, in one transaction and under a lock. Returns the names of what ran. */
export async function migrateToLatest(database: Database): Promise<string[]> {
  const { error, results = [] } = await migrator(database).migrateToLatest();
  if (error !== undefined) throw error;
  return results.filter((result) => result.status === "Success").map((result) => result.migrationName);
}
