import type { Logger } from "@guildhall/sdk";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Tables } from "./tables/all-tables.ts";

const INT8_OID = 20;

/** An open store: the pool for prepared statements on hot paths, the query builder for everything else. */
export interface Database {
  readonly pool: pg.Pool;
  readonly queries: Kysely<Tables>;
  close(): Promise<void>;
}

/**
 * Opens a store by its PostgreSQL URL. Connections are made when first used; an idle connection that breaks is
 * logged and replaced, and never ends the process. 64-bit integers come back as bigint.
 *
 * @param options.connections at most this many at once; a statement waits up to 10 s for one
 */
export function openDatabase(options: { url: string; log: Logger; connections?: number }): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: "guildhall",
    // Compiling a statement takes the server a fifth of a second, longer than any of the hall's runs.
    options: "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=15000 -c jit=off",
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8_OID && format !== "binary" ? BigInt : pg.types.getTypeParser(oid, format ?? "text"),
    },
  });
  let closing = false;
  // One that is lent out when the store dies has nobody else who listens, and would end the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", (error) => {
    if (!closing) options.log.warn({ err: error }, "a store connection broke");
  });
  const queries = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    pool,
    queries,
    close: async () => {
      closing = true;
      await queries.destroy();
      // The query builder ends only a pool that it has used.
      if (!pool.ended) await pool.end();
    },
  };
}
