import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { dataFolder, environment, says, startProgram } from "./program.ts";

const TRACER = fileURLToPath(new URL("../fixtures/trace-imports.mjs", import.meta.url));
/** Packages that a hall as it comes has no use for until somebody asks for something, or sets something up. */
const LATER =
  /\/node_modules\/(@aws-sdk|@azure|@discordjs|@redis|@slack|ajv|discord-api-types|pg-copy-streams)\//;

const data = await dataFolder();
afterAll(() => data.remove());

it("a start loads nothing that only some halls use", async () => {
  const program = startProgram(["start"], { env: environment(data.folder), node: ["--import", TRACER] });
  await says(program, /Guildhall is open at/);
  program.child.kill("SIGINT");
  const { status, err } = await program.ended;
  expect(status).toBe(0);
  const imported = err.split("\n").filter((line) => line.startsWith("imported "));
  expect(imported.some((line) => line.endsWith("/hall/open-hall.ts"))).toBe(true);
  expect(imported.filter((line) => LATER.test(line))).toEqual([]);
});
