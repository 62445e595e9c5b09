import fastify from "fastify";
import pg from "pg";
import { startEmbeddedPostgres } from "../../../packages/server/src/data/embedded/embedded-postgres.ts";
import { silentLog, stopSignal } from "../lab/silent-log.ts";

/*
 * The floor of the start: the embedded store, started as the hall starts it, and a bare HTTP server that answers
 * with one `select 1`. Its processes below this one are also the embedded store alone, whose memory is measured.
 */

const embedded = await startEmbeddedPostgres({ folder: process.argv[2] ?? "", log: silentLog });
const pool = new pg.Pool({ connectionString: embedded.url });
pool.on("error", () => undefined);

const app = fastify({ logger: false });
app.get("/health", async () => {
  await pool.query("select 1");
  return { status: "healthy" };
});

const url = await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`Floor is open at ${url}\n`);
await stopSignal();
await app.close();
await pool.end();
await embedded.stop();
