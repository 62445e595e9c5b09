import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { z } from "zod";
import { createServer } from "../src/http/create-server.ts";
import type { Hall } from "../src/hall/open-hall.ts";

/** The generator belongs to the console, whose client is typed by what it makes. */
const GENERATOR = path.join(
  createRequire(new URL("../../console/package.json", import.meta.url)).resolve("openapi-typescript"),
  "../../bin/cli.js",
);

/** The types of the API, from its own description; commands with typed arguments are left to their modules. */
export async function apiTypes(hall: Hall): Promise<string> {
  const child = spawn(process.execPath, [GENERATOR], {
    stdio: ["pipe", "pipe", "pipe"],
    cwd: path.dirname(GENERATOR),
  });
  const described = await describeRoutes(hall);
  // TypeScript cannot write down a property whose type is itself.
  const Json = { description: "Any JSON value" };
  const schemas = { ...described.components.schemas, Json, JsonInput: Json };
  child.stdin.end(JSON.stringify({ ...described, components: { ...described.components, schemas } }));
  const [types, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (types === "") throw new Error(`the types of the API could not be made: ${complaints}`);
  return `// Made by "npm run generate" from the hall's OpenAPI description; changes belong into its routes.\n${types}`;
}

const Description = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({ summary: z.string().optional(), tags: z.array(z.string()).optional() }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

/** The routes of the API as OpenAPI describes them. */
export async function describeRoutes(hall: Hall) {
  const app = await createServer({
    hall,
    log: pino({ level: "silent" }),
    options: { publicUrl: undefined, allowedHosts: [], requestsPerMinute: 1 },
  });
  try {
    await app.ready();
    return Description.parse(app.swagger());
  } finally {
    await app.close();
  }
}
