/** The names of a new module in their several forms. */
export interface ModuleNames {
  /** `my_module` or `my-module` */
  readonly name: string;
  /** `my-module`: routes and commands */
  readonly hyphens: string;
  /** `myModule` */
  readonly camel: string;
  /** `MY_MODULE` */
  readonly upper: string;
}

/** The forms of a module's name. */
export function moduleNames(name: string): ModuleNames {
  const hyphens = name.replaceAll("_", "-");
  const camel = hyphens.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { name, hyphens, camel, upper: hyphens.replaceAll("-", "_").toUpperCase() };
}

/** The files of a new module, by their path in its folder. Together they hold all twelve points of the checklist. */
export function moduleFiles(names: ModuleNames): ReadonlyMap<string, string> {
  return new Map([
    ["package.json", packageJson(names)],
    ["index.ts", `export { ${names.camel} } from "./${names.hyphens}-module.ts";\n`],
    [`${names.hyphens}-module.ts`, moduleSource(names)],
    [`${names.hyphens}-module.test.ts`, testSource(names)],
    ["README.md", readme(names)],
  ]);
}

function packageJson({ hyphens }: ModuleNames): string {
  const manifest = { name: hyphens, version: "0.1.0", private: true, type: "module", exports: "./index.ts" };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function moduleSource({ name, hyphens, camel }: ModuleNames): string {
  return `import {
  answer,
  defineCommand,
  defineModule,
  defineRoute,
  defineTable,
  escapeMarkdown,
  instant,
  markdown,
  text,
  uuid,
  varchar,
} from "@guildhall/sdk";
import { z } from "zod";

/** What the module keeps: one row a note. */
const notes = defineTable("notes", {
  id: uuid().primaryKey(),
  title: varchar(),
  created_at: instant(),
});

/** The module \`${name}\`: greets people and keeps notes. */
export const ${camel} = defineModule({
  name: "${name}",
  summary: "Greets people and keeps notes",
  config: z.object({
    greeting: z.string().min(1).max(100).default("Hello").describe("How people are greeted"),
  }),
  tables: [notes],
  initialize({ config, store, clock, log }) {
    log.info({}, "${name} is starting");

    const greet = defineCommand({
      name: "${hyphens}",
      summary: "Greet somebody",
      arguments: { name: text("whom to greet", { maxLength: 100 }) },
      examples: ["${hyphens} Ada"],
      pure: true,
      *run({ name }) {
        yield markdown(\`\${escapeMarkdown(config.greeting)}, \${escapeMarkdown(name)}\`);
      },
    });

    const list = defineRoute({
      method: "GET",
      path: "/${hyphens}/notes",
      summary: "The newest notes",
      handle: async () => {
        const found = await store.find(notes, { orderBy: [["created_at", "desc"]], limit: 100 });
        const data = found.map(({ id, title }) => ({ id, title }));
        return answer(200, { success: true, data, count: data.length });
      },
    });

    const create = defineRoute({
      method: "POST",
      path: "/${hyphens}/notes",
      summary: "Keep a note",
      requireAuth: true,
      body: z.object({ title: z.string().min(1).max(200) }),
      handle: async ({ body }) => {
        const id = store.newId();
        await store.insert(notes, { id, title: body.title, created_at: clock.now() });
        return answer(200, { success: true, id });
      },
    });

    return {
      commands: [greet],
      routes: [list, create],
      healthCheck: async () => ({ status: (await store.isConnected()) ? "healthy" : "unhealthy" }),
    };
  },
});
`;
}

function testSource({ name, hyphens, camel }: ModuleNames): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryHall, startModule } from "@guildhall/sdk/testing";
import { ${camel} } from "./index.ts";

test("is unhealthy while its store is away", async () => {
  const started = await startModule(${camel});
  started.store.fault = new Error("away");
  assert.equal((await started.health()).status, "unhealthy");
});

test("greets as it was told to", async () => {
  const hall = await openMemoryHall({ modules: [${camel}], config: { ${/^[a-z]\w*$/.test(name) ? name : `"${name}"`}: { greeting: "Hi" } } });
  await hall.expectReply("${hyphens} Ada", "Hi, Ada");
});

test("keeps notes of people who are signed in", async () => {
  const hall = await openMemoryHall({ modules: [${camel}] });
  const refused = await hall.request("POST", "/${hyphens}/notes", { body: { title: "a" } });
  assert.equal(refused.status, 401);
  await hall.request("POST", "/${hyphens}/notes", { body: { title: "a" }, token: hall.token });
  const { body } = await hall.request("GET", "/${hyphens}/notes");
  assert.equal(Object(body).count, 1);
});
`;
}

function readme({ name, hyphens, upper }: ModuleNames): string {
  return `# ${name}

## Purpose

Greets people and keeps notes. Say here what the module is for, in a sentence or two.

## Dependencies

None. List each module that it depends on, and what for.

## Commands

| command | what it does |
| --- | --- |
| \`${hyphens} NAME\` | greets somebody |

## Endpoints

| endpoint | what it does |
| --- | --- |
| \`GET /${hyphens}/notes\` | the newest 100 notes |
| \`POST /${hyphens}/notes\` | keeps a note; needs an access token |

## Configuration

| setting | variable | default | what |
| --- | --- | --- | --- |
| \`greeting\` | \`GUILDHALL_${upper}__GREETING\` | Hello | how people are greeted |

## Resources

- Tables: \`notes\`, one row a note.
- Cache and state keys: none.
- External access: none.
- File permissions: none.

## Examples

\`\`\`sh
guildhall ${hyphens} Ada
\`\`\`
`;
}
