import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureLibraryLinks, findPostgresBinaries } from "./postgres-binaries.ts";

let root = "";

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "postgres-binaries-test-"));
});

afterAll(async () => {
  await rm(root, { recursive: true });
});

describe("the programs of the embedded PostgreSQL", () => {
  it("are found and run", async () => {
    const binaries = await findPostgresBinaries();
    expect(execFileSync(binaries.postgres, ["--version"]).toString()).toMatch(/^postgres \(PostgreSQL\) \d+/);
    expect(execFileSync(binaries.initdb, ["--version"]).toString()).toMatch(/^initdb \(PostgreSQL\) \d+/);
  });

  it("get their library links, also from several processes at once and again", async () => {
    const lib = path.join(root, "native", "lib");
    await mkdir(lib, { recursive: true });
    await writeFile(path.join(lib, "libx.so.1.2"), "library");
    await writeFile(
      path.join(root, "native", "pg-symlinks.json"),
      JSON.stringify([
        { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so.1" },
        { source: "native/lib/libx.so.1.2", target: "native/lib/libx.so" },
      ]),
    );
    await Promise.all(Array.from({ length: 8 }, () => ensureLibraryLinks(root)));
    await ensureLibraryLinks(root);
    expect(await readlink(path.join(lib, "libx.so"))).toBe("libx.so.1.2");
    expect(await readFile(path.join(lib, "libx.so.1"), "utf8")).toBe("library");
  });

  it("need no links where the package lists none", async () => {
    await expect(ensureLibraryLinks(path.join(root, "no-list"))).resolves.toBeUndefined();
  });
});
