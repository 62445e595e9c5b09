import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  answer,
  defineCommand,
  defineModule,
  defineRoute,
  moduleRef,
  plainText,
  type Module,
} from "@guildhall/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Config } from "../../src/kernel/config.ts";
import { stores, type TestDatabase } from "../support/stores.ts";
import { expectProblem } from "./support/api-client.ts";
import { newThread, serveHall, type ServedHall, type SignedInPerson } from "./support/serve-hall.ts";

let condition: "healthy" | "unhealthy" = "healthy";
let failing = false;

function modules(): Module[] {
  const counted = defineModule({
    name: "counted",
    summary: "Counts",
    config: z.object({
      step: z.int().min(1).default(1).describe("How far each count goes"),
      label: z.string().default("n"),
      apiKey: z.string().meta({ secret: true }).optional(),
    }),
    initialize: ({ config }) => {
      if (failing) throw new Error(`no luck with ${config.apiKey}`);
      return {
        api: {},
        commands: [
          defineCommand({
            name: "count",
            summary: "Count",
            pure: true,
            *run() {
              yield plainText(`${config.label} ${config.step}`);
            },
          }),
          defineCommand({
            name: "linger",
            summary: "Count no further",
            async *run() {
              yield plainText("one");
              await new Promise(() => undefined);
            },
          }),
        ],
        routes: [
          defineRoute({
            method: "GET",
            path: "/counted/step",
            summary: "The step",
            handle: () => answer(200, { step: config.step }),
          }),
        ],
        healthCheck: async () => ({ status: condition, queue: 7 }),
      };
    },
  });
  const dependant = defineModule({
    name: "dependant",
    summary: "Needs counted",
    dependencies: { counted: moduleRef("counted") },
    initialize: () => ({}),
  });
  const broken = defineModule({ name: "broken", summary: "Never starts", initialize: () => false });
  return [counted, dependant, broken];
}

