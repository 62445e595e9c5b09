import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { examineProgram } from "../../src/cli/doctor/examine-program.ts";
import { withClient } from "../support/databases.ts";
import { stores } from "../support/stores.ts";
import { dataFolder, environment, runProgram, serve, startProgram, says } from "./program.ts";

const Report = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({
      check: z.string(),
      status: z.enum(["ok", "warning", "error"]),
      detail: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

describe("guildhall doctor", () => {
  const undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  });

  async function freshEnvironment(more: Readonly<Record<string, string>> = {}) {
    const { folder, remove } = await dataFolder();
    undo.push(remove);
    return { folder, env: environment(folder, more) };
  }

  /** What it says of each thing, and that its status is right: 1 exactly when something does not work. */
  async function examine(env: NodeJS.ProcessEnv, samples = false) {
    const { status, out } = await runProgram(["doctor", "--json"], { env, samples });
    const { ok, findings } = Report.parse(JSON.parse(out));
    expect(ok).toBe(findings.every((finding) => finding.status !== "error"));
    expect(status).toBe(ok ? 0 : 1);
    for (const finding of findings) expect(finding.remedy !== undefined).toBe(finding.status !== "ok");
    return {
      findings,
      of: (check: string) => findings.filter((finding) => finding.check === check),
      faults: findings.filter((finding) => finding.status !== "ok"),
    };
  }

  it("finds nothing wrong before the first start, and makes nothing", async () => {
    const { env, folder } = await freshEnvironment();
    const { faults, of } = await examine(env);
    expect(faults).toEqual([]);
    expect(of("data folder")).toMatchObject([
      { detail: `${folder} is not there yet; the first start makes it.` },
    ]);
    expect((await examine(env)).of("data folder")[0]?.detail).toContain("not there yet");
  });

  it("looks at store, tables and modules of a hall that is closed, and of one that is open", async () => {
    const { env } = await freshEnvironment();
    await runProgram(["ping"], { env });
    const closed = await examine(env);
    expect(closed.faults).toEqual([]);
    expect(closed.findings.map(({ check }) => check)).toEqual([
      "node",
      "data folder",
      "disk",
      "settings",
      "state",
      "hall",
      "port",
      "store",
      "clock",
      "tables",
      "modules",
      "slack",
      "discord",
    ]);
    const hall = await serve({ env });
    undo.push(() => hall.stop());
    const opened = await examine(env);
    expect(opened.faults).toEqual([]);
    expect(opened.of("hall")[0]?.detail).toContain(`open at ${hall.url} (process ${hall.program.child.pid}`);
    expect(opened.of("modules")).toHaveLength(1);
    const { out, status } = await runProgram(["doctor"], { env });
    expect(status).toBe(0);
    expect(out).toMatch(/^ok {7}node: Node v/);
    expect(out).toMatch(/\nEverything is well\.\n$/);
  });

  it("says which setting is wrong", async () => {
    const { env } = await freshEnvironment({ GUILDHALL_DICE__MAX_DICE: "many" });
    const { faults } = await examine(env);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ check: "settings", status: "error" });
    expect(faults[0]?.detail).toContain("GUILDHALL_DICE__MAX_DICE");
  });

  it("sees a store that is away", async () => {
    const url = "postgresql://ada:hush@127.0.0.1:9/hall";
    const { env } = await freshEnvironment({ GUILDHALL_DATABASE__URL: url });
    const { faults } = await examine(env);
    expect(faults).toMatchObject([{ check: "store", status: "error" }]);
    expect(JSON.stringify(faults)).not.toContain("hush");
  });

  it("sees that others may look in, and that the place is taken", async () => {
    const { env, folder } = await freshEnvironment();
    await mkdir(folder, { mode: 0o755 });
    await chmod(folder, 0o755);
    await writeFile(path.join(folder, "secret.key"), "x".repeat(40), { mode: 0o644 });
    const listener = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    undo.push(async () => await new Promise((resolve) => listener.close(resolve)));
    const address = z.object({ port: z.number() }).parse(listener.address());
    const { faults } = await examine({ ...env, GUILDHALL_HTTP__PORT: String(address.port) });
    expect(faults.map(({ check, status }) => [check, status])).toEqual([
      ["data folder", "warning"],
      ["secret key", "error"],
      ["port", "error"],
    ]);
  });

  it("sees a data folder that is no folder, and stops there", async () => {
    const { env, folder } = await freshEnvironment();
    await writeFile(folder, "a file");
    const { faults, of } = await examine(env);
    expect(faults).toMatchObject([{ check: "data folder", detail: `${folder} is not a folder.` }]);
    expect(of("hall")).toEqual([]);
  });

  it("sees a hall that has the folder and does not answer", async () => {
    const { env } = await freshEnvironment();
    const hall = startProgram(["start"], { env });
    undo.push(async () => {
      hall.child.kill("SIGCONT");
      hall.child.kill("SIGINT");
      await hall.ended;
    });
    await says(hall, /Guildhall is open/);
    hall.child.kill("SIGSTOP");
    const { faults } = await examine(env);
    expect(faults).toMatchObject([
      { check: "hall", remedy: expect.stringContaining(`kill ${hall.child.pid}`) },
    ]);
  });

  it.each(stores().filter(({ name }) => name === "server"))(
    "sees tables that were changed by hand",
    async (store) => {
      const database = await store.createDatabase({ empty: true });
      undo.push(() => database.drop());
      const { env, folder } = await freshEnvironment({ GUILDHALL_DATABASE__URL: database.url });
      expect((await examine(env)).of("tables")[0]?.detail).toContain("is empty");
      // With a data folder too it only looks.
      await mkdir(folder, { mode: 0o700 });
      for (let look = 0; look < 2; look += 1) {
        expect((await examine(env)).of("tables")[0]?.detail).toContain("is empty");
      }
      await runProgram(["ping"], { env });
      expect((await examine(env)).faults).toEqual([]);
      await withClient(database.url, (client) =>
        client.query("alter table people.users drop column display_name"),
      );
      const { faults } = await examine(env);
      expect(faults).toMatchObject([
        { check: "tables", detail: 'The table people.users: column "display_name" is missing.' },
      ]);
      await withClient(database.url, (client) =>
        client.query("delete from hall_migrations where name > '0001-first-tables'"),
      );
      expect((await examine(env)).of("tables")).toMatchObject([
        { status: "error", remedy: 'Back the store up, then run "guildhall migrate".' },
      ]);
    },
  );

  it("says that a Node is too old", () => {
    expect(examineProgram("v24.0.0").status).toBe("ok");
    expect(examineProgram("v22.11.0")).toMatchObject({ status: "error", check: "node" });
  });
});
