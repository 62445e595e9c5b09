import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { eventually, runFixture } from "../../tests/fixtures/run-fixture.ts";
import type { RunningFixture } from "../../tests/fixtures/run-fixture.ts";
import { claimDataFolder, readHallFile } from "./data-folder.ts";
import type { DataFolderClaim } from "./data-folder.ts";
import { removeSocketFolder, socketFolder } from "./socket-folder.ts";

const Said = z.object({ owned: z.boolean() });
const KINDS = process.platform === "linux" ? (["abstract", "file"] as const) : (["file"] as const);

let root = "";
const claims: DataFolderClaim[] = [];
const fixtures: RunningFixture[] = [];

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "data-folder-test-"));
});

afterEach(async () => {
  await Promise.all(claims.splice(0).map((claim) => claim.release()));
  for (const fixture of fixtures.splice(0)) {
    fixture.kill("SIGKILL");
    await fixture.ended;
  }
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

async function claimed(folder: string, lockKind?: (typeof KINDS)[number]): Promise<DataFolderClaim> {
  const result = await claimDataFolder({
    folder,
    purpose: "server",
    ...(lockKind === undefined ? {} : { lockKind }),
  });
  if (!result.owned) throw new Error("The folder is owned by another.");
  claims.push(result.claim);
  return result.claim;
}

function claimant(folder: string, kind: string): RunningFixture {
  const fixture = runFixture({ script: "data-folder-claimant.ts", args: [folder, kind] });
  fixtures.push(fixture);
  return fixture;
}

function hallFile(socket: string): Parameters<DataFolderClaim["publish"]>[0] {
  return { pid: process.pid, purpose: "server", socket, started_at: "2026-01-02T03:04:05.000Z" };
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

describe.for(KINDS)("claims held by %s sockets", (kind) => {
  it("gives a folder to exactly one of many claimants in one process", async () => {
    const folder = path.join(root, `one-${kind}`, "data");
    const results = await Promise.all(
      Array.from({ length: 10 }, () => claimDataFolder({ folder, purpose: "terminal", lockKind: kind })),
    );
    for (const result of results) if (result.owned) claims.push(result.claim);
    expect(claims.length).toBe(1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(folder, "lock-id"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["lock-id"]);
  });

  it("gives a folder to exactly one of several processes, and is free at once when that one is killed", async () => {
    const folder = path.join(root, `processes-${kind}`);
    const all = [claimant(folder, kind), claimant(folder, kind), claimant(folder, kind)];
    await eventually(() => all.every((fixture) => fixture.said.length > 0), "all claimants answer");
    const owners = all.filter((fixture) => Said.parse(fixture.said[0]).owned);
    expect(owners.length).toBe(1);
    const [owner] = owners;
    const refused = await claimDataFolder({ folder, purpose: "server", lockKind: kind });
    expect(refused).toMatchObject({ owned: false, owner: { pid: owner?.pid, purpose: "server" } });

    owner?.kill("SIGKILL");
    await owner?.ended;
    await claimed(folder, kind);
    expect(await readHallFile(folder)).toBeUndefined();
  });

  it("is free after a release, which may be repeated", async () => {
    const folder = path.join(root, `released-${kind}`);
    const first = await claimed(folder, kind);
    await first.publish(hallFile("/run/control.sock"));
    await first.release();
    await first.release();
    expect(await isThere(path.join(folder, "hall.json"))).toBe(false);
    await expect(first.publish(hallFile("/run/control.sock"))).rejects.toThrow(/released/);
    await claimed(folder, kind);
  });
});

describe("data folders", () => {
  it("publishes what it is told, in a file that only its owner may read", async () => {
    const folder = path.join(root, "published");
    const claim = await claimed(folder);
    const file = { ...hallFile("/run/control.sock"), url: "http://127.0.0.1:8080" };
    await claim.publish(file);
    expect(await readHallFile(folder)).toEqual(file);
    expect((await stat(path.join(folder, "hall.json"))).mode & 0o777).toBe(0o600);
    await expect(claim.publish({ ...file, purpose: "terminal" })).rejects.toThrow(/purpose/);
  });

  it("reads no owner from an absent, a broken or a foreign hall.json", async () => {
    const folder = path.join(root, "broken");
    await mkdir(folder);
    expect(await readHallFile(folder)).toBeUndefined();
    for (const text of ["", "{", "[]", '{"pid":"7"}']) {
      await writeFile(path.join(folder, "hall.json"), text);
      expect(await readHallFile(folder)).toBeUndefined();
    }
  });

  it("removes a dead owner's socket folder, and nothing else that its file may name", async () => {
    const folder = path.join(root, "stale");
    await mkdir(folder);
    const left = await socketFolder("control.sock");
    await writeFile(path.join(left, "control.sock"), "");
    const precious = path.join(root, "guildhall-abc123");
    await mkdir(precious);
    for (const socket of [left, precious].map((parent) => path.join(parent, "control.sock"))) {
      await writeFile(path.join(folder, "hall.json"), JSON.stringify(hallFile(socket)));
      const claim = await claimed(folder);
      expect(await isThere(path.join(folder, "hall.json"))).toBe(false);
      await claim.release();
    }
    expect(await isThere(left)).toBe(false);
    expect(await isThere(precious)).toBe(true);
  });

  it("treats a copy of a folder as a folder of its own", async () => {
    const folder = path.join(root, "original");
    await claimed(folder);
    const copy = path.join(root, "copy");
    await cp(folder, copy, { recursive: true });
    expect(await readFile(path.join(copy, "lock-id"), "utf8")).toBe(
      await readFile(path.join(folder, "lock-id"), "utf8"),
    );
    await claimed(copy);
  });

  it("says what to do about a folder that is a file and about a damaged lock-id", async () => {
    const file = path.join(root, "file");
    await writeFile(file, "");
    await expect(claimDataFolder({ folder: file, purpose: "server" })).rejects.toMatchObject({
      code: "data_folder_unusable",
    });
    const folder = path.join(root, "damaged");
    await mkdir(folder);
    await writeFile(path.join(folder, "lock-id"), "\0\0\0");
    await expect(claimDataFolder({ folder, purpose: "server" })).rejects.toMatchObject({
      code: "data_folder_damaged",
    });
  });
});

describe("socket folders", () => {
  it("are private, short and removed with what they hold", async () => {
    const folder = await socketFolder("control.sock");
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect(path.join(folder, "control.sock").length).toBeLessThan(104);
    await writeFile(path.join(folder, "control.sock"), "");
    await removeSocketFolder(folder);
    await removeSocketFolder(folder);
    expect(await isThere(folder)).toBe(false);
  });
});
