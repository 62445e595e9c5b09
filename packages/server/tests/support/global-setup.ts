import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Client, escapeIdentifier } from "pg";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/data/database.ts";
import { startEmbeddedPostgres } from "../../src/data/embedded/embedded-postgres.ts";
import { migrateToLatest } from "../../src/data/migrations.ts";
import { DATABASE_PREFIX, databaseUrl, dropDatabase, withClient, type ProvidedStore } from "./databases.ts";
import { emulatorsAreThere, installEmulators } from "./emulators.ts";
import { REDIS_PROGRAM } from "./redis-server.ts";
import { silentLog } from "./silent-log.ts";

const FOLDER_PREFIX = "guildhall-test-store-";
const DAY_MILLISECONDS = 86_400_000;
const DEFAULT_SERVER = "postgresql://postgres@127.0.0.1:5432/test";

/** Starts the stores that the suites run on, each with a migrated template from which test files copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeOldFolders();
  const folder = await mkdtemp(path.join(os.tmpdir(), FOLDER_PREFIX));
  const embedded = await startEmbeddedPostgres({ folder, log: silentLog });
  const stores: ProvidedStore[] = [];
  const end = async (): Promise<void> => {
    for (const { url, template } of stores) await dropDatabase(url, template);
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // The tests stop halls, never this server: nothing here has to survive its end.
    await withClient(embedded.url, async (client) => {
      await client.query("alter system set fsync = off");
      await client.query("select pg_reload_conf()");
    });
    stores.push(await prepare({ name: "embedded", url: embedded.url }));
    const server = process.env["GUILDHALL_TEST_DATABASE_URL"] ?? DEFAULT_SERVER;
    const fault = await whyUnreachable(server);
    if (fault === undefined) {
      await dropOldDatabases(server);
      stores.push(await prepare({ name: "server", url: server }));
    } else {
      sayOrRefuse(fault);
    }
  } catch (error) {
    await end();
    throw error;
  }
  project.provide("stores", stores);
  project.provide("emulators", await emulatorsStand());
  project.provide("redis", redisIsThere());
  return end;
}

async function emulatorsStand(): Promise<boolean> {
  if (emulatorsAreThere()) return true;
  const fault = await installEmulators();
  if (fault === undefined) return true;
  if (process.env["CI"] === "true") throw new Error(`${fault} Under CI the suites must run on them.`);
  process.stderr.write(`\n${fault}\nThe suites of Azure Blob Storage and S3 do not run.\n\n`);
  return false;
}

function redisIsThere(): boolean {
  if (spawnSync(REDIS_PROGRAM, ["--version"]).status === 0) return true;
  const fault = `There is no ${REDIS_PROGRAM}: install Redis 7 or Valkey.`;
  if (process.env["CI"] === "true") throw new Error(`${fault} Under CI the suites must run on it.`);
  process.stderr.write(`\n${fault}\nThe suites of the state on Redis do not run.\n\n`);
  return false;
}

async function prepare(store: { name: ProvidedStore["name"]; url: string }): Promise<ProvidedStore> {
  const template = `${DATABASE_PREFIX}${Math.floor(Date.now() / 1000)}_template_${randomBytes(4).toString("hex")}`;
  await withClient(store.url, (client) => client.query(`create database ${escapeIdentifier(template)}`));
  const database = openDatabase({ url: databaseUrl(store.url, template), log: silentLog });
  try {
    await migrateToLatest(database);
  } finally {
    await database.close();
  }
  return { ...store, template };
}

async function whyUnreachable(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    const { host } = new URL(url);
    return `No PostgreSQL server answers at ${host} (${reason}): install PostgreSQL 15 or newer and start it, or name one by GUILDHALL_TEST_DATABASE_URL (an account that may create databases).`;
  }
}

function sayOrRefuse(fault: string): void {
  if (process.env["CI"] === "true") throw new Error(`${fault} Under CI the suites must run on both stores.`);
  process.stderr.write(
    `\n${fault}\nThe suites run on the embedded store only; their "server" half does not run.\n\n`,
  );
}

/** Databases of runs that were killed; the time is in the name. */
async function dropOldDatabases(url: string): Promise<void> {
  const oldest = (Date.now() - DAY_MILLISECONDS) / 1000;
  const found = await withClient(url, (client) =>
    client.query<{ datname: string }>("select datname from pg_database where starts_with(datname, $1)", [
      DATABASE_PREFIX,
    ]),
  );
  for (const { datname } of found.rows) {
    const made = Number(datname.slice(DATABASE_PREFIX.length).split("_")[0]);
    if (made < oldest) await dropDatabase(url, datname);
  }
}

async function removeOldFolders(): Promise<void> {
  const names = await readdir(os.tmpdir());
  for (const name of names.filter((found) => found.startsWith(FOLDER_PREFIX))) {
    const folder = path.join(os.tmpdir(), name);
    const made = await stat(folder).catch(() => undefined);
    if (made && Date.now() - made.mtimeMs > DAY_MILLISECONDS) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}
