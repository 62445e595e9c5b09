import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environment, runProgram } from "./program.ts";

const tsc = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));

describe("the makers' kit, in a folder outside the workspace without a node_modules", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), "guildhall makers "));
    env = environment(path.join(home, "data"), { GUILDHALL_LOG__LEVEL: "silent" });
    expect(
      await runProgram(["new", "module", "my_weather", "--path", path.join(home, "my-weather")], { env }),
    ).toMatchObject({
      status: 0,
      out: expect.stringContaining("guildhall check module"),
    });
  });
  afterAll(() => rm(home, { recursive: true }));

  /** A copy of the new module with something changed. */
  const changed = async (name: string, change: (source: string) => string, file = "my-weather-module.ts") => {
    const folder = path.join(home, name, "my-weather");
    await cp(path.join(home, "my-weather"), folder, { recursive: true });
    const target = path.join(folder, file);
    const before = await readFile(target, "utf8");
    const after = change(before);
    expect(after).not.toBe(before);
    await writeFile(target, after);
    return folder;
  };
  const check = async (folder: string) => await runProgram(["check", "module", folder], { env });
  const failed = (out: string) => [...out.matchAll(/^FAIL +(\d+)/gm)].map(([, number]) => Number(number));

  it("writes a module that runs and holds all twelve points", async () => {
    const { status, out } = await check(path.join(home, "my-weather"));
    expect({ status, out }).toMatchObject({ status: 0 });
    expect(out.match(/^ok /gm)).toHaveLength(12);
    const found = {
      ...env,
      GUILDHALL_MODULES__PATHS: path.join(home, "my-weather"),
      GUILDHALL_MY_WEATHER__GREETING: "Hi",
    };
    expect(await runProgram(["my-weather", "Ada"], { env: found })).toMatchObject({
      status: 0,
      out: "Hi, Ada\n",
    });
  });

  it("needs no certain name of its folder", async () => {
    const folder = path.join(home, "elsewhere", "zz");
    await runProgram(["new", "module", "zeta", "--path", folder], { env });
    expect(await check(folder)).toMatchObject({ status: 0 });
  });

  it("writes settings by which an editor checks its types", async () => {
    const project = path.join(home, "my-weather", "tsconfig.json");
    await promisify(execFile)(process.execPath, [tsc, "-p", project]);
  });

  it("refuses a name that cannot be one, and a folder that holds something", async () => {
    for (const name of ["My Weather", "database", "hall", "connection-api", "roll", "start"]) {
      const { status, err } = await runProgram(["new", "module", name, "--path", path.join(home, "none")], {
        env,
      });
      expect({ name, status, err }).toMatchObject({ status: 2 });
    }
    const again = await runProgram(["new", "module", "other", "--path", path.join(home, "my-weather")], {
      env,
    });
    expect(again).toMatchObject({ status: 1, err: expect.stringContaining("is not empty") });
  });

  it("says why a folder cannot be checked", async () => {
    expect(await check(home)).toMatchObject({
      status: 1,
      err: expect.stringContaining("there is no index.ts"),
    });
    const exits = await changed("exits", () => "process.exit(0);", "index.ts");
    expect(await check(exits)).toMatchObject({
      status: 1,
      err: expect.stringContaining("ended its process"),
    });
    const later = await changed("exits later", (s) =>
      s.replace("return {", "process.exit(0);\n    return {"),
    );
    expect(await check(later)).toMatchObject({
      status: 1,
      out: expect.stringContaining("may not end the hall"),
    });
    const killed = await changed("kills", (s) =>
      s.replace("return {", 'process.kill(process.pid, "SIGKILL");\n    return {'),
    );
    expect(await check(killed)).toMatchObject({
      status: 1,
      out: expect.stringContaining("it ends its process (SIGKILL)"),
    });
  });

  it("ends one that holds the thread, and says so", async () => {
    const loops = await changed("loops", (s) =>
      s.replace(
        "initialize({ config, store, clock, log }) {",
        "async initialize({ config, store, clock, log }) {\n    await null;\n    for (;;) {}",
      ),
    );
    const { status, out } = await runProgram(["check", "module", loops], {
      env: { ...env, GUILDHALL_MODULES__THREAD_SECONDS: "4" },
    });
    expect({ status, failed: failed(out), out }).toMatchObject({ status: 1, failed: [1] });
    expect(out).toContain("it holds the thread for more than 4 s");
    expect(out).toContain("does not let itself be looked at further");
  });

  it("reads a module's settings as the hall does, and says which it lacks", async () => {
    const picky = await changed("picky", (s) =>
      s.replace("config: z.object({", "config: z.object({\n    apiKey: z.string(),"),
    );
    expect(await check(picky)).toMatchObject({
      status: 1,
      err: expect.stringContaining("GUILDHALL_MY_WEATHER__API_KEY must be set"),
    });
    const set = { ...env, GUILDHALL_MY_WEATHER__API_KEY: "any" };
    const { out } = await runProgram(["check", "module", picky], { env: set });
    // Its own tests know nothing of the new setting.
    expect(failed(out)).toEqual([6]);
  });

  it("says which routes it could not ask", async () => {
    const odd = await changed("odd", (s) =>
      s.replace(
        "body: z.object({ title: z.string().min(1).max(200) })",
        "body: z.object({ title: z.string().regex(/^[0-9]{3}x$/) })",
      ),
    );
    const { out } = await check(odd);
    expect(out).toContain("(POST /my-weather/notes was not asked: give its schemas examples");
    const helped = await changed("helped", (s) =>
      s.replace(
        "body: z.object({ title: z.string().min(1).max(200) })",
        'body: z.object({ title: z.string().regex(/^[0-9]{3}x$/).meta({ examples: ["123x"] }) })',
      ),
    );
    expect((await check(helped)).out).not.toContain("was not asked");
  });

  // Several faults in one module where they do not hide each other: each check starts several processes.
  it.each<
    [name: string, points: number[], sentences: string[], change: (source: string) => string, file?: string]
  >([
    [
      "types, health, errors",
      [1, 4, 5, 6],
      [
        "its types do not fit",
        "healthy while its store is away",
        'GET /my-weather/notes fails without a text under "error"',
        'POST /my-weather/notes fails without a text under "error"',
      ],
      (s) =>
        s
          .replace(
            "const list =",
            'const wrong: number = "text";\n    log.debug({ wrong }, "x");\n    const list =',
          )
          .replace('(await store.isConnected()) ? "healthy" : "unhealthy"', '"healthy"')
          .replace(
            "const found = await store.find(",
            "if (!(await store.isConnected())) return answer(500, { failed: true });\n        const found = await store.find(",
          )
          .replace(
            "await store.insert(notes,",
            "if (!(await store.isConnected())) return answer(503, { away: true });\n        await store.insert(notes,",
          ),
    ],
    [
      "dependency",
      [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12],
      ['"nowhere" is not to be found'],
      (s) =>
        s
          .replace(
            "  tables: [notes],",
            '  tables: [notes],\n  dependencies: { nowhere: moduleRef<string>("nowhere") },',
          )
          .replace("  markdown,", "  markdown,\n  moduleRef,"),
    ],
    [
      "no-refusal",
      [3, 6],
      ["although what it depends on is not there"],
      (s) =>
        s
          .replace(
            "  tables: [notes],",
            '  tables: [notes],\n  dependencies: { dice: moduleRef<string>("dice") },',
          )
          .replace("  markdown,", "  markdown,\n  moduleRef,"),
    ],
    [
      "tests",
      [6],
      ["its tests fail", "Hi, Ada", "Bye, Ada"],
      (s) => s.replace('"Hi, Ada"', '"Bye, Ada"'),
      "my-weather-module.test.ts",
    ],
    [
      "readme",
      [7],
      ['has no heading "Resources"'],
      (s) => s.replace("## Resources", "Resources"),
      "README.md",
    ],
    [
      "names, logging, stray",
      [6, 8, 9],
      [
        "does not begin with the module's name",
        'the module dice has the command "roll"',
        "its start logs nothing",
        "it throws where nobody catches it: out of a timer",
      ],
      (s) =>
        s
          .replaceAll('"/my-weather/notes"', '"/elsewhere/notes"')
          .replace('name: "my-weather",', 'name: "roll",')
          .replace(/ +log\.info\(.*\n/, "")
          .replace("initialize({ config, store, clock, log })", "initialize({ config, store, clock })")
          .replace("return {", 'setTimeout(() => { throw new Error("out of a timer"); }, 1);\n    return {'),
    ],
    [
      "stuck, input, answers",
      [6, 10, 11, 12],
      ["still fails once the store is back", "takes any body", "does not answer with a JSON object"],
      (s) =>
        s
          .replace(
            "handle: async () => {",
            'handle: async () => {\n        if (wasAway) return answer(500, { error: "away" });\n        wasAway = !(await store.isConnected());',
          )
          .replace("const greet =", "let wasAway = false;\n    const greet =")
          .replace("body: z.object({ title: z.string().min(1).max(200) })", "body: z.any()")
          .replace("answer(200, { success: true, data, count: data.length })", "answer(200, data)"),
    ],
  ])("finds what is wrong: %s", async (name, points, sentences, change, file) => {
    const { status, out } = await check(await changed(name, change, file));
    expect({ status, failed: failed(out), out }).toMatchObject({ status: 1, failed: points });
    for (const sentence of sentences) expect(out).toContain(sentence);
  });
});
