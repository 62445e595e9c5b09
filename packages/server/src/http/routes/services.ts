import { z } from "zod";
import { SERVICE_OUTCOMES } from "../../data/tables/services.ts";
import type { ServiceRun } from "../../data/schedules.ts";
import { notFound } from "../../data/data-error.ts";
import type { ServiceStatus } from "../../hall/services.ts";
import { sendProblem } from "../problem.ts";
import type { App, RouteContext } from "../route-context.ts";
import { problems } from "../schemas.ts";

const Instant = z.iso.datetime();

const ServiceRunSchema = z
  .object({
    id: z.uuid(),
    cause: z.enum(["schedule", "asked"]),
    started_at: Instant,
    ended_at: Instant.nullable(),
    duration_seconds: z.number().nullable(),
    outcome: z.enum(SERVICE_OUTCOMES).nullable(),
    note: z.string().nullable().describe("What the run told of itself, or why it failed"),
  })
  .meta({ id: "ServiceRun" });

const ServiceSchema = z
  .object({
    name: z.string(),
    module: z.string(),
    summary: z.string(),
    schedule: z.string().describe("As a person reads it"),
    is_paused: z.boolean(),
    next_run_at: Instant.nullable().describe("Null when it is not to run again by itself"),
    failures: z.int().describe("Runs that failed in a row"),
    progress: z.string().nullable().describe("How far the run under way is, as far as this server knows"),
    current_run: ServiceRunSchema.nullable(),
    last_run: ServiceRunSchema.nullable().describe("The newest that has ended"),
  })
  .meta({ id: "Service" });

const Params = z.object({ service_name: z.string().min(1).max(100) });

/** What the hall does by itself: everyone sees it, administrators steer it. */
export function registerServices(app: App, { hall, authentication }: RouteContext): void {
  const { services } = hall;

  const found = async (name: string): Promise<ServiceStatus> => {
    const service = await services.find(name);
    if (!service) throw notFound("service");
    return service;
  };

  app.get(
    "/services",
    {
      schema: {
        summary: "All services",
        tags: ["services"],
        response: { 200: z.object({ items: z.array(ServiceSchema) }), ...problems(401) },
      },
    },
    async (request) => {
      await authentication.require(request);
      return { items: (await services.list()).map(present) };
    },
  );

  app.get(
    "/services/:service_name",
    {
      schema: {
        summary: "A service and its newest runs",
        tags: ["services"],
        params: Params,
        response: {
          200: ServiceSchema.extend({ runs: z.array(ServiceRunSchema).describe("Newest first, at most 50") }),
          ...problems(401, 404),
        },
      },
    },
    async (request) => {
      await authentication.require(request);
      const service = await found(request.params.service_name);
      const runs = await services.runs(service.name, { limit: 50 });
      return { ...present(service), runs: runs.map(presentRun) };
    },
  );

  app.post(
    "/services/:service_name/run",
    {
      schema: {
        summary: "Run a service now; the answer does not wait for its end",
        tags: ["services"],
        params: Params,
        response: { 202: ServiceSchema, ...problems(401, 403, 404, 409, 503) },
      },
    },
    async (request, reply) => {
      await authentication.requireAdministrator(request);
      const { service_name } = request.params;
      const { kind } = await services.runNow(service_name);
      switch (kind) {
        case "unknown":
          throw notFound("service");
        case "running":
          return sendProblem(reply, {
            code: "service_running",
            detail: `The service ${service_name} is running already.`,
          });
        case "stopping":
          return sendProblem(reply, {
            code: "hall_stopping",
            detail: "The hall is stopping: try again in a moment.",
          });
        case "begun":
          return await reply.code(202).send(present(await found(service_name)));
      }
    },
  );

  for (const verb of ["pause", "resume"] as const) {
    app.post(
      `/services/:service_name/${verb}`,
      {
        schema: {
          summary:
            verb === "pause"
              ? "Let a service run no more by itself"
              : "Let a paused service run at its times again",
          tags: ["services"],
          params: Params,
          response: { 200: ServiceSchema, ...problems(401, 403, 404) },
        },
      },
      async (request) => {
        await authentication.requireAdministrator(request);
        const { service_name } = request.params;
        if (!(await services[verb](service_name))) throw notFound("service");
        return present(await found(service_name));
      },
    );
  }
}

function present(service: ServiceStatus): z.input<typeof ServiceSchema> {
  const { name, module, summary, schedule, is_paused, failures, progress } = service;
  return {
    name,
    module,
    summary,
    schedule,
    is_paused,
    next_run_at: service.next_run_at?.toISOString() ?? null,
    failures,
    progress,
    current_run: service.current_run && presentRun(service.current_run),
    last_run: service.last_run && presentRun(service.last_run),
  };
}

function presentRun({
  id,
  cause,
  started_at,
  ended_at,
  outcome,
  note,
}: ServiceRun): z.input<typeof ServiceRunSchema> {
  return {
    id,
    cause,
    started_at: started_at.toISOString(),
    ended_at: ended_at?.toISOString() ?? null,
    duration_seconds: ended_at && (ended_at.getTime() - started_at.getTime()) / 1000,
    outcome,
    note,
  };
}
