import { chown, readFile, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Pool } from "pg";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually, processesNaming, runFixture } from "../../../tests/fixtures/run-fixture.ts";
import type { RunningFixture } from "../../../tests/fixtures/run-fixture.ts";
import type { UnexpectedExit } from "./embedded-postgres.ts";
import { isThere, query, started, useEmbeddedStores } from "./embedded-stores.fixture.ts";

const Written = z.object({ written: z.number() });
const { adopt, owner, place, start } = useEmbeddedStores();

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

describe("deaths of the store and its owner", () => {
  it("keeps every acknowledged row when its owner is killed in mid-work", async () => {
    const folder = place("killed");
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
    const folder = place("all-killed");
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
    const folder = place("orphan");
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
    const folder = place("reused");
    const first = await start(folder);
    await first.store.stop();
    const bystander = adopt(runFixture({ script: "data-folder-claimant.ts", args: [place("bystander")] }));
    await eventually(() => bystander.said.length > 0, "the bystander runs");
    const cluster = path.join(folder, "cluster");
    const stale = [bystander.pid, cluster, 1, 5432, "/tmp/gone", "", " 1 1", "ready"].join("\n");
    await writeFile(path.join(cluster, "postmaster.pid"), `${stale}\n`);
    const { uid, gid } = await stat(cluster);
    await chown(path.join(cluster, "postmaster.pid"), uid, gid);

    const { store } = await start(folder);
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect((await processesNaming(place("bystander"))).length).toBe(1);
  });

  it("leaves nothing half-made when its owner is killed during initdb", async () => {
    const folder = place("half-made");
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
    const folder = place("no-database");
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
      const { store } = await start(place(`restart-${victim}`), (exit) => exits.push(exit));
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
    const { store } = await start(place("stop-restarting"), (exit) => exits.push(exit));
    process.kill(store.pid, "SIGKILL");
    await eventually(() => exits.length === 1, "the end is reported");
    expect(store.state).toBe("restarting");
    await store.stop();
    expect(store.state).toBe("stopped");
    expect(await isThere(store.connection.host)).toBe(false);
  });

  it("survives the terminal's Ctrl-C to the owner's process group", async () => {
    const fixture = owner(place("interrupted"));
    const { url, pid } = await started(fixture);
    process.kill(-fixture.pid, "SIGINT");
    await eventually(() => fixture.said.length > 1, "the owner saw the signal");
    expect(fixture.said[1]).toEqual({ interrupted: true });
    expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(await processesNaming(place("interrupted"))).toContain(pid);
  });
});
