import { execFileSync, spawnSync } from "node:child_process";
import { chown, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually } from "../../../tests/fixtures/run-fixture.ts";
import { isThere, NOBODY, query, started, useEmbeddedStores } from "./embedded-stores.fixture.ts";

const isRoot = process.geteuid?.() === 0;
const Failed = z.object({ code: z.string() });
const { onlyPrograms, owner, place, start } = useEmbeddedStores();

describe("starting and stopping", () => {
  it("starts on an empty folder, keeps rows over a stop, and leaves no socket folder", async () => {
    const folder = place("first", "store");
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
    const folder = place(`it's "my" hall`, "the store");
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = place("x".repeat(100));
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
    const folder = place("held");
    const { store } = await start(folder);
    await expect(start(folder)).rejects.toMatchObject({ code: "embedded_store_in_use" });
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("logs no statements and no values", async () => {
    const { store, logged } = await start(place("quiet"));
    await query(store.url, "create table people (mail text primary key)");
    await query(store.url, "insert into people values ('ada@example.org')");
    await expect(query(store.url, "insert into people values ('ada@example.org')")).rejects.toThrow(
      /duplicate/,
    );
    await eventually(() => logged.some((line) => line.includes("duplicate key")), "the error is logged");
    expect(logged.join("\n")).not.toContain("ada@");
  });

  it("says that a path which is a file cannot be the store's folder", async () => {
    const file = place("a-file");
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
    const parent = place("only-root");
    await mkdir(parent, { mode: 0o700 });
    const { store } = await start(path.join(parent, "store"));
    expect(await query(store.url, "select 1 as one")).toEqual([{ one: 1 }]);
  });

  it.skipIf(!mayBeAnother)(
    "(needs root, and a checkout that others may enter) runs as nobody where user namespaces are off, and later where they are on",
    async () => {
      const folder = place("no-namespaces", "store");
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
      const parent = place("only-root-no-namespaces");
      await mkdir(parent, { mode: 0o700 });
      const programs = await onlyPrograms("flock", "rmdir", "setpriv");
      const { url, pid } = await started(owner(path.join(parent, "store"), { path: programs }));
      expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);
    },
  );

  it.skipIf(!isRoot)("(needs root) says why where no account can reach the folder", async () => {
    const parent = place("unreachable");
    await mkdir(parent, { mode: 0o700 });
    const fixture = owner(path.join(parent, "store"), { path: await onlyPrograms("flock", "rmdir") });
    await fixture.ended;
    expect(Failed.parse(fixture.said[0]).code).toBe("embedded_store_unwritable");
  });

  it.skipIf(!mayBeAnother)(
    "(needs root, to become another, and a checkout that others may enter) runs as a normal user, who is told of a foreign folder",
    async () => {
      const parent = place("normal");
      await mkdir(parent);
      await chown(parent, NOBODY.uid, NOBODY.gid);
      const { url } = await started(owner(path.join(parent, "store"), { account: NOBODY }));
      expect(await query(url, "select 1 as one")).toEqual([{ one: 1 }]);

      const foreign = owner(place("foreign"), { account: NOBODY });
      await foreign.ended;
      expect(Failed.parse(foreign.said[0]).code).toBe("embedded_store_unwritable");
    },
  );
});

describe("a full disk", () => {
  const mounts = isRoot && canMount();
  it.skipIf(!mounts)("(needs the right to mount) is named, and a later start succeeds", async () => {
    const small = place("small");
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

function canMount(): boolean {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
