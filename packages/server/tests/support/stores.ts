import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import { inject } from "vitest";
import { DATABASE_PREFIX, databaseUrl, dropDatabase, withClient, type ProvidedStore } from "./databases.ts";

declare module "vitest" {
  interface ProvidedContext {
    stores: ProvidedStore[];
    /** Whether the emulators of object stores can be started. */
    emulators: boolean;
    /** Whether `redis-server` is installed. */
    redis: boolean;
  }
}

/** A fresh database of one test file. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A PostgreSQL server on which a suite runs. */
export interface TestStore {
  readonly name: ProvidedStore["name"];
  /** A database with the hall's tables; with `empty` one without any. */
  createDatabase(options?: { empty?: boolean }): Promise<TestDatabase>;
}

/** The stores of this run, for `describe.each(stores())`: the embedded one, and a server where there is one. */
export function stores(): TestStore[] {
  return inject("stores").map(({ name, url, template }) => ({
    name,
    createDatabase: async ({ empty = false } = {}) => {
      const database = `${DATABASE_PREFIX}${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString("hex")}`;
      const quoted = escapeIdentifier(database);
      await withClient(url, async (client) => {
        const from = empty ? "" : ` template ${escapeIdentifier(template)}`;
        await client.query(`create database ${quoted}${from}`);
        // The tests stop halls, never the server: what is acknowledged need not be on disk.
        await client.query(`alter database ${quoted} set synchronous_commit = off`);
      });
      return { url: databaseUrl(url, database), drop: () => dropDatabase(url, database) };
    },
  }));
}