describe("modules over HTTP", () => {
  /** Modules are asked for their health at most once a second. */
  const nextHealth = async (place: string, wanted: (status: number) => boolean) =>
    await expect.poll(async () => wanted((await served.api.get(place)).status), { timeout: 5000 }).toBe(true);
  let folder: string;
  let database: TestDatabase | undefined;
  let served: ServedHall;
  let admin: SignedInPerson;
  const environment = { GUILDHALL_COUNTED__API_KEY: "planted-secret-1" };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "guildhall-modules-"));
    database = await stores().at(0)?.createDatabase();
    served = await serveHall({
      url: database?.url ?? "",
      modules: modules(),
      config: new Config({ environment, filePath: undefined, savedPath: path.join(folder, "modules.yaml") }),
    });
    admin = await served.join({ admin: true });
  });
  afterAll(async () => {
    await served.stop();
    await database?.drop();
    await rm(folder, { recursive: true });
  });
  const json = (answered: { text: string }): unknown => JSON.parse(answered.text);

  it("tells the hall's health: degraded when only modules are unwell", async () => {
    const total = served.hall.modules.reports.length;
    const health = await served.api.get("/health");
    expect(health.status).toBe(200);
    expect(json(health)).toMatchObject({
      status: "degraded",
      store: "healthy",
      modules: { total, healthy: total - 1, failed: 1, unhealthy: 0, disabled: 0 },
    });
  });

  it("tells the status of all, with reasons and without secrets", async () => {
    expect(json(await served.api.get("/modules/status"))).toMatchObject({
      total_modules: served.hall.modules.reports.length,
      initialized_modules: served.hall.modules.reports.length - 1,
      load_order: expect.arrayContaining(["counted", "dependant"]),
      initialization_errors: { broken: "it declined to start; its log says why" },
      modules: {
        counted: {
          info: { initialized: true, dependencies: [], routes_count: 1, routes: ["GET /counted/step"] },
          health: { status: "healthy", queue: 7 },
        },
        broken: { info: { initialized: false }, health: { status: "not_initialized" } },
      },
    });
  });

  it("tells the health of one, and 404 in the promised form for one that is not there", async () => {
    expect(await served.api.get("/modules/counted/health")).toMatchObject({ status: 200 });
    expect((await served.api.get("/modules/broken/health")).status).toBe(503);
    const unknown = await served.api.get("/modules/nobody/health");
    expect(unknown.status).toBe(404);
    expect(json(unknown)).toEqual({ error: "Module not found" });
  });

  it("is for administrators only", async () => {
    const person = await served.join();
    for (const place of ["", "/counted"]) {
      expectProblem(await served.api.get(`/api/v1/modules${place}`), "signed_out");
      expectProblem(await person.api.get(`/api/v1/modules${place}`), "permission_denied");
    }
    for (const verb of ["enable", "disable", "restart"]) {
      expectProblem(await person.api.post(`/api/v1/modules/counted/${verb}`), "permission_denied");
    }
    expectProblem(await person.api.patch("/api/v1/modules/counted/config", { step: 9 }), "permission_denied");
  });

  it("shows settings with schema and sources, and never a secret", async () => {
    const answered = await admin.api.get("/api/v1/modules/counted");
    expect(json(answered)).toMatchObject({
      state: "started",
      config: {
        schema: {
          properties: { step: { type: "integer", minimum: 1, description: "How far each count goes" } },
        },
        fault: null,
        values: [
          { key: "step", value: 1, source: "default", variable: "GUILDHALL_COUNTED__STEP", is_fixed: false },
          { key: "label", value: "n" },
          { key: "apiKey", value: "********", source: "environment", is_secret: true, is_fixed: true },
        ],
      },
    });
    expect(answered.text).not.toContain("planted-secret");
    expectProblem(await admin.api.get("/api/v1/modules/nobody"), "module_not_found");
  });

  it("saves settings, which count from the next start, and refuses what cannot be", async () => {
    const config = "/api/v1/modules/counted/config";
    for (const refused of [{ step: 0 }, { step: "x" }, { nothing: 1 }, { apiKey: "other" }]) {
      expectProblem(await admin.api.patch(config, refused), "config_refused");
    }
    expect(json(await admin.api.patch(config, { step: 5 }))).toMatchObject({
      config: { values: [{ key: "step", value: 5, source: "console" }, {}, {}] },
    });
    expect(json(await served.api.get("/counted/step"))).toEqual({ step: 1 });
    await admin.api.post("/api/v1/modules/counted/restart");
    expect(json(await served.api.get("/counted/step"))).toEqual({ step: 5 });
    const file = path.join(folder, "modules.yaml");
    expect(await readFile(file, "utf8")).toContain("step: 5");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await admin.api.patch(config, { step: null });
    expect(json(await admin.api.post("/api/v1/modules/counted/restart"))).toMatchObject({
      config: { values: [{ key: "step", value: 1, source: "default" }, {}, {}] },
    });
  });

  it("disables and enables, with what depends on it, and keeps that for the next start", async () => {
    expect(json(await admin.api.post("/api/v1/modules/counted/disable"))).toMatchObject({
      state: "disabled",
    });
    expect((await served.api.get("/counted/step")).status).toBe(404);
    expect(json(await served.api.get("/modules/status"))).toMatchObject({
      initialization_errors: { dependant: "Missing dependencies: [counted]" },
    });
    expect(await readFile(path.join(folder, "modules.yaml"), "utf8")).toContain("- counted");
    expect(json(await admin.api.post("/api/v1/modules/counted/enable"))).toMatchObject({ state: "started" });
    expect(json(await admin.api.get("/api/v1/modules/dependant"))).toMatchObject({ state: "started" });
    expectProblem(await admin.api.post("/api/v1/modules/hall/disable"), "module_needed");
  });

  it("are steered by typed lines, too, by administrators alone", async () => {
    const typed = async (person: SignedInPerson, line: string) => {
      const thread = `/api/v1/threads/${await newThread(person.api)}/actions`;
      const { id } = z
        .object({ id: z.uuid() })
        .parse(json(await person.api.post(thread, { raw_text: line })));
      return (await person.api.get(`/api/v1/actions/${id}?wait=10`)).text;
    };
    expect(await typed(admin, "modules disable counted")).toContain("counted is disabled");
    expect((await served.api.get("/counted/step")).status).toBe(404);
    expect(await typed(admin, "modules enable counted")).toContain("counted runs; its start took");
    expect((await served.api.get("/counted/step")).status).toBe(200);
    failing = true;
    expect(await typed(admin, "modules restart counted")).toContain("counted does not run. no luck with");
    failing = false;
    expect(await typed(admin, "modules restart counted")).toContain("counted runs");
    expect(await typed(admin, "modules enable nowhere")).toContain('There is no module \\"nowhere\\".');
    expect(await typed(admin, "modules disable hall")).toContain("cannot be disabled");
    const member = await served.join();
    const thread = `/api/v1/threads/${await newThread(member.api)}/actions`;
    const refused = await member.api.post(thread, { raw_text: "modules disable counted" });
    expectProblem(refused, "permission_denied");
  });

  it("end what runs of their commands when they end", async () => {
    const thread = `/api/v1/threads/${await newThread(admin.api)}/actions`;
    const { id } = z
      .object({ id: z.uuid() })
      .parse(json(await admin.api.post(thread, { raw_text: "linger" })));
    const read = async (query = "") => json(await admin.api.get(`/api/v1/actions/${id}${query}`));
    await expect.poll(async () => await read()).toMatchObject({ state: "running" });
    expect(json(await admin.api.post("/api/v1/modules/counted/restart"))).toMatchObject({ state: "started" });
    expect(await read("?wait=10")).toMatchObject({
      state: "failed",
      error: { code: "module_stopped", message: expect.stringContaining("The module counted was ended") },
    });
  });

  it("follows what a module says of itself", async () => {
    condition = "unhealthy";
    await nextHealth("/modules/counted/health", (status) => status === 503);
    expect(json(await served.api.get("/health"))).toMatchObject({
      status: "degraded",
      modules: { unhealthy: 1 },
    });
    condition = "healthy";
    await nextHealth("/modules/counted/health", (status) => status === 200);
  });

  it("answers for the commands of a module that fails, on every way in, without its secret", async () => {
    failing = true;
    const restarted = await admin.api.post("/api/v1/modules/counted/restart");
    const reason = "no luck with ********";
    expect(json(restarted)).toMatchObject({ state: "failed", reason });
    const error = {
      code: "degraded",
      message: `"count" is degraded: the module counted does not run. ${reason}.`,
    };
    const thread = `/api/v1/threads/${await newThread(admin.api)}/actions`;
    const typed = await admin.api.post(thread, { raw_text: "count --any thing" });
    expect(json(typed)).toMatchObject({ state: "failed", error });
    const called = await admin.api.post("/api/v1/commands/count", { any: "thing" });
    expect(json(called)).toMatchObject({ state: "failed", error });
    failing = false;
    await admin.api.post("/api/v1/modules/counted/enable");
    expect(json(await admin.api.post(thread, { raw_text: "count" }))).toMatchObject({
      state: "completed",
    });
  });
});
