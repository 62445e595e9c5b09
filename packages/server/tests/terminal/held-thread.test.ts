import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  api,
  dataFolder,
  environment,
  readOwner,
  runProgram,
  says,
  serve,
  setUp,
  type ServedHall,
} from "./program.ts";

const LOOP = "for (;;) {}";
const WHY = "It held the hall's thread for more than 1 s and was barred";

const moduleFile = (name: string, { initialize = "", run = "", dispose = "" }) => `
import { defineCommand, defineModule, plainText } from "@guildhall/sdk";
const command = defineCommand({ name: "${name}", summary: "Say it", async *run() {
  yield plainText("this is ${name}");
  ${run}
} });
export const it = defineModule({ name: "${name}", summary: "x", initialize: async () => {
  ${initialize}
  return { commands: [command], dispose: async () => { await null; ${dispose} } };
} });
`;

const SPINNING: readonly (readonly [name: string, run: string])[] = [
  ["in-a-command", LOOP],
  ["in-a-timer", `setTimeout(() => { ${LOOP} }, 1); await new Promise(() => {});`],
  ["in-an-expression", `/(a+)+$/.test("a".repeat(60) + "b");`],
  ["in-promises", "for (;;) await null;"],
];

describe("a module that never gives the hall's thread back", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let remove: () => Promise<void>;
  let served: ServedHall;
  let token: string;
  let timesOpened = 0;

  const write = async (name: string, how: Parameters<typeof moduleFile>[1]) => {
    const place = path.join(path.dirname(folder), "held modules", name);
    await mkdir(place, { recursive: true });
    await writeFile(path.join(place, "index.ts"), moduleFile(name, how));
  };
  const start = async () => {
    served = await serve({ env });
    timesOpened = 1;
  };
  /** Where the process has opened the hall once more. */
  const openedAgain = async () => {
    timesOpened += 1;
    const [, url = ""] = await says(
      served.program,
      new RegExp(`(?:Guildhall is open at (http:\\S+)[^]*){${timesOpened}}`),
    );
    served = { ...served, url };
  };
  const reasons = async () => {
    const response = await fetch(`${served.url}/modules/status`);
    return z.object({ initialization_errors: z.record(z.string(), z.string()) }).parse(await response.json())
      .initialization_errors;
  };
  const begun = async (command: string) => {
    const { body } = await api(served, `/commands/${command}`, { token, body: {} });
    return z.object({ id: z.uuid() }).parse(body).id;
  };
  const ended = async (id: string) => (await api(served, `/actions/${id}?wait=10`, { token })).body;
  const said = async (command: string) => await ended(await begun(command));

  beforeAll(async () => {
    const data = await dataFolder();
    ({ folder, remove } = data);
    env = environment(folder, {
      GUILDHALL_MODULES__PATHS: path.join(path.dirname(folder), "held modules"),
      GUILDHALL_MODULES__THREAD_SECONDS: "1",
    });
    await write("good", {});
    await write("at-a-terminal", { initialize: `await null; ${LOOP}` });
    for (const [name, run] of SPINNING) await write(name, { run });
  });
  afterAll(async () => {
    await served?.stop();
    await remove();
  });

  it("a line typed at a terminal without a hall ends with a sentence, and the next one is done", async () => {
    const first = await runProgram(["good"], { env });
    expect(first).toMatchObject({ status: 1, out: "" });
    expect(first.err).toContain("The module at-a-terminal held the hall's thread");
    const second = await runProgram(["good"], { env });
    expect(second).toMatchObject({ status: 0, out: expect.stringContaining("this is good") });
  });

  it("behind an await of its initialize: the hall opens without it, as the same process", async () => {
    await write("after-await", { initialize: `await null; ${LOOP}` });
    await start();
    expect(served.program.err()).toContain(
      "The module after-await held the hall's thread for more than 1 s and was barred.",
    );
    expect(served.program.err()).toContain(`The module after-await did not start: ${WHY}`);
    expect((await readOwner(folder)).pid).toBe(served.program.child.pid);
    token = await setUp(served, { email: "ann@example.org", password: "correct horse battery" });
    expect(await said("good")).toMatchObject({ state: "completed" });
  });

  it.each(SPINNING)("%s: the action ends, the command is degraded, everyone else is served", async (name) => {
    const id = await begun(name);
    await openedAgain();
    expect(await reasons()).toMatchObject({ [name]: expect.stringContaining(WHY) });
    expect(await ended(id)).toMatchObject({ is_completed: true, state: "failed" });
    expect(await said("good")).toMatchObject({ state: "completed" });
    expect(await said(name)).toMatchObject({
      error: { code: "degraded", message: expect.stringContaining(WHY) },
    });
  });

  it("stays out when the hall is started again, until it is mended or enabled", async () => {
    await write("in-a-command", {});
    await served.stop();
    await start();
    expect(await reasons()).toMatchObject({
      "after-await": expect.stringContaining(WHY),
      "in-a-timer": expect.stringContaining(WHY),
    });
    expect(await said("in-a-command")).toMatchObject({ state: "completed" });
    // Its files have not changed: whoever enables it says that something else was the matter.
    const enabled = await api(served, "/modules/in-a-timer/enable", { method: "POST", token });
    expect(enabled).toMatchObject({
      body: { state: "failed", reason: expect.stringContaining("counts when the hall is started again") },
    });
    await served.stop();
    await start();
    expect(await reasons()).not.toHaveProperty("in-a-timer");
  });

  it("does not open again when it is told to stop and a module loops at its end", async () => {
    await write("ends-never", { dispose: LOOP });
    await served.stop();
    await start();
    const { status, out } = await served.stop();
    expect({ status, opened: out.match(/is open at/g) }).toMatchObject({ status: 1, opened: ["is open at"] });
  });
});
