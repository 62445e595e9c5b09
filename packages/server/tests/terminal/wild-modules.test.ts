import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { api, dataFolder, environment, says, serve, setUp, type ServedHall } from "./program.ts";

const moduleFile = (name: string, initialize: string) => `
import { connect } from "node:net";
import { answer, appStartup, defineCommand, defineModule, defineRoute, defineService, on, plainText } from "@guildhall/sdk";
export const it = defineModule({ name: "${name}", summary: "Wild", initialize: async () => { ${initialize} } });
`;
async function made(folder: string, name: string): Promise<string> {
  const place = path.join(folder, name);
  await mkdir(place, { recursive: true });
  return place;
}

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
      await writeFile(path.join(await made(folder, name), "index.ts"), moduleFile(name, initialize));
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
    // What the system throws has no file of the module in its stack.
    const fails = (port: number) => `connect(${port}, "127.0.0.1")`;
    await write(
      "route-fails",
      `return { routes: [defineRoute({ method: "GET", path: "/route-fails/now", summary: "x", handle: () => { ${fails(2)}; return answer(200, {}); } })] };`,
    );
    await write(
      "health-fails",
      `return { healthCheck: async () => { ${fails(3)}; return { status: "healthy" }; } };`,
    );
    await write("event-fails", `return { events: [on(appStartup, () => { ${fails(4)}; })] };`);
    await write(
      "service-fails",
      `return { services: [defineService({ name: "failing", summary: "x", schedule: { everySeconds: 3600 }, timeLimitSeconds: 10, run: async () => { ${fails(5)}; } })] };`,
    );
    await write("event-hangs", "return { events: [on(appStartup, () => new Promise(() => {}))] };");
    await write("odd-throw", "throw Object.create(null);");
    await write("odd-health", "return { get healthCheck() { throw new Error('look away'); } };");
    await write(
      "huge-health",
      "return { healthCheck: async () => ({ status: 'healthy', more: 'x'.repeat(100_000) }) };",
    );
    await write("sunny", "return { healthCheck: async () => ({ status: 'sunny' }) };");
    await write("keeps-a-timer", "setInterval(() => {}, 1000); return {};");
    await write(
      "takes-a-verb",
      'return { commands: [defineCommand({ name: "start", summary: "Start", *run() { yield plainText(""); } })] };',
    );
    await write("never-starts", "await new Promise(() => {});");
    await write(
      "command-quits",
      'return { commands: [defineCommand({ name: "quit", summary: "Quit", *run() { process.exit(4); yield plainText(""); } })] };',
    );
    // What they begin at load happens while others are still being loaded.
    await writeFile(
      path.join(await made(folder, "begins-at-load"), "index.ts"),
      `setTimeout(() => { throw new Error("of the loading"); }, 300);
setTimeout(() => process.exit(5), 310);
${moduleFile("begins-at-load", "return {};")}`,
    );
    await writeFile(
      path.join(await made(folder, "slow-to-load"), "index.ts"),
      `await new Promise((resolve) => setTimeout(resolve, 700));
${moduleFile("slow-to-load", "return {};")}`,
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
    ["begins-at-load", "of the loading"],
    ["begins-at-load", "a module may not end the hall's process: it throws instead, or returns false"],
    ["socket", "connect ECONNREFUSED 127.0.0.1:1"],
    ["route-fails", "connect ECONNREFUSED 127.0.0.1:2"],
    ["health-fails", "connect ECONNREFUSED 127.0.0.1:3"],
    ["event-fails", "connect ECONNREFUSED 127.0.0.1:4"],
    ["service-fails", "connect ECONNREFUSED 127.0.0.1:5"],
  ])("what %s throws where nobody catches it is logged as its own", async (name, message) => {
    await fetch(`${served.url}/route-fails/now`);
    await fetch(`${served.url}/health`);
    await api(served, "/services/failing/run", { method: "POST", token });
    await says(served.program, new RegExp(message));
    const told = lines().filter(({ err }) => err?.message === message);
    expect(told).toContainEqual(expect.objectContaining({ level: 50, module: name }));
  });

  it.each([
    ["odd-health", "look away"],
    ["huge-health", "the health check gave more than 16 KiB"],
    ["sunny", "the health check gave no status: healthy, degraded or unhealthy"],
  ])("the health of %s is an error that says why, and that of the others is told", async (name, error) => {
    const response = await fetch(`${served.url}/modules/${name}/health`);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 503,
      body: { status: "error", error },
    });
    expect((await fetch(`${served.url}/modules/dice/health`)).status).toBe(200);
  });

  it("one that throws what cannot be looked at is told of like any other", () => {
    expect(served.program.err()).toContain(
      "The module odd-throw did not start: something that cannot be looked at was thrown",
    );
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

  it("the hall ends when it is told to, whatever its modules have left running", async () => {
    expect(await served.stop()).toMatchObject({ status: 0 });
  });
});
