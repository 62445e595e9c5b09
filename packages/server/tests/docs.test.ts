import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { discoverBundled } from "../src/kernel/discovery/discover-modules.ts";
import { blocksOf, documents, projectRoot } from "./support/documents.ts";
import { personsHome, shell } from "./support/persons-shell.ts";
import { startRedis } from "./support/redis-server.ts";
import { stores } from "./support/stores.ts";
import { runProgram, serve } from "./terminal/program.ts";

// The guide to modules is walked through by a test of its own.
const WALKED = "docs/guide/write-a-module.md";

const blocks = (await Promise.all(documents.map(blocksOf))).flat().filter(({ file }) => file !== WALKED);
const of = (language: string) => blocks.filter((block) => block.language === language);

const homes: string[] = [];
afterAll(async () => {
  for (const home of homes) await rm(home, { recursive: true, force: true });
});

it("every block says what it is, so that it can be held to it", () => {
  const known = ["sh", "lines", "ts", "json", "yaml", "text", "mermaid"];
  expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
  expect(blocks.length).toBeGreaterThan(10);
});

it("no block hides as indented text", async () => {
  for (const file of documents) {
    const text = await readFile(path.join(projectRoot, file), "utf8");
    expect(text.match(/\n\n {4}(?:npm|npx|guildhall|node|curl) [^\n]*/)?.[0], file).toBeUndefined();
  }
});

const HALL = "http://127.0.0.1:3152";
const REDIS = "redis://localhost:6379/5";
const MIRROR = "file:///mnt/backup";

const filesWith = (language: string) =>
  documents.filter((file) => of(language).some((block) => block.file === file));
const textOf = (file: string, language: string) =>
  of(language)
    .filter((block) => block.file === file)
    .map(({ content }) => content)
    .join("\n");

async function newHome() {
  const at = await personsHome();
  homes.push(at.home);
  return at;
}

describe("command lines run as written", () => {
  it.each(filesWith("sh"))(
    "in %s",
    async (file) => {
      const at = await newHome();
      if (file.startsWith("examples/"))
        at.env["GUILDHALL_MODULES__PATHS"] = path.join(projectRoot, "examples");
      const database = await stores().at(-1)?.createDatabase();
      const script = textOf(file, "sh");
      const needsHall = script.includes(HALL);
      if (needsHall) {
        const account = ["create-user", "--email", "ada@example.org", "--admin", "--password-stdin"];
        await runProgram(account, { env: at.env, input: "correct horse battery" });
      }
      const hall = needsHall ? await serve({ env: at.env }) : undefined;
      const redis = script.includes(REDIS) ? await startRedis() : undefined;
      const written = script
        .replaceAll("postgresql://localhost/guildhall", database?.url ?? "")
        .replaceAll(HALL, hall?.url ?? HALL)
        .replaceAll(REDIS, redis?.url ?? REDIS)
        .replaceAll(MIRROR, pathToFileURL(path.join(at.home, "backup")).href)
        // A live view does not end by itself.
        .replaceAll("curl -sN", "! curl -sN --max-time 2");
      const { status, output } = await shell(written, at);
      await redis?.stop();
      await hall?.stop();
      await database?.drop();
      expect(status, output).toBe(0);
      if (file === "docs/guide/rest.md") {
        expect(output).toContain('"handler_name":"roll"');
        expect(output).toContain("event: action-added");
      }
      // Every line is a process of its own.
    },
    120_000,
  );
});

describe("lines typed in the hall run as written", () => {
  const Outcome = z.looseObject({ state: z.literal("completed"), error: z.null() });

  it.each(filesWith("lines"))(
    "in %s",
    async (file) => {
      const { env } = await newHome();
      // Readers of the tabletop modules' pages play whom the characters' page shows.
      const sheet = of("yaml").find((block) => block.file === "modules/characters/README.md");
      await runProgram(["character", "import", sheet?.content ?? ""], { env });
      const typed = textOf(file, "lines")
        .split("\n")
        .map((line) => line.trim().replace(/^\//, ""))
        .filter((line) => line !== "");
      const { status, out, err } = await runProgram(["batch", "--json"], {
        env,
        input: `${typed.join("\n")}\n`,
      });
      expect({ status, err }).toMatchObject({ status: 0 });
      const outcomes = out.trimEnd().split("\n");
      expect(outcomes).toHaveLength(typed.length);
      for (const [index, outcome] of outcomes.entries()) {
        expect(Outcome.safeParse(JSON.parse(outcome)).error, `${typed[index]}: ${outcome}`).toBeUndefined();
      }
    },
    120_000,
  );
});

describe("program text", () => {
  it("in TypeScript is sound and runs", async () => {
    const home = await mkdtemp(path.join(tmpdir(), "guildhall docs "));
    homes.push(home);
    await symlink(path.join(projectRoot, "node_modules"), path.join(home, "node_modules"));
    const files = of("ts").map(({ content }, index) => ({ name: `block-${index}.ts`, content }));
    for (const { name, content } of files) await writeFile(path.join(home, name), content);
    await writeFile(path.join(home, "package.json"), `{"type":"module"}`);
    await writeFile(
      path.join(home, "tsconfig.json"),
      JSON.stringify({ extends: path.join(projectRoot, "tsconfig.base.json"), include: ["*.ts"] }),
    );
    const run = promisify(execFile);
    const tsc = path.join(projectRoot, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [tsc, "-p", "tsconfig.json"], { cwd: home });
    for (const { name } of files) {
      await run(process.execPath, ["--conditions=guildhall-source", name], { cwd: home });
    }
    expect(files.length).toBeGreaterThan(0);
  });

  it("in JSON and YAML can be read", () => {
    for (const { content } of of("json")) expect(() => JSON.parse(content)).not.toThrow();
    for (const { content } of of("yaml")) expect(() => parseYaml(content)).not.toThrow();
  });

  it("in a module's page sets what the module takes", async () => {
    const modules = (await discoverBundled()).flatMap((found) => ("module" in found ? [found.module] : []));
    const taken = modules.flatMap(({ name, config }) =>
      of("yaml")
        .filter(({ file, content }) => file === `modules/${name}/README.md` && content.startsWith(`${name}:`))
        .map(({ content }) => {
          const settings = z.record(z.string(), z.unknown()).parse(parseYaml(content));
          return { name, fault: config.safeParse(settings[name]).error?.message };
        }),
    );
    expect(taken).toContainEqual({ name: "npc", fault: undefined });
    expect(taken.filter(({ fault }) => fault !== undefined)).toEqual([]);
  });
});

describe("links between the documents", () => {
  it.each(documents)("lead somewhere from %s", async (file) => {
    const text = await readFile(path.join(projectRoot, file), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const place = path.join(projectRoot, path.dirname(file), target);
      expect(globSync(place).length, `${file} -> ${target}`).toBe(1);
    }
  });
});
