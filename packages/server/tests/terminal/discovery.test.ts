import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environment, runProgram } from "./program.ts";

/** A module's file, as somebody writes it who has nothing but the hall. */
const moduleFile = (name: string, more = "") => `
import { answer, CommandError, defineCommand, defineModule, defineRoute, plainText } from "@guildhall/sdk";
import { z } from "zod";

export const it = defineModule({
  name: "${name}",
  summary: "A module from elsewhere",
  config: z.object({ word: z.string().default("hello") }),
  initialize: ({ config }) => ({
    commands: [
      defineCommand({ name: "say-${name}", summary: "Say a word", pure: true, *run() { yield plainText(config.word); } }),
      defineCommand({ name: "refuse-${name}", summary: "Refuse", pure: true, *run() { throw new CommandError("Not today."); } }),
    ],
    routes: [
      defineRoute({ method: "GET", path: "/${name}/word", summary: "The word", handle: () => answer(200, { word: config.word }) }),
    ],
    ${more}
  }),
});
`;

describe("modules from elsewhere, without a node_modules of their own", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  const write = async (file: string, content: string) => {
    await mkdir(path.dirname(path.join(home, file)), { recursive: true });
    await writeFile(path.join(home, file), content);
  };

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), "guildhall modules "));
    await write("some/good/index.ts", moduleFile("good"));
    await write(
      "some/packed/package.json",
      JSON.stringify({ name: "@me/packed", version: "2.1.0", exports: "./lib/main.js" }),
    );
    await write("some/packed/lib/main.js", moduleFile("packed"));
    await write("some/no-module/index.ts", "export const nothing = 1;");
    await write("some/notes/readme.txt", "no module");
    await write("some/syntax/index.ts", "export const a = {;");
    await write("some/exits/index.ts", "process.exit(3);");
    await write("some/loops/index.ts", "for (;;);");
    await write("some/throws/index.ts", 'throw new Error("at load");');
    await write("some/lost/package.json", JSON.stringify({ name: "lost", exports: "./dist/index.js" }));
    await write("some/zz-twin/index.ts", moduleFile("good"));
    await write("single/index.ts", moduleFile("single"));
    env = environment(path.join(home, "data"), {
      GUILDHALL_MODULES__PATHS: [
        path.join(home, "some"),
        path.join(home, "single"),
        path.join(home, "absent"),
      ].join(path.delimiter),
      GUILDHALL_MODULES__PACKAGES: "@me/not-installed",
      GUILDHALL_GOOD__WORD: "good day",
    });
  });
  afterAll(() => rm(home, { recursive: true }));

  it("run, and those that cannot be loaded are told of and stop nobody", async () => {
    const { status, out, err } = await runProgram(["modules", "--json"], { env });
    expect({ status, err }).toMatchObject({ status: 0 });
    const rows = new Map<string, unknown[]>();
    const [chunk] = JSON.parse(out).response_chunks;
    for (const row of chunk.data.rows) rows.set(row[5] === "" ? row[0] : `${row[0]}!`, row);
    expect(rows.get("good")).toMatchObject([
      "good",
      "started",
      "",
      expect.any(Number),
      path.join(home, "some/good"),
      "",
    ]);
    expect(rows.get("packed")?.slice(0, 3)).toEqual(["packed", "started", "2.1.0"]);
    expect(rows.get("single")?.[1]).toBe("started");
    expect(rows.get("dice")?.[1]).toBe("started");
    const why = (name: string) => rows.get(`${name}!`)?.[5];
    expect(why("no-module")).toBe("It exports no module: export what defineModule returns");
    expect(why("syntax")).toMatch(/^It could not be loaded: SyntaxError/);
    expect(why("exits")).toBe("It could not be loaded: it ended its process while it was loaded");
    expect(why("loops")).toBe("It could not be loaded: it did not finish loading within 10 s");
    expect(why("throws")).toBe("It could not be loaded: Error: at load (index.ts:1)");
    expect(why("lost")).toMatch(/names .\/dist\/index.js, which is not there/);
    expect(why("good")).toMatch(/^Another module has the same name/);
    expect(why("absent")).toMatch(/is not there/);
    expect(why("@me/not-installed")).toMatch(/npm install @me\/not-installed/);
    expect(rows.has("notes!")).toBe(false);
  });

  it("share the hall's sdk, take their settings, and disabled ones stay out", async () => {
    const fewer = {
      ...env,
      GUILDHALL_MODULES__PATHS: path.join(home, "some/good"),
      GUILDHALL_MODULES__PACKAGES: "",
    };
    expect(await runProgram(["say-good"], { env: fewer })).toMatchObject({ status: 0, out: "good day\n" });
    // An error of the sdk's own class, which tells a person's mistake from a programmer's.
    expect(await runProgram(["refuse-good"], { env: fewer })).toMatchObject({
      status: 1,
      err: expect.stringContaining("Not today."),
    });
    const disabled = { ...fewer, GUILDHALL_MODULES__DISABLED: "good" };
    expect(await runProgram(["say-good"], { env: disabled })).toMatchObject({ status: 2 });
  });

  it("answer that they are degraded, with the reason, once they fail, and well again when mended", async () => {
    const fewer = {
      ...env,
      GUILDHALL_MODULES__PATHS: path.join(home, "mended"),
      GUILDHALL_MODULES__PACKAGES: "",
    };
    await write("mended/index.ts", moduleFile("mended"));
    expect(await runProgram(["say-mended"], { env: fewer })).toMatchObject({ status: 0 });
    await write(
      "mended/index.ts",
      moduleFile("mended")
        .replace("({ config }) => ({", "({ config }) => { throw new Error(`no ${config.word}`); return ({")
        .replace("}),\n});", "}); },\n});"),
    );
    const { status, err } = await runProgram(["say-mended", "-x", "any", "words"], { env: fewer });
    expect({ status, err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('"say-mended" is degraded: the module mended does not run. no hello.'),
    });
    await write("mended/index.ts", moduleFile("mended"));
    expect(await runProgram(["say-mended"], { env: fewer })).toMatchObject({ status: 0, out: "hello\n" });
  });
});
