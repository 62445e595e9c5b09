import { randomBytes } from "node:crypto";
import { withClient } from "./store-client.ts";
import type { Workshop } from "./workshop.ts";

const SERVER = { host: "127.0.0.1", port: 5432, user: "postgres" };

/** Why a benchmark that needs the server could not run. */
export const NO_SERVER = `no PostgreSQL server at ${SERVER.host}:${SERVER.port}.`;

/** The PostgreSQL server of this machine, on which a benchmark makes databases of its own. */
export interface DatabaseServer {
  readonly version: string;
  /** Makes an empty database, gone when the workshop closes. Resolves to its URL. */
  makeDatabase(): Promise<string>;
  /** Writes everything out, so that no side pays for what another has written. */
  checkpoint(): Promise<void>;
}

/** The server at its usual place; undefined where there is none. */
export async function databaseServer(workshop: Workshop): Promise<DatabaseServer | undefined> {
  const onServer = <Result>(use: Parameters<typeof withClient<Result>>[1]) =>
    withClient({ ...SERVER, database: "postgres" }, use);
  const version = await onServer(async (client) => {
    const { rows } = await client.query<{ server_version: string }>("show server_version");
    return rows[0]?.server_version ?? "of an unknown version";
  }).catch(() => undefined);
  if (version === undefined) return undefined;
  return {
    version,
    makeDatabase: async () => {
      const name = `guildhall_bench_${randomBytes(6).toString("hex")}`;
      await onServer((client) => client.query(`create database ${name}`));
      workshop.defer(
        async () => void (await onServer((client) => client.query(`drop database ${name} with (force)`))),
      );
      return `postgresql://${SERVER.user}@${SERVER.host}:${SERVER.port}/${name}`;
    },
    checkpoint: async () => await onServer(async (client) => void (await client.query("checkpoint"))),
  };
}
