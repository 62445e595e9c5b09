import { execFileSync, spawnSync } from "node:child_process";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Client, Pool } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually, processesNaming, runFixture } from "../../../tests/fixtures/run-fixture.ts";
import type { RunningFixture } from "../../../tests/fixtures/run-fixture.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import type { EmbeddedPostgres, UnexpectedExit } from "./embedded-postgres.ts";

const isRoot = process.geteuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };
const Started = z.object({ url: z.string(), host: z.string(), pid: z.number() });
const Failed = z.object({ code: z.string() });
const Written = z.object({ written: z.number() });

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

async function start(
  folder: string,
  onExit?: (exit: UnexpectedExit) => void,
): Promise<{ readonly store: EmbeddedPostgres; readonly logged: readonly string[] }> {
  const logged: string[] = [];
  const write = (_fields: object, message: string): void => void logged.push(message);
  const store = await startEmbeddedPostgres({
    folder,
    log: { debug: write, info: write, warn: write, error: write },
    ...(onExit === undefined ? {} : { onExit }),
  });
  stores.push(store);
  return { store, logged };
}

function owner(
  folder: string,
  options: { mode?: "write" | "stop"; path?: string; account?: typeof NOBODY } = {},
): RunningFixture {
  const fixture = runFixture({
    script: "embedded-store-owner.ts",
    args: [folder, ...(options.mode === undefined ? [] : [options.mode])],
    ...(options.path === undefined ? {} : { env: { PATH: options.path } }),
    ...(options.account === undefined ? {} : { account: options.account }),
  });
  fixtures.push(fixture);
  return fixture;
}

async function started(fixture: RunningFixture): Promise<z.infer<typeof Started>> {
  await eventually(() => fixture.said.length > 0 || fixture.errors() !== "", "the fixture says something");
  expect(fixture.errors()).toBe("");
  return Started.parse(fixture.said[0]);
}

