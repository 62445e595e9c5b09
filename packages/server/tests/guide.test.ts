import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { blocksOf, projectRoot } from "./support/documents.ts";
import { personsHome, shell } from "./support/persons-shell.ts";
import { serve, type ServedHall } from "./terminal/program.ts";

const GUIDE = "docs/guide/write-a-module.md";
const EXAMPLE = path.join(projectRoot, "examples/my-module");
const HALL = "http://127.0.0.1:3152";

let home: string | undefined;
afterAll(async () => {
  if (home !== undefined) await rm(home, { recursive: true, force: true });
});

it("the guide to modules, walked through as written, leads to the example, which does what it says", async () => {
  const at = await personsHome();
  ({ home } = at);
  const written = new Map<string, string>();
  const outputs: string[] = [];
  let exports = "";
  let hall: ServedHall | undefined;
  try {
    for (const { language, title, content } of await blocksOf(GUIDE)) {
      if (title !== "") {
        const file = path.join(at.home, title);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, content);
        written.set(path.basename(title), content);
        continue;
      }
      expect(language).toBe("sh");
      if (content.trim() === "guildhall start") {
        await hall?.stop();
        hall = await serve({ env: { ...at.env, ...variables(exports) }, cwd: at.home });
        continue;
      }
      const { status, output } = await shell(exports + content.replaceAll(HALL, hall?.url ?? HALL), at);
      expect({ content, output, status }).toMatchObject({ status: 0 });
      outputs.push(output);
      exports += content
        .split("\n")
        .filter((line) => line.startsWith("export "))
        .map((line) => `${line}\n`)
        .join("");
    }
  } finally {
    await hall?.stop();
  }

  const all = outputs.join("\n");
  for (const expected of [
    /my_new_module.*started/,
    '"status":"active"',
    /my_new_module.*batch.*50/i,
    '"message":"Data created successfully"',
    /"success":true,"data":\[\{.*"name":"rope".*\}\],"count":1/,
    '{"success":false,"error":"Missing required field: name"}',
    '{"error":"Missing or invalid authorization header"}',
    /"status":"healthy".*"database_connection":true/,
    /my_new_module_requests_total [1-9]/,
    "Noted.",
    "buy rope",
    /\{"message":"Hello user [0-9a-f-]{36}"\}/,
    "The module my_new_module holds all 12 points.",
  ]) {
    if (typeof expected === "string") expect(all).toContain(expected);
    else expect(all).toMatch(expected);
  }

  const example = new Map(
    await Promise.all(
      (await readdir(EXAMPLE)).map(
        async (file) => [file, await readFile(path.join(EXAMPLE, file), "utf8")] as const,
      ),
    ),
  );
  expect(written).toEqual(example);
}, 180_000);

/** What the lines of a shell export. */
function variables(script: string): Record<string, string> {
  return Object.fromEntries(
    [...script.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
}
