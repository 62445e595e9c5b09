import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { breachesOfHouseRules, LIBRARIES_OF_MODULES } from "./support/import-rules.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const Manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

function breaches(files: Readonly<Record<string, string>>): string[] {
  return breachesOfHouseRules(new Map(Object.entries(files)));
}

const server = (place: string) => `packages/server/src/${place}`;

describe("the workspace", () => {
  it("keeps the house rules", () => {
    const places = globSync("{packages,modules,examples,bench,scripts}/**/*.{ts,tsx,js,css,html}", {
      cwd: ROOT,
      exclude: (place) => /(^|[/\\])(node_modules|dist)$/.test(place),
    });
    const files = new Map(
      places.map((place) => [place.split(path.sep).join("/"), readFileSync(path.join(ROOT, place), "utf8")]),
    );
    expect(files.has(server("main.ts"))).toBe(true);
    expect(breachesOfHouseRules(files)).toEqual([]);
  });

  it("gives the sdk zod alone, and each module the sdk, zod, other modules and the libraries that it may have", () => {
    for (const place of globSync("{packages/sdk,modules/*,examples/*}/package.json", { cwd: ROOT })) {
      const { dependencies } = Manifest.parse(JSON.parse(readFileSync(path.join(ROOT, place), "utf8")));
      const wanted = place.startsWith("packages") ? /^zod$/ : /^(zod|@guildhall\/[a-z0-9-]+)$/;
      const own = LIBRARIES_OF_MODULES[path.dirname(place)] ?? [];
      expect(
        Object.keys(dependencies).filter((name) => !wanted.test(name) && !own.includes(name)),
        place,
      ).toEqual([]);
    }
  });
});

describe("what may import what in the server", () => {
  it.each([
    ["kernel/config.ts", "../data/database.ts", "kernel may not import data"],
    ["kernel/config.ts", "../commands/tokenise.ts", "kernel may not import commands"],
    ["commands/tokenise.ts", "../data/database.ts", "commands may not import data"],
    ["data/database.ts", "../commands/tokenise.ts", "data may not import commands"],
    ["data/database.ts", "../hall/people.ts", "data may not import hall"],
    ["hall/people.ts", "../http/problem.ts", "hall may not import http"],
    ["hall/people.ts", "../adapters/terminal/control-server.ts", "hall may not import adapters"],
    ["http/problem.ts", "../cli/settings.ts", "http may not import cli"],
    ["http/problem.ts", "../adapters/slack/signature.ts", "http may not import adapters"],
    ["adapters/slack/signature.ts", "../../http/problem.ts", "adapters may not import http"],
    ["adapters/slack/signature.ts", "../discord/rest.ts", "adapters do not know each other"],
    ["adapters/markdown-tokens.ts", "./discord/rest.ts", "adapters do not know each other"],
    ["hall/people.ts", "../logging.ts", "hall may not import logging"],
    ["hall/people.ts", "../main.ts", "hall may not import main"],
    ["main.ts", "./cli/run-cli.ts", "nothing but logging.ts is loaded before logging stands"],
    ["main.ts", "pino", "nothing but logging.ts is loaded before logging stands"],
    ["kernel/config.ts", "kysely", "only data, hall know this package"],
    ["hall/people.ts", "fastify", "only http, adapters, cli know this package"],
    ["hall/people.ts", "@guildhall/dice", "modules are discovered; the server knows none by name"],
    ["hall/people.ts", "../../tests/support/stores.ts", "a test's file in what is shipped"],
    ["hall/people.ts", "./people.test.ts", "a test's file in what is shipped"],
    ["hall/people.ts", "../../../sdk/src/index.ts", "reaches into another package; import it by its name"],
    ["hall/people.ts", "~/data/database.ts", "path aliases and absolute paths are not used"],
  ])("%s may not import %s", (place, specifier, reason) => {
    expect(breaches({ [server(place)]: `import { a } from "${specifier}";\n` })).toEqual([
      `${server(place)}: imports "${specifier}": ${reason}`,
    ]);
  });

  it.each([
    `import type { A } from "../data/database.ts";`,
    `import "../data/database.ts";`,
    `export { a } from "../data/database.ts";`,
    `export * from "../data/database.ts";`,
    `export type { A } from "../data/database.ts";`,
    `const a = await import("../data/database.ts");`,
    `let a: import("../data/database.ts").A;`,
  ])("sees %s", (text) => {
    expect(breaches({ [server("kernel/config.ts")]: text })).toHaveLength(1);
  });

  it("lets each layer import those below", () => {
    expect(
      breaches({
        [server("main.ts")]: `import { a } from "./logging.ts";\nawait import("./cli/run-cli.ts");`,
        [server("logging.ts")]: `import { pino } from "pino";`,
        [server("cli/run-cli.ts")]: `import "../http/problem.ts"; import "../adapters/slack/signature.ts";`,
        [server("http/problem.ts")]: `import "fastify"; import "../hall/people.ts";`,
        [server("adapters/slack/signature.ts")]:
          `import "../../hall/people.ts"; import "./verify.ts"; import "../tokens.ts";`,
        [server("hall/people.ts")]: `import "../commands/tokenise.ts"; import "../data/database.ts";`,
        [server("data/database.ts")]: `import pg from "pg"; import "../kernel/config.ts";`,
        [server("data/database.test.ts")]: `import "../../tests/support/stores.ts";`,
        [server("kernel/config.ts")]: `import { a } from "@guildhall/sdk";`,
      }),
    ).toEqual([]);
  });
});