async function query(url: string, text: string): Promise<unknown[]> {
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

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(status.slice(status.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Kills an owner and its store's processes so that none of them can act on the death of another. */
async function killAll(fixture: RunningFixture, pids: readonly number[]): Promise<void> {
  fixture.kill("SIGSTOP");
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await fixture.ended;
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** A search path on which only some programs can be found. */
async function onlyPrograms(...names: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(root, "bin-"));
  await chmod(folder, 0o755);
  for (const name of names) {
    const found = execFileSync("/bin/sh", ["-c", 'command -v "$1"', "sh", name]).toString().trim();
    await symlink(found, path.join(folder, name));
  }
  return folder;
}

describe("starting and stopping", () => {
  it("starts on an empty folder, keeps rows over a stop, and leaves no socket folder", async () => {
    const folder = path.join(root, "first", "store");
    const { store } = await start(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(store.connection.host)).mode & 0o777).toBe(0o700);
    expect(store.state).toBe("running");
    await query(store.url, "create table notes as select 'Grüße' as note");
    expect(
      await query(
        store.url,
        `select current_user::text as user, current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as tcp,
          current_setting('timezone') as zone, current_setting('server_encoding') as encoding,
          lower('ÄÖ') as lower`,
      ),
    ).toEqual([
      { user: "guildhall", fsync: "on", commit: "on", tcp: "", zone: "UTC", encoding: "UTF8", lower: "äö" },
    ]);
    await store.stop();
    expect(store.state).toBe("stopped");
    expect(await store.exited).toEqual({ code: 0, signal: null });
    expect(await isThere(store.connection.host)).toBe(false);

    const again = await start(folder);
    expect(await query(again.store.url, "select note from notes")).toEqual([{ note: "Grüße" }]);
  });

  it("starts in a folder with spaces and quotes in its name, and under a long temporary folder", async () => {
    const folder = path.join(root, `it's "my" hall`, "the store");
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = path.join(root, "x".repeat(100));
    try {
      const { store } = await start(folder);
      expect(path.dirname(store.connection.host)).toBe("/tmp");
      expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
      await store.stop();
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    }
  });

  it("refuses a store that a running process holds", async () => {
    const folder = path.join(root, "held");
    const { store } = await start(folder);
    await expect(start(folder)).rejects.toMatchObject({ code: "embedded_store_in_use" });
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("logs no statements and no values", async () => {
    const { store, logged } = await start(path.join(root, "quiet"));
    await query(store.url, "create table people (mail text primary key)");
    await query(store.url, "insert into people values ('ada@example.org')");
    await expect(query(store.url, "insert into people values ('ada@example.org')")).rejects.toThrow(
      /duplicate/,
    );
    await eventually(() => logged.some((line) => line.includes("duplicate key")), "the error is logged");
    expect(logged.join("\n")).not.toContain("ada@");
  });

  it("says that a path which is a file cannot be the store's folder", async () => {
    const file = path.join(root, "a-file");
    await writeFile(file, "");
    await expect(start(path.join(file, "store"))).rejects.toMatchObject({
      code: "embedded_store_unwritable",
    });
  });
});

describe("accounts", () => {
  // Without user namespaces another account must reach the programs themselves, which lie in the checkout.
  const mayBeAnother = isRoot && spawnSync(process.execPath, ["--version"], NOBODY).status === 0;

  it.skipIf(!isRoot)("(needs root) runs as root below a folder that only root may enter", async () => {
    const parent = path.join(root, "only-root");
    await mkdir(parent, { mode: 0o700 });
    const { store } = await start(path.join(parent, "store"));
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it.skipIf(!mayBeAnother)(
    "(needs root, and a checkout that others may enter) runs as nobody where user namespaces are off, and later where they are on",
    async () => {
      const folder = path.join(root, "no-namespaces", "store");
      await mkdir(path.dirname(folder));
      const fixture = owner(folder, { path: await onlyPrograms("flock", "rmdir") });
      const { url, host, pid } = await started(fixture);
      await query(url, "create table kept as select 7 as seven");
      expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
      fixture.kill("SIGKILL");
      await eventually(async () => !(await isThere(host)), "the socket folder goes away");

      const { store } = await start(folder);
      expect((await stat(`/proc/${store.pid}`)).uid).toBe(NOBODY.uid);
      expect(await query(store.url, "select seven from kept")).toEqual([{ seven: 7 }]);
    },
  );

  it.skipIf(!mayBeAnother)(
    "(needs root, and a checkout that others may enter) runs as nobody below a folder that only root may enter",
    async () => {
      const parent = path.join(root, "only-root-no-namespaces");
      await mkdir(parent, { mode: 0o700 });
      const programs = await onlyPrograms("flock", "rmdir", "setpriv");
      const { url, pid } = await started(owner(path.join(parent, "store"), { path: programs }));
      expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    },
  );

  it.skipIf(!isRoot)("(needs root) says why where no account can reach the folder", async () => {
    const parent = path.join(root, "unreachable");
    await mkdir(parent, { mode: 0o700 });
    const fixture = owner(path.join(parent, "store"), { path: await onlyPrograms("flock", "rmdir") });
    await fixture.ended;
    expect(Failed.parse(fixture.said[0]).code).toBe("embedded_store_unwritable");
  });

  it.skipIf(!mayBeAnother)(
    "(needs root, to become another, and a checkout that others may enter) runs as a normal user, who is told of a foreign folder",
    async () => {
      const parent = path.join(root, "normal");
      await mkdir(parent);
      await chown(parent, NOBODY.uid, NOBODY.gid);
      const { url } = await started(owner(path.join(parent, "store"), { account: NOBODY }));
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);

      const foreign = owner(path.join(root, "foreign"), { account: NOBODY });
      await foreign.ended;
      expect(Failed.parse(foreign.said[0]).code).toBe("embedded_store_unwritable");
    },
  );
});

describe("a full disk", () => {
  const mounts = isRoot && canMount();
  it.skipIf(!mounts)("(needs the right to mount) is named, and a later start succeeds", async () => {
    const small = path.join(root, "small");
    await mkdir(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", small]);
    try {
      const folder = path.join(small, "store");
      await expect(start(folder)).rejects.toMatchObject({ code: "embedded_store_disk_full" });
      expect(await readdir(folder)).toEqual([]);
      execFileSync("mount", ["-o", "remount,size=200m", small]);
      const { store } = await start(folder);
      await store.stop();
    } finally {
      execFileSync("umount", [small]);
    }
  });
});

describe("deaths", () => {
  it("keeps every acknowledged row when its owner is killed in mid-work", async () => {
    const folder = path.join(root, "killed");
    const fixture = owner(folder, { mode: "write" });
    const { host } = await started(fixture);
    await eventually(() => fixture.said.length > 300, "300 rows are acknowledged");
    fixture.kill("SIGKILL");

    const { store } = await start(folder);
    await fixture.ended;
    const acknowledged = Written.parse(fixture.said.at(-1)).written;
    const [row] = await query(store.url, "select count(*)::int as count, max(id) as last from rows");
    expect(row).toSatisfy((found: { count: number; last: number }) => found.count === found.last);
    expect(z.object({ last: z.number() }).parse(row).last).toBeGreaterThanOrEqual(acknowledged);
    await eventually(async () => !(await isThere(host)), "the dead owner's socket folder goes away");
  });

  it("recovers when the owner and every process of its store are killed", async () => {
    const folder = path.join(root, "all-killed");
    const fixture = owner(folder, { mode: "write" });
    const { host } = await started(fixture);
    await eventually(() => fixture.said.length > 100, "100 rows are acknowledged");
    await killAll(fixture, await processesNaming(folder));

    const { store } = await start(folder);
    const acknowledged = Written.parse(fixture.said.at(-1)).written;
    const [row] = await query(store.url, "select max(id) as last from rows");
    expect(z.object({ last: z.number() }).parse(row).last).toBeGreaterThanOrEqual(acknowledged);
    expect(await isThere(host)).toBe(false);
  });

  it("stops the server of a dead owner that nothing else is stopping", async () => {
    const folder = path.join(root, "orphan");
    const fixture = owner(folder);
    const { pid } = await started(fixture);
    const all = await processesNaming(folder);
    await killAll(
      fixture,
      all.filter((other) => other !== pid),
    );

    const { store, logged } = await start(folder);
    expect(store.pid).not.toBe(pid);
    expect(logged).toContain("Stopping the PostgreSQL server that an earlier process left");
  });

  it("leaves a process alone that got the process id of a dead server", async () => {
    const folder = path.join(root, "reused");
    const first = await start(folder);
    await first.store.stop();
    const bystander = runFixture({ script: "data-folder-claimant.ts", args: [path.join(root, "bystander")] });
    fixtures.push(bystander);
    await eventually(() => bystander.said.length > 0, "the bystander runs");
    const cluster = path.join(folder, "cluster");
    const stale = [bystander.pid, cluster, 1, 5432, "/tmp/gone", "", " 1 1", "ready"].join("\n");
    await writeFile(path.join(cluster, "postmaster.pid"), `${stale}\n`);
    const { uid, gid } = await stat(cluster);
    await chown(path.join(cluster, "postmaster.pid"), uid, gid);

    const { store } = await start(folder);
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect((await processesNaming(path.join(root, "bystander"))).length).toBe(1);
  });

  it("leaves nothing half-made when its owner is killed during initdb", async () => {
    const folder = path.join(root, "half-made");
    const fixture = owner(folder);
    await eventually(async () => {
      const [name] = await readdir(folder).catch(() => []);
      return name !== undefined && (await isThere(path.join(folder, name, "global")));
    }, "initdb is at work");
    fixture.kill("SIGKILL");
    await fixture.ended;
    const { store } = await start(folder);
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
    await eventually(async () => (await readdir(folder)).join() === "cluster", "only the cluster is left");
  });

  it("makes the database where an earlier start did not come to it", async () => {
    const folder = path.join(root, "no-database");
    const first = await start(folder);
    await query(first.store.url.replace("@/guildhall", "@/postgres"), "drop database guildhall");
    await first.store.stop();
    const { store } = await start(folder);
    expect(await query(store.url, "select current_database()::text as name")).toEqual([
      { name: "guildhall" },
    ]);
  });

  it.for(["postmaster", "wrapper"] as const)(
    "restarts a killed server (%s) in the same place, and a pool heals",
    async (victim) => {
      const exits: UnexpectedExit[] = [];
      const { store } = await start(path.join(root, `restart-${victim}`), (exit) => exits.push(exit));
      const pool = new Pool({ connectionString: store.url, max: 2 });
      pool.on("error", () => undefined);
      try {
        await pool.query("create table kept as select 1 as one");
        for (let round = 1; round <= 2; round += 1) {
          const { pid } = store;
          const wrapper = await parentOf(pid);
          process.kill(victim === "postmaster" ? pid : wrapper, "SIGKILL");
          await eventually(() => exits.length === round, "the end is reported");
          // Without its wrapper the old server still answers for a moment.
          await eventually(() => ![0, pid].includes(store.pid), "another server stands");
          await eventually(
            () =>
              pool.query("select one from kept").then(
                (result) => result.rows.length === 1,
                () => false,
              ),
            "the pool heals",
          );
        }
        expect(exits.map((exit) => exit.restartIn)).toEqual([250, 500]);
      } finally {
        await pool.end();
      }
    },
  );

  it("stops while it waits to restart", async () => {
    const exits: UnexpectedExit[] = [];
    const { store } = await start(path.join(root, "stop-restarting"), (exit) => exits.push(exit));
    process.kill(store.pid, "SIGKILL");
    await eventually(() => exits.length === 1, "the end is reported");
    expect(store.state).toBe("restarting");
    await store.stop();
    expect(store.state).toBe("stopped");
    expect(await isThere(store.connection.host)).toBe(false);
  });

  it("survives the terminal's Ctrl-C to the owner's process group", async () => {
    const fixture = owner(path.join(root, "interrupted"));
    const { url, pid } = await started(fixture);
    process.kill(-fixture.pid, "SIGINT");
    await eventually(() => fixture.said.length > 1, "the owner saw the signal");
    expect(fixture.said[1]).toEqual({ interrupted: true });
    expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await processesNaming(path.join(root, "interrupted"))).toContain(pid);
  });
});

function canMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
