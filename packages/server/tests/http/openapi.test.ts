import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { argumentsSchema } from "../../src/commands/parse-arguments.ts";
import { PROBLEM_CODES } from "../../src/http/problem-codes.ts";
import { stores } from "../support/stores.ts";

import { useServedHall } from "./support/serve-hall.ts";
import { sendRaw } from "./support/wire.ts";

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const REDOCLY = fileURLToPath(import.meta.resolve("@redocly/cli/bin/cli.js"));

describe.each(stores().slice(0, 1))("the description of the API", (store) => {
  const { served } = useServedHall(store);

  it("is valid OpenAPI 3.1", async () => {
    expect(served().contract.description.openapi).toMatch(/^3\.1\./);
    const folder = await mkdtemp(path.join(os.tmpdir(), "guildhall-openapi-"));
    try {
      await writeFile(path.join(folder, "openapi.json"), JSON.stringify(served().contract.description));
      await writeFile(path.join(folder, "redocly.yaml"), "extends: [spec]\n");
      const lint = promisify(execFile)(
        process.execPath,
        [REDOCLY, "lint", "openapi.json", "--config", "redocly.yaml", "--format", "json"],
        {
          cwd: folder,
          env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
        },
      );
      // It ends with 1 when it has found errors; what it has to say is then in the error.
      const { stdout } = await lint.catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
      const Report = z.object({
        totals: z.object({ errors: z.int() }),
        problems: z.array(z.looseObject({ message: z.string(), severity: z.string() })),
      });
      const { problems } = Report.parse(JSON.parse(stdout));
      expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("has every route under /api/v1, and none that is not there", () => {
    const described = Object.entries(served().contract.description.paths).flatMap(([place, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${place}`),
    );
    const commands = served()
      .hall.registry.list()
      .map(({ path: words }) => `POST /api/v1/commands/${words.join("/")}`);
    const routes = routesOf(served().app.printRoutes({ commonPrefix: false, includeHooks: false }));
    const wanted = routes
      .filter((route) => / \/(api\/v1\/|modules\/|public\/|health$|metrics$)/.test(route))
      .filter((route) => !route.startsWith("HEAD ") && !/\/openapi\.json$|\/commands\/?\*$/.test(route));
    expect(wanted.length).toBeGreaterThan(30);
    expect(described.toSorted()).toEqual([...wanted, ...commands].toSorted());
  });

  it("has an entry for each command, with its arguments as JSON Schema", () => {
    const { paths } = served().contract.description;
    for (const { path: words, command } of served().hall.registry.list()) {
      const entry = paths[`/api/v1/commands/${words.join("/")}`]?.["post"];
      expect(entry?.summary).toBe(command.summary);
      const schema = z.toJSONSchema(argumentsSchema(command), { io: "input" });
      const described = entry?.requestBody?.content["application/json"]?.schema;
      expect({ $schema: schema.$schema, ...z.looseObject({}).parse(described) }).toEqual(schema);
      const names = entry?.parameters?.map(({ name }) => name);
      expect(names).toEqual(["thread_id", "idempotency-key"]);
    }
    const roll = paths["/api/v1/commands/roll"]?.["post"];
    expect(roll?.requestBody?.content["application/json"]?.schema).toMatchObject({
      properties: { expression: { type: "string" }, advantage: { type: "boolean" } },
      required: ["expression"],
    });
  });

  it("says of each operation what it is for and how it is refused", () => {
    for (const [place, operations] of Object.entries(served().contract.description.paths)) {
      if (!place.startsWith("/api/")) continue;
      for (const [method, operation] of Object.entries(operations)) {
        expect(operation.summary, `${method} ${place}`).toMatch(/\S/);
        const refused = operation.responses["default"]?.content ?? {};
        expect(Object.keys(refused), `${method} ${place}`).toEqual(["application/problem+json"]);
      }
    }
  });

  it("is read by people on a page that asks no other site for anything", async () => {
    const get = async (place: string) => await sendRaw(served().origin, { method: "GET", path: place });
    const page = await get("/docs");
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    const policy = page.headers["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|upgrade-insecure|[a-z]+\.[a-z]{2,}/);
    const references = [...page.text.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, place = ""]) => place);
    expect(references.length).toBeGreaterThan(3);
    for (const place of references) {
      expect(place).toMatch(/^\/docs\/static\/[\w.-]+$/);
      expect((await get(place)).status, place).toBe(200);
    }
    const start = await get("/docs/static/swagger-initializer.js");
    // But for a comment with the place where its authors found something.
    expect(start.text.replaceAll(/\/\/ .*$/gm, "")).not.toMatch(/https?:\/\//);
    expect(start.text).toMatch(/validatorUrl: null/);
    const shown = z.looseObject({ paths: z.record(z.string(), z.unknown()) });
    const { paths } = shown.parse(JSON.parse((await get("/docs/json")).text));
    expect(Object.keys(paths)).toEqual(Object.keys(served().contract.description.paths));
  });
});

describe.each(stores().slice(0, 1))("the error codes", (store) => {
  const { served } = useServedHall(store);

  it("are each on the page of errors, which refers to no other site", async () => {
    const page = await sendRaw(served().origin, { method: "GET", path: "/docs/errors" });
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    expect(page.text).not.toMatch(/https?:|src=|href=/);
    for (const [code, [status, title]] of Object.entries(PROBLEM_CODES)) {
      expect(page.text).toContain(
        `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}<`,
      );
    }
  });

  it("are each used somewhere", () => {
    const files = globSync("**/*.ts", { cwd: SOURCES }).filter(
      (file) => !file.endsWith("problem-codes.ts") && !file.includes(".test."),
    );
    const sources = files.map((file) => readFileSync(path.join(SOURCES, file), "utf8")).join("\n");
    for (const code of Object.keys(PROBLEM_CODES)) {
      // Beside the union types that name the codes of a layer.
      const uses = sources.match(new RegExp(`(?<!\\| )"${code}"`, "g")) ?? [];
      expect(uses.length, code).toBeGreaterThan(0);
    }
  });
});

/** Reads "METHOD /path" out of the tree that the framework prints. */
function routesOf(tree: string): string[] {
  const parents: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const found = /^([│ ├└─]*)(\S+)(?: \(([A-Z, ]+)\))?/.exec(line);
    if (!found) return [];
    const [, indent = "", part = "", methods] = found;
    const depth = indent.length / 4;
    parents.length = depth;
    parents[depth] = part;
    const place = parents.join("").replaceAll(/:(\w+)/g, "{$1}");
    return methods === undefined ? [] : methods.split(", ").map((method) => `${method} ${place}`);
  });
}