describe("what may import what elsewhere", () => {
  const ONLY = "a module imports the sdk, zod, its own files and other modules' public index only";
  it.each([
    ["modules/dice/src/roll.ts", "pg", ONLY],
    ["modules/dice/src/roll.ts", "yaml", ONLY],
    ["modules/dice/src/roll.ts", "node:fs", ONLY],
    ["modules/dice/src/roll.ts", "guildhall", ONLY],
    [
      "modules/dice/src/roll.ts",
      "@guildhall/credits/src/wallet.ts",
      "reaches past the package's public index",
    ],
    [
      "modules/dice/src/roll.ts",
      "../../credits/src/wallet.ts",
      "reaches into another package; import it by its name",
    ],
    ["packages/sdk/src/command.ts", "node:util", "the sdk depends on zod only"],
    ["packages/sdk/src/command.ts", "@guildhall/dice", "the sdk depends on zod only"],
    [
      "packages/console/src/api/client.ts",
      "../../../sdk/src/index.ts",
      "reaches into another package; import it by its name",
    ],
    [
      "packages/console/src/api/client.ts",
      "../../../server/tests/support/stores.ts",
      "the console shares only .ts files with the server",
    ],
    [
      "packages/server/src/http/problem.ts",
      "../../../console/src/app.tsx",
      "reaches into another package; import it by its name",
    ],
  ])("%s may not import %s", (file, specifier, reason) => {
    expect(breaches({ [file]: `import { a } from "${specifier}";\n` })).toEqual([
      `${file}: imports "${specifier}": ${reason}`,
    ]);
  });

  it("lets a module import the sdk, zod and another module, and its tests the test runner", () => {
    expect(
      breaches({
        "modules/dice/src/roll.ts": `import "@guildhall/sdk"; import "zod"; import "@guildhall/credits"; import "./odds.ts";`,
        "modules/characters/src/sheet-text.ts": `import "yaml";`,
        "modules/dice/src/roll.test.ts": `import { it } from "vitest"; import fc from "fast-check"; import "node:util";`,
        "packages/console/src/api/client.ts": `import type { A } from "../../../server/src/http/schemas.ts";`,
      }),
    ).toEqual([]);
  });
});

describe("circles", () => {
  it("reports one of types alone, by its way", () => {
    const [a, b, c] = [server("hall/a.ts"), server("hall/b.ts"), server("hall/c.ts")];
    expect(
      breaches({
        [a]: `import type { B } from "./b.ts";`,
        [b]: `export type { C } from "./c.ts";`,
        [c]: `import type { A } from "./a.ts";`,
      }),
    ).toEqual([`${a}: is in a circle ${a} -> ${b} -> ${c} -> ${a}`]);
  });

  it("reports one between packages", () => {
    expect(
      breaches({
        "modules/dice/src/index.ts": `export { a } from "@guildhall/credits";`,
        "modules/credits/src/index.ts": `export { b } from "@guildhall/dice";`,
      }),
    ).toHaveLength(1);
  });

  it("leaves a diamond alone", () => {
    expect(
      breaches({
        [server("hall/a.ts")]: `import "./b.ts"; import "./c.ts";`,
        [server("hall/b.ts")]: `import "./d.ts";`,
        [server("hall/c.ts")]: `import "./d.ts";`,
        [server("hall/d.ts")]: "",
      }),
    ).toEqual([]);
  });
});

describe("form", () => {
  it.each([
    ["hall/utils.ts", "", `"utils.ts" names no subject`],
    ["helpers/a.ts", "", `"helpers" names no subject`],
    ["services/a.ts", "", `"services" is no layer of the server`],
    ["hall/page.tsx", "", "is .tsx, which only the console uses"],
    ["hall/index.ts", "export const a = 1;", "is an index that holds more than re-exports"],
    ["hall/a.ts", "enum A { B }", "declares an enum"],
    ["hall/a.ts", "class A { constructor(readonly b: number) {} }", "uses a parameter property"],
    ["hall/a.ts", "class A { @b() c() {} }", "uses a decorator"],
    ["hall/a.ts", `const a = "\u{1F3B2}";`, "holds an emoji; write \\u{...} where the text needs one"],
  ])("reports %s with %s", (place, text, reason) => {
    expect(breaches({ [server(place)]: text })).toContain(`${server(place)}: ${reason}`);
  });

  it("leaves re-exports in an index alone", () => {
    expect(
      breaches({ [server("hall/index.ts")]: `export { a } from "./a.ts";\nexport * from "./b.ts";` }),
    ).toEqual([]);
  });
});
