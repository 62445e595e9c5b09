import { spawn } from "node:child_process";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { environment } from "../terminal/program.ts";
import { projectRoot } from "./documents.ts";

const launcher = path.join(projectRoot, "packages/server/bin/guildhall.js");

/** Where a person types what a document says. */
export interface PersonsHome {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A folder in which a document's lines run as written: `npx guildhall` is the program, `./hall-data` its data. */
export async function personsHome(): Promise<PersonsHome> {
  const home = await mkdtemp(path.join(tmpdir(), "guildhall docs "));
  const bin = path.join(home, "bin");
  await mkdir(bin);
  const program = async (name: string, script: string) =>
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await program("guildhall", `exec "${process.execPath}" "${launcher}" "$@"`);
  await program("npx", `shift\nexec "${process.execPath}" "${launcher}" "$@"`);
  // What it would run is what the other tests run; here it counts that there is such a script.
  const npm = path.join(projectRoot, "packages/server/tests/fixtures/npm-stand-in.mjs");
  await program("npm", `exec "${process.execPath}" "${npm}" "$@"`);
  await symlink(process.execPath, path.join(bin, "node"));
  return {
    home,
    env: { ...environment(path.join(home, "hall-data")), PATH: `${bin}:${process.env["PATH"]}` },
  };
}

/** Types a script into bash; it ends at the first line that fails. */
export async function shell(
  script: string,
  at: PersonsHome,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: at.home, env: at.env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part: Buffer) => {
      output += part.toString();
    });
  }
  return await new Promise((resolve) => {
    child.on("close", (status) => resolve({ status, output }));
  });
}
