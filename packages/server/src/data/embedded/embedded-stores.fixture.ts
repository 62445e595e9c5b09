import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { z } from "zod";
import { eventually, processesNaming, runFixture } from "../../../tests/fixtures/run-fixture.ts";
import type { RunningFixture } from "../../../tests/fixtures/run-fixture.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import type { EmbeddedPostgres, UnexpectedExit } from "./embedded-postgres.ts";

/** An account that owns nothing. */
export const NOBODY = { uid: 65_534, gid: 65_534 };
const Started = z.object({ url: z.string(), host: z.string(), pid: z.number() });

/** Embedded stores of one test file, below a folder that only the file has. */
export interface EmbeddedStores {
  /** A path below that folder. */
  readonly place: (...names: string[]) => string;
  /** Starts a store in this process; it is stopped when the test ends. */
  readonly start: (
    folder: string,
    onExit?: (exit: UnexpectedExit) => void,
  ) => Promise<{ readonly store: EmbeddedPostgres; readonly logged: readonly string[] }>;
  /** Starts a store from a process of its own, which is killed when the test ends. */
  readonly owner: (
    folder: string,
    options?: { mode?: "write" | "stop"; path?: string; account?: typeof NOBODY },
  ) => RunningFixture;
  /** Has a fixture killed when the test ends. */
  readonly adopt: (fixture: RunningFixture) => RunningFixture;
  /** A search path on which only some programs can be found. */
  readonly onlyPrograms: (...names: string[]) => Promise<string>;
}

/** Embedded stores for the tests of this file, all ended when it is done: no process of theirs may be left then. */
export function useEmbeddedStores(): EmbeddedStores {
  let root = "";
  const stores: EmbeddedPostgres[] = [];
  const fixtures: RunningFixture[] = [];

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "embedded-postgres-test-"));
    await chmod(root, 0o755);
  });

  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) {
      fixture.kill("SIGKILL");
      await fixture.ended;
    }
    await Promise.all(stores.splice(0).map((store) => store.stop()));
  });

  afterAll(async () => {
    await eventually(async () => (await processesNaming(root)).length === 0, "no process survives the tests");
    await rm(root, { recursive: true });
  });

  const place = (...names: string[]) => path.join(root, ...names);
  const adopt = (fixture: RunningFixture) => {
    fixtures.push(fixture);
    return fixture;
  };
  return {
    place,
    adopt,
    start: async (folder, onExit) => {
      const logged: string[] = [];
      const write = (_fields: object, message: string): void => void logged.push(message);
      const store = await startEmbeddedPostgres({
        folder,
        log: { debug: write, info: write, warn: write, error: write },
        ...(onExit === undefined ? {} : { onExit }),
      });
      stores.push(store);
      return { store, logged };
    },
    owner: (folder, options = {}) =>
      adopt(
        runFixture({
          script: "embedded-store-owner.ts",
          args: [folder, ...(options.mode === undefined ? [] : [options.mode])],
          ...(options.path === undefined ? {} : { env: { PATH: options.path } }),
          ...(options.account === undefined ? {} : { account: options.account }),
        }),
      ),
    onlyPrograms: async (...names) => {
      const folder = await mkdtemp(place("bin-"));
      await chmod(folder, 0o755);
      for (const name of names) {
        const found = execFileSync("/bin/sh", ["-c", 'command -v "$1"', "sh", name]).toString().trim();
        await symlink(found, path.join(folder, name));
      }
      return folder;
    },
  };
}

/** Where the store is that a process has started. */
export async function started(fixture: RunningFixture): Promise<z.infer<typeof Started>> {
  await eventually(() => fixture.said.length > 0 || fixture.errors() !== "", "the fixture says something");
  expect(fixture.errors()).toBe("");
  return Started.parse(fixture.said[0]);
}

/** Asks a store by its address. */
export async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
}

/** Whether a file or folder is there. */
export async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
