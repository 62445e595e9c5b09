import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { PROBLEM_CODES } from "../src/http/problem-codes.ts";
import { stores } from "./support/stores.ts";
import { environment, serve } from "./terminal/program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const launcher = path.join(root, "packages/server/bin/guildhall.js");

/** A folder in which the guides' lines run as written: `npx guildhall` is the program, `./hall-data` its data. */
const home = await mkdtemp(path.join(tmpdir(), "guildhall docs "));
afterAll(() => rm(home, { recursive: true, force: true }));

async function blocks(file: string, language: string): Promise<string[]> {
  const text = await readFile(path.join(root, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, block = ""]) =>
    kind === language ? [block] : [],
  );
}

async function shell(
  script: string,
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | null; output: string }> {
  const child = spawn("bash", ["-euo", "pipefail", "-c", script], { cwd: home, env });
  let output = "";
  child.stdout.on("data", (part: Buffer) => {
    output += part.toString();
  });
  child.stderr.on("data", (part: Buffer) => {
    output += part.toString();
  });
  return await new Promise((resolve) => {
    child.on("close", (status) => resolve({ status, output }));
  });
}

/** The environment of a person who has installed the workspace. */
async function personsEnvironment(): Promise<NodeJS.ProcessEnv> {
  const bin = path.join(home, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(
    path.join(bin, "npx"),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${launcher}" "$@"\n`,
    { mode: 0o755 },
  );
  await symlink(process.execPath, path.join(bin, "node"));
  return { ...environment(path.join(home, "hall-data")), PATH: `${bin}:${process.env["PATH"]}` };
}

describe("the guides' lines run as written", () => {
  it("in the first hour and over REST", async () => {
    const env = await personsEnvironment();
    const store = stores().at(-1);
    const database = await store?.createDatabase();
    const firstHour = (await blocks("docs/guide/first-hour.md", "sh")).map((block) =>
      block.replace("postgresql://localhost/guildhall", database?.url ?? ""),
    );
    for (const block of firstHour) {
      const { status, output } = await shell(block, env);
      expect({ block, status, output }).toMatchObject({ status: 0 });
    }

    const hall = await serve({ env });
    const rest = await blocks("docs/guide/rest.md", "sh");
    const script = rest
      .join("\n")
      .replaceAll("http://127.0.0.1:3152", hall.url)
      .replace("curl -sN", "! curl -sN --max-time 2");
    const { status, output } = await shell(script, env);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain('"handler_name":"roll"');
    expect(output).toContain("event: action-added");
    await hall.stop();
    await database?.drop();
  });
});

describe("the reference", () => {
  it("lists every error code as the program has it", async () => {
    const text = await readFile(path.join(root, "docs/reference/errors.md"), "utf8");
    const rows = [...text.matchAll(/^\| `(\w+)` *\| (\d+) *\| (.*?) *\| (.*?) *\|$/gm)].map(
      ([, code, status, title, remedy]) => [code, [Number(status), title, remedy]],
    );
    expect(Object.fromEntries(rows)).toEqual(PROBLEM_CODES);
  });
});

describe("links between the documents", () => {
  it("lead somewhere", async () => {
    const inFolder = async (folder: string) =>
      (await readdir(path.join(root, folder)))
        .filter((name) => name.endsWith(".md"))
        .map((name) => path.join(folder, name));
    const files = [
      "README.md",
      "CHANGELOG.md",
      ...(await inFolder("docs")),
      ...(await inFolder("docs/guide")),
      ...(await inFolder("docs/reference")),
    ];
    for (const file of files) {
      const text = await readFile(path.join(root, file), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        await expect(
          readFile(path.join(root, path.dirname(file), target)),
          `${file} -> ${target}`,
        ).resolves.toBeDefined();
      }
    }
  });
});
