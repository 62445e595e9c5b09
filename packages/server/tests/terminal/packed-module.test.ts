import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../support/documents.ts";
import { environment, runProgram } from "./program.ts";

const run = promisify(execFile);

describe("a module that was packed and installed", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), "guildhall packed "));
    await run("npm", ["pack", "--pack-destination", home], { cwd: path.join(projectRoot, "examples/coin") });
    const [tarball = ""] = (await readdir(home)).filter((file) => file.endsWith(".tgz"));
    await writeFile(path.join(home, "package.json"), '{ "private": true }');
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], { cwd: home });
    env = environment(path.join(home, "data"), { GUILDHALL_MODULES__PACKAGES: "guildhall-coin" });
  }, 120_000);
  afterAll(() => rm(home, { recursive: true }));

  it("brings its commands, with its version, on the hall's own sdk", async () => {
    expect(await readdir(path.join(home, "node_modules"))).not.toContain("@guildhall");
    const { status, out } = await runProgram(["coin", "3"], { env, cwd: home });
    expect(status).toBe(0);
    expect(out).toMatch(/^(?:heads|tails), (?:heads|tails), (?:heads|tails)\n$/);
    const { out: listed } = await runProgram(["modules"], { env, cwd: home });
    expect(listed).toMatch(/coin.*started.*1\.0\.0/);
  });

  it("is told of when it is not installed where the hall runs", async () => {
    const { out } = await runProgram(["modules"], { env });
    expect(out).toContain("the package guildhall-coin is not installed in");
  });
});
