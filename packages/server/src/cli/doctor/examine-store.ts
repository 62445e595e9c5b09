import { z } from "zod";
import type { Logger } from "pino";
import { openDatabase, type Database } from "../../data/database.ts";
import { hasMigrations, pendingMigrations } from "../../data/migrations.ts";
import { storeDifferences } from "../../data/schema/store-differences.ts";
import { ALL_TABLES } from "../../data/tables/all-tables.ts";
import { toError } from "../../kernel/to-error.ts";
import { doubtful, well, wrong, type Finding } from "./finding.ts";

const OLDEST_MAJOR = 15;
const CLOCK_MILLISECONDS = 2000;
const Facts = z.object({ version: z.coerce.number(), now: z.date() });

/**
 * Whether a store answers, and is one that this version can serve; `isReady` says whether a hall can open it without
 * changing its tables.
 */
export async function examineStore(given: {
  readonly url: string;
  /** Whether the hall runs the server itself, and its migrations too. */
  readonly isEmbedded: boolean;
  readonly log: Logger;
}): Promise<{ readonly findings: readonly Finding[]; readonly isReady: boolean }> {
  const database = openDatabase({ url: given.url, log: given.log, connections: 4 });
  try {
    const server = await examineServer(database);
    const tables = await examineTables(database, given);
    const isReady = tables.isReady && server.every(({ status }) => status !== "error");
    return { findings: [...server, ...tables.findings], isReady };
  } catch (error) {
    const detail = `The store cannot be reached (${toError(error).message}).`;
    const remedy = given.isEmbedded
      ? "See the log of the store in the data folder."
      : "See that PostgreSQL runs where GUILDHALL_DATABASE__URL says, and that its name and password are right.";
    return { findings: [wrong("store", detail, remedy)], isReady: false };
  } finally {
    await database.close();
  }
}

async function examineServer({ pool }: Database): Promise<Finding[]> {
  const asked = Date.now();
  const { rows } = await pool.query(
    "select current_setting('server_version_num') as version, clock_timestamp() as now",
  );
  const { version, now } = Facts.parse(rows[0]);
  const answered = Date.now();
  const major = Math.floor(version / 10_000);
  const server =
    major >= OLDEST_MAJOR
      ? well("store", `PostgreSQL ${major} answers in ${answered - asked} ms.`)
      : wrong("store", `PostgreSQL ${major} is too old.`, `Use PostgreSQL ${OLDEST_MAJOR} or newer.`);
  const off = Math.max(asked - now.getTime(), now.getTime() - answered);
  const clock =
    off <= CLOCK_MILLISECONDS
      ? well("clock", "This machine and the store agree on the time.")
      : doubtful(
          "clock",
          `This machine and the store differ by ${Math.round(off / 1000)} s.`,
          "Let both take their time from the network (NTP): sign-ins and schedules depend on it.",
        );
  return [server, clock];
}

async function examineTables(
  database: Database,
  { isEmbedded }: { isEmbedded: boolean },
): Promise<{ readonly findings: readonly Finding[]; readonly isReady: boolean }> {
  const notReady = (...findings: readonly Finding[]) => ({ findings, isReady: false });
  if (!(await hasMigrations(database))) {
    return notReady(well("tables", "The store is empty; the first start makes its tables."));
  }
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    const detail = `The store lacks ${pending.length} migration(s): ${pending.join(", ")}.`;
    return notReady(
      isEmbedded
        ? doubtful("tables", detail, "The next start brings it up to date by itself.")
        : wrong("tables", detail, 'Back the store up, then run "guildhall migrate".'),
    );
  }
  const differences = await storeDifferences({ pool: database.pool, tables: ALL_TABLES });
  if (differences.length === 0) {
    return { findings: [well("tables", "They are as this version expects them.")], isReady: true };
  }
  const remedy = "Use the store's own version of Guildhall, or restore the tables.";
  return notReady(...differences.map((difference) => wrong("tables", `The ${difference}.`, remedy)));
}
