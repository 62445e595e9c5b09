import type pg from "pg";
import { Migrator, type Migration } from "kysely/migration";
import type { Database } from "./database.ts";
import { up as firstTables } from "./migrations/0001-first-tables.ts";
import { up as invitations } from "./migrations/0010-invitations.ts";
import { up as chunkAudience } from "./migrations/0020-chunk-audience.ts";
import { up as chat } from "./migrations/0021-chat.ts";
import { up as chatInstallations } from "./migrations/0022-chat-installations.ts";
import { up as moduleTables } from "./migrations/0030-module-tables.ts";
import { up as services } from "./migrations/0040-services.ts";
import { up as statePlace } from "./migrations/0041-state-place.ts";
import { up as mirror } from "./migrations/0045-mirror.ts";
import { up as passwordLinks } from "./migrations/0050-password-links.ts";

/** The hall's own migrations, forward only, in the order of their names. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first-tables": { up: firstTables },
  "0010-invitations": { up: invitations },
  "0020-chunk-audience": { up: chunkAudience },
  "0021-chat": { up: chat },
  "0022-chat-installations": { up: chatInstallations },
  "0030-module-tables": { up: moduleTables },
  "0040-services": { up: services },
  "0041-state-place": { up: statePlace },
  "0045-mirror": { up: mirror },
  "0050-password-links": { up: passwordLinks },
};

function migrator(database: Database, migrations = MIGRATIONS): Migrator {
  return new Migrator({
    db: database.queries,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // The numbers are handed out in ranges: a store may have had a higher one before a lower one is written.
    allowUnorderedMigrations: true,
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
  const executed = await executedMigrations(database);
  return Object.keys(MIGRATIONS).filter((name) => !executed.has(name));
}

/** Names of the migrations of this version that the store has had. */
export async function doneMigrations(database: Database): Promise<string[]> {
  const executed = await executedMigrations(database);
  return Object.keys(MIGRATIONS).filter((name) => executed.has(name));
}

/** Names of all migrations that the store has had, also of those that this version does not know. */
async function executedMigrations(database: Database): Promise<ReadonlySet<string>> {
  if (!(await hasMigrations(database))) return new Set();
  const { rows } = await database.pool.query<{ name: string }>("select name from hall_migrations");
  return new Set(rows.map(({ name }) => name));
}

/**
 * Runs those of the named migrations that a store has not had, and no others. Returns the names that this version does
 * not know; when there are any, nothing runs.
 */
export async function migrateExactly(database: Database, names: readonly string[]): Promise<string[]> {
  const unknown = names.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) return unknown;
  const done = await doneMigrations(database);
  // The migrator wants to know those that were done, too.
  const wanted = new Set([...names, ...done]);
  const some = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => wanted.has(name)));
  const { error } = await alone(database.pool, () => migrator(database, some).migrateToLatest());
  if (error !== undefined) throw error;
  return [];
}

/** Runs what is pending, in one transaction and under a lock. Returns the names of what ran. */
export async function migrateToLatest(database: Database): Promise<string[]> {
  // Nearly every start finds nothing to do; the migrator reads the whole catalogue to find that.
  const executed = await executedMigrations(database);
  const names = Object.keys(MIGRATIONS);
  if (names.length === executed.size && names.every((name) => executed.has(name))) return [];
  const { error, results = [] } = await alone(database.pool, () => migrator(database).migrateToLatest());
  if (error !== undefined) throw error;
  return results.filter((result) => result.status === "Success").map((result) => result.migrationName);
}

/**
 * Does work on the store's tables while nobody else does, in any server. Both migrators, the hall's and the job
 * engine's, need that: the hall's reads the catalogue of every schema, and cannot while a table of it is being changed.
 */
export async function alone<Result>(pool: pg.Pool, work: () => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock(hashtextextended('guildhall migrations', 0))");
    return await work();
  } finally {
    // The connection ends with its lock.
    client.release(true);
  }
}
