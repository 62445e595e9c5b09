import {
  CommandError,
  defineCommand,
  defineModule,
  plainText,
  table,
  text,
  type Module,
} from "@guildhall/sdk";
import type { ServiceRun } from "../data/schedules.ts";
import type { Services, ServiceStatus } from "./services.ts";

const LONGEST_WAIT_SECONDS = 6 * 3600;

/** The commands over the hall's services: list, run, pause, resume. */
export function serviceModule({ services }: { readonly services: Services }): Module {
  const name = text("the service, as `service list` names it", { maxLength: 100 });

  const list = defineCommand({
    name: "list",
    summary: "Show every service: when it ran, how that went, and when it runs next",
    async *run() {
      const all = await services.list();
      if (all.length === 0) {
        yield plainText("No module of this hall has a service.");
        return;
      }
      yield table({
        columns: [
          "service",
          "what it does",
          "schedule",
          "state",
          "last run",
          "outcome",
          "took (s)",
          "next run",
        ],
        rows: all.map(row),
      });
      for (const service of all) {
        const failures = failuresOf(service);
        if (failures) yield plainText(`${failures}: ${service.last_run?.note ?? "no reason given"}`);
      }
    },
  });

  const run = defineCommand({
    name: "run",
    summary: "Run a service now and wait for its end",
    arguments: { service: name },
    examples: ["service run mirror"],
    permission: "administrator",
    timeLimitSeconds: LONGEST_WAIT_SECONDS,
    async *run({ service }, { signal }) {
      const begun = await services.runNow(service);
      if (begun.kind === "unknown") throw unknown(service);
      if (begun.kind === "running") {
        throw new CommandError(`${service} is running already: "service list" shows how far it is.`, {
          code: "service_running",
        });
      }
      if (begun.kind === "stopping") throw new CommandError("The hall is stopping: try again in a moment.");
      const stopped = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
      });
      const outcome = await Promise.race([begun.ended, stopped]);
      if (outcome === undefined) return;
      const [last] = await services.runs(service, { limit: 1 });
      if (outcome !== "done") {
        throw new CommandError(`${service} ended as ${words(outcome)}: ${last?.note ?? "no reason given"}`, {
          code: "service_failed",
        });
      }
      yield plainText(last?.note ?? `${service} is done.`);
    },
  });

  const pause = defineCommand({
    name: "pause",
    summary: "Let a service run no more by itself",
    arguments: { service: name },
    examples: ["service pause mirror"],
    permission: "administrator",
    async *run({ service }) {
      if (!(await services.pause(service))) throw unknown(service);
      yield plainText(
        `${service} is paused. What runs now goes on to its end; "service resume ${service}" undoes it.`,
      );
    },
  });

  const resume = defineCommand({
    name: "resume",
    summary: "Let a paused service run at its times again",
    arguments: { service: name },
    examples: ["service resume mirror"],
    permission: "administrator",
    async *run({ service }) {
      if (!(await services.resume(service))) throw unknown(service);
      const next = (await services.find(service))?.next_run_at;
      yield plainText(
        next ? `${service} runs next at ${shown(next)}.` : `${service} is not to run again by itself.`,
      );
    },
  });

  return defineModule({
    name: "services",
    summary: "What the hall does by itself, at its times",
    initialize: () => ({
      commands: [
        defineCommand({
          name: "service",
          summary: "See and steer what the hall does by itself",
          commands: [list, run, pause, resume],
        }),
      ],
      healthCheck: async () => {
        const ill = services.health().filter(({ status }) => status !== "healthy");
        if (ill.length === 0) return { status: "healthy" };
        const detail = ill
          .map((service) => failuresOf(service) ?? `${service.name} does not end though it was aborted`)
          .join("; ");
        return { status: "degraded", detail };
      },
    }),
  });
}

function row(service: ServiceStatus) {
  const { last_run, current_run } = service;
  return [
    service.name,
    service.summary,
    service.schedule,
    current_run ? (service.progress ?? "running") : service.is_paused ? "paused" : "waiting",
    last_run ? shown(last_run.started_at) : "never",
    last_run?.outcome ? words(last_run.outcome) : "",
    last_run ? seconds(last_run) : "",
    service.is_paused || !service.next_run_at ? "" : shown(service.next_run_at),
  ];
}

function failuresOf({ name, failures }: Pick<ServiceStatus, "name" | "failures">): string | undefined {
  return failures > 0 ? `${name} failed ${failures} times in a row` : undefined;
}

function seconds({ started_at, ended_at }: ServiceRun): string {
  return ended_at ? ((ended_at.getTime() - started_at.getTime()) / 1000).toFixed(1) : "";
}

const words = (outcome: string) => outcome.replaceAll("_", " ");
const shown = (instant: Date) => `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;

function unknown(name: string): CommandError {
  return new CommandError(`There is no service "${name}": "service list" shows them all.`, {
    code: "unknown_service",
  });
}
