import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { api, dataFolder, environment, says, serve, setUp, type ServedHall } from "./program.ts";

const moduleFile = (name: string, initialize: string) => `
import { connect } from "node:net";
import { defineCommand, defineModule, plainText } from "@guildhall/sdk";
export const it = defineModule({ name: "${name}", summary: "Wild", initialize: async () => { ${initialize} } });
`;
const LogLine = z.looseObject({
  level: z.number(),
  msg: z.string(),
  module: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional(),
});

describe("modules that could end the hall's process", () => {
  let served: ServedHall;
  let token: string;
  let remove: () => Promise<void>;
  const lines = () =>
    served.program
      .err()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => LogLine.parse(JSON.parse(line)));

  beforeAll(async () => {
    const data = await dataFolder();
    remove = data.remove;
    const folder = path.join(path.dirname(data.folder), "wild modules");
    const write = async (name: string, initialize: string) => {
      await mkdir(path.join(folder, name), { recursive: true });
      await writeFile(path.join(folder, name, "index.ts"), moduleFile(name, initialize));
    };
    await write("quits", "process.exit(3);");
    await write("aborts", "process.abort();");
    await write("throws-later", 'setTimeout(() => { throw new Error("out of a timer"); }, 1); return {};');
    await write(
      "lets-go",
      'void (async () => { await null; throw new Error("of a promise let go"); })(); return {};',
    );
    await write("says-a-word", 'setTimeout(() => { throw "no error at all"; }, 1); return {};');
    await write("socket", 'connect(1, "127.0.0.1"); return {};');
    await write("constructor", "return false;");
    await write(
      "takes-a-verb",
      'return { commands: [defineCommand({ name: "start", summary: "Start", *run() { yield plainText(""); } })] };',
    );
    await write("never-starts", "await new Promise(() => {});");
    await write(
      "command-quits",
      'return { commands: [defineCommand({ name: "quit", summary: "Quit", *run() { process.exit(4); yield plainText(""); } })] };',
    );
    served = await serve({ env: environment(data.folder, { GUILDHALL_MODULES__PATHS: folder }) });
    token = await setUp(served, { email: "ann@example.org", password: "correct horse battery" });
  });
  afterAll(async () => {
    await served?.stop();
    await remove();
  });

  it.each(["quits", "aborts"])("%s is told why it does not run", async (name) => {
    expect(served.program.err()).toMatch(
      new RegExp(`The module ${name} did not start: a module may not end the hall's process`),
    );
  });

  it.each([
    ["throws-later", "out of a timer"],
    ["lets-go", "of a promise let go"],
    ["says-a-word", "no error at all"],
    ["socket", "connect ECONNREFUSED 127.0.0.1:1"],
  ])("what %s throws where nobody catches it is logged as its own", async (name, message) => {
    await says(served.program, new RegExp(message));
    expect(lines().find(({ err }) => err?.message === message)).toMatchObject({ level: 50, module: name });
  });

  it("a module may have the name of what every object has", () => {
    expect(served.program.err()).toMatch("The module constructor did not start: it declined to start");
  });

  it("one whose command the terminal would take for its own is told to rename it", () => {
    expect(served.program.err()).toContain(
      'The module takes-a-verb did not start: module "takes-a-verb" declares the command "start", which the terminal keeps',
    );
  });

  it("one that never ends its start is waited for no longer, and can be disabled", async () => {
    expect(served.program.err()).toContain(
      "The module never-starts is slow to start; the others serve: It is still starting",
    );
    expect(await api(served, "/modules/never-starts", { token })).toMatchObject({
      body: { state: "starting", health: { status: "not_initialized", details: "It is still starting" } },
    });
    expect(await api(served, "/modules/never-starts/disable", { method: "POST", token })).toMatchObject({
      body: { state: "disabled" },
    });
  });

  it("a command that quits fails, and the hall answers on", async () => {
    const { body: accepted } = await api(served, "/commands/quit", { token, body: {} });
    const { id } = z.object({ id: z.uuid() }).parse(accepted);
    const { body } = await api(served, `/actions/${id}?wait=10`, { token });
    expect(body).toMatchObject({ state: "failed", error: { code: "internal_error" } });
    expect(await api(served, "/commands/roll", { token, body: { expression: "1d20" } })).toMatchObject({
      body: { state: "completed" },
    });
    expect(served.program.child.exitCode).toBeNull();
  });
});
