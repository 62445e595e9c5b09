import { z } from "zod";
import { moduleHealth, type ModuleHealthReport } from "../../hall/modules/module-health.ts";
import type { ModuleReport } from "../../kernel/module-report.ts";
import { withinLimit } from "../../kernel/within-limit.ts";
import type { App, RouteContext } from "../route-context.ts";
import { OPEN_TO_ALL } from "../schemas.ts";

const STORE_PATIENCE_MILLISECONDS = 2000;
/** Anybody may ask for the health, so that modules are asked at most once in this time. */
const HEALTH_KEPT_MILLISECONDS = 1000;

const ModuleHealthSchema = z.looseObject({ module: z.string(), status: z.string() });

const StatusSchema = z.object({
  total_modules: z.int(),
  initialized_modules: z.int(),
  load_order: z.array(z.string()),
  initialization_errors: z.record(z.string(), z.string()),
  modules: z.record(
    z.string(),
    z.object({
      info: z.object({
        name: z.string(),
        initialized: z.boolean(),
        dependencies: z.array(z.string()),
        routes_count: z.int(),
        routes: z.array(z.string()),
      }),
      health: ModuleHealthSchema,
    }),
  ),
});

/** The state of the hall, for people and for machines (requirements C-6, C-8). */
export function registerSystem(app: App, { hall }: RouteContext): void {
  const modulesHealth = remembered(async () => {
    const now = hall.clock.now();
    const all = hall.modules.reports.map(async (report) => await moduleHealth(hall.modules, report, now));
    return await Promise.all(all);
  });

  app.get(
    "/health",
    {
      schema: {
        summary:
          "Whether the hall is well: 503 when its store is away, degraded when only modules are unwell",
        tags: ["system"],
        ...OPEN_TO_ALL,
        response: { 200: z.looseObject({ status: z.string() }), 503: z.looseObject({ status: z.string() }) },
      },
    },
    async (_request, reply) => {
      const [store, state, modules] = await Promise.all([
        works(() => hall.database.pool.query("select 1")),
        works(() => hall.state.updatedTime("user_set")),
        modulesHealth(),
      ]);
      const isWell = store && state;
      if (!isWell) void reply.code(503);
      const count = (...statuses: ModuleHealthReport["status"][]) =>
        modules.filter(({ status }) => statuses.includes(status)).length;
      const failed = count("not_initialized");
      const unhealthy = count("degraded", "unhealthy", "error");
      return {
        status: isWell ? (failed + unhealthy > 0 ? "degraded" : "healthy") : "unhealthy",
        store: store ? "healthy" : "unavailable",
        state: state ? "healthy" : "unavailable",
        modules: {
          total: modules.length,
          healthy: count("healthy"),
          unhealthy,
          failed,
          disabled: count("disabled"),
        },
        uptime_seconds: Math.floor((hall.clock.now().getTime() - hall.startedAt.getTime()) / 1000),
      };
    },
  );

  app.get(
    "/modules/status",
    {
      schema: {
        summary: "How every module is, and why those that failed did",
        tags: ["system"],
        ...OPEN_TO_ALL,
        response: { 200: StatusSchema },
      },
    },
    async () => {
      const { reports, loadOrder } = hall.modules;
      const health = await modulesHealth();
      const routes = hall.routes.list();
      return {
        total_modules: reports.length,
        initialized_modules: loadOrder.length,
        load_order: [...loadOrder],
        initialization_errors: Object.fromEntries(
          reports.flatMap(({ name, state, reason }) =>
            state === "failed" && reason !== null ? [[name, reason]] : [],
          ),
        ),
        modules: Object.fromEntries(
          firstOfEachName(reports).map(({ name, state, dependencies }) => {
            const own = routes.flatMap(({ module, route }) =>
              module === name ? [`${route.method} ${route.path}`] : [],
            );
            return [
              name,
              {
                info: {
                  name,
                  initialized: state === "started",
                  dependencies: [...dependencies],
                  routes_count: own.length,
                  routes: own,
                },
                health: health.find(({ module }) => module === name) ?? {
                  module: name,
                  status: "not_initialized",
                },
              },
            ];
          }),
        ),
      };
    },
  );

  app.get(
    "/modules/:name/health",
    {
      schema: {
        summary: "A module's own word on its health; 503 unless it is healthy or degraded",
        tags: ["system"],
        ...OPEN_TO_ALL,
        params: z.object({ name: z.string().max(100) }),
        response: {
          200: ModuleHealthSchema,
          404: z.object({ error: z.literal("Module not found") }),
          503: ModuleHealthSchema,
        },
      },
    },
    async (request, reply) => {
      const health = (await modulesHealth()).find(({ module }) => module === request.params.name);
      if (!health) return await reply.code(404).send({ error: "Module not found" });
      const isWell = health.status === "healthy" || health.status === "degraded";
      return await reply.code(isWell ? 200 : 503).send(health);
    },
  );

  app.get(
    "/metrics",
    {
      schema: {
        summary: "Metrics for Prometheus",
        tags: ["system"],
        ...OPEN_TO_ALL,
        response: { 200: { description: "The metrics", content: { "text/plain": { schema: z.string() } } } },
      },
    },
    async (_request, reply) => await reply.type(hall.metrics.contentType).send(await hall.metrics.text()),
  );
}

/** Of two with one name the first is the one that runs. */
function firstOfEachName(reports: readonly ModuleReport[]): ModuleReport[] {
  const names = reports.map(({ name }) => name);
  return reports.filter(({ name }, index) => names.indexOf(name) === index);
}

async function works(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await withinLimit(work, STORE_PATIENCE_MILLISECONDS, "the store is slow");
    return true;
  } catch {
    // Why is in the store's own log lines; here only whether.
    return false;
  }
}

function remembered<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let last: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return async () => {
    if (!last || last.until < performance.now()) {
      last = { value: read(), until: performance.now() + HEALTH_KEPT_MILLISECONDS };
    }
    return await last.value;
  };
}
