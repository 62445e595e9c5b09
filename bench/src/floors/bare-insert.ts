import fastify from "fastify";
import { z } from "zod";
import { startEmbeddedPostgres } from "../../../packages/server/src/data/embedded/embedded-postgres.ts";
import { openDatabase } from "../../../packages/server/src/data/database.ts";
import { newId } from "../../../packages/server/src/data/uuid.ts";
import { silentLog, stopSignal } from "../lab/silent-log.ts";

/*
 * The floor of a recorded command: the same HTTP framework reads the same request, one prepared `insert` of one row
 * goes through a pool of the same settings into the same kind of store, and a constant is answered.
 */

const Options = z.object({
  /** Where to keep an embedded store; or the server's URL. */
  folder: z.string().optional(),
  databaseUrl: z.string().optional(),
  /** What to answer and to store: the document that the hall once answered. */
  answer: z.record(z.string(), z.unknown()),
});

const { folder, databaseUrl, answer } = Options.parse(JSON.parse(process.argv[2] ?? ""));
const embedded = folder === undefined ? undefined : await startEmbeddedPostgres({ folder, log: silentLog });
const database = openDatabase({ url: embedded?.url ?? databaseUrl ?? "", log: silentLog });
await database.pool.query(
  "create table if not exists bare_rows (id uuid primary key, document jsonb not null)",
);
const stored = JSON.stringify(answer);

const app = fastify({ logger: false });
app.post("/roll", async () => {
  await database.pool.query({
    name: "bare-insert",
    text: "insert into bare_rows (id, document) values ($1, $2)",
    values: [newId(), stored],
  });
  return answer;
});

const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`Floor is open at ${url}\n`);
await stopSignal();
await app.close();
await database.close();
await embedded?.stop();
