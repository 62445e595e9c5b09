import type { App, RouteContext } from "../route-context.ts";
import { z } from "zod";
import { OPEN_TO_ALL } from "../schemas.ts";

const STORE_PATIENCE_MILLISECONDS = 2000;

/** The state of the hall, for people and for machines (requirements C-8). */
export function registerSystem(app: App, { hall }: RouteContext): void {
  app.get(
    "/health",
    {
      schema: {
        summary: "Whether the hall is well: 503 when its store is away",
        tags: ["system"],
        ...OPEN_TO_ALL,
        response: { 200: z.looseObject({ status: z.string() }), 503: z.looseObject({ status: z.string() }) },
      },
    },
    async (_request, reply) => {
      const isStoreWell = await storeAnswers();
      const failed = hall.moduleReports.filter((report) => report.state === "failed").length;
      if (!isStoreWell) void reply.code(503);
      return {
        status: isStoreWell ? (failed > 0 ? "degraded" : "healthy") : "unhealthy",
        store: isStoreWell ? "healthy" : "unavailable",
        modules: { total: hall.moduleReports.length, failed },
        uptime_seconds: Math.floor((hall.clock.now().getTime() - hall.startedAt.getTime()) / 1000),
      };
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

  async function storeAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), STORE_PATIENCE_MILLISECONDS);
    });
    const answer = hall.database.pool.query("select 1").then(
      () => true,
      () => false,
    );
    const isWell = await Promise.race([answer, late]);
    clearTimeout(timer);
    return isWell;
  }
}
