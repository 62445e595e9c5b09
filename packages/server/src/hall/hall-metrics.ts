import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { ModuleMetrics } from "./modules/module-metrics.ts";

/** The hall's metrics, in Prometheus' text format. Labels have few values: commands and routes, never people. */
export class HallMetrics {
  readonly #registry = new Registry();
  readonly #commandSeconds = new Histogram({
    name: "guildhall_command_duration_seconds",
    help: "How long runs of a command took",
    labelNames: ["module", "command"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    registers: [this.#registry],
  });
  readonly #commandRuns = new Counter({
    name: "guildhall_commands_total",
    help: "Runs of a command by how they ended",
    labelNames: ["module", "command", "state"],
    registers: [this.#registry],
  });
  readonly #requestSeconds = new Histogram({
    name: "guildhall_http_request_duration_seconds",
    help: "How long HTTP requests took",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.#registry],
  });

  readonly #cacheFaults = new Counter({
    name: "guildhall_cache_faults_total",
    help: "Faults of the cache, after each of which the value was read from where it is",
    labelNames: ["module"],
    registers: [this.#registry],
  });

  /** The metrics that a module may have of its own. */
  forModule(module: string): ModuleMetrics {
    return new ModuleMetrics({ registry: this.#registry, module });
  }

  /** Counts a fault of the cache. */
  cacheFailed(module: string): void {
    this.#cacheFaults.inc({ module });
  }

  readonly #serviceSeconds = new Histogram({
    name: "guildhall_service_duration_seconds",
    help: "How long runs of a service took",
    labelNames: ["module", "service"],
    buckets: [0.01, 0.1, 1, 10, 60, 300, 1800, 7200],
    registers: [this.#registry],
  });
  readonly #serviceRuns = new Counter({
    name: "guildhall_service_runs_total",
    help: "Runs of a service by how they ended",
    labelNames: ["module", "service", "outcome"],
    registers: [this.#registry],
  });

  /** Counts a run that has ended. */
  commandEnded(run: { module: string; command: string; state: string; seconds: number }): void {
    const { module, command, state, seconds } = run;
    this.#commandSeconds.observe({ module, command }, seconds);
    this.#commandRuns.inc({ module, command, state });
  }

  /** Counts an answered request. */
  requestAnswered(request: { method: string; route: string; status: number; seconds: number }): void {
    const { method, route, status, seconds } = request;
    this.#requestSeconds.observe({ method, route, status }, seconds);
  }

  /** Counts a run of a service that has ended. */
  serviceEnded(run: { module: string; service: string; outcome: string; seconds: number }): void {
    const { module, service, outcome, seconds } = run;
    this.#serviceSeconds.observe({ module, service }, seconds);
    this.#serviceRuns.inc({ module, service, outcome });
  }

  /** Shows, whenever somebody asks, how many runs of each service failed in a row. */
  serviceFailures(read: () => readonly { service: string; failures: number }[]): void {
    this.#registry.registerMetric(
      new Gauge({
        name: "guildhall_service_failures_in_a_row",
        help: "Runs of a service that failed since one that did not",
        labelNames: ["service"],
        registers: [],
        collect() {
          this.reset();
          for (const { service, failures } of read()) this.set({ service }, failures);
        },
      }),
    );
  }

  /** Adds a value that is read whenever somebody asks. */
  /** Gauges of the mirror, each data set by itself. */
  mirrorRuns(read: () => readonly { data_set: string; seconds: number; isDone: boolean }[]): void {
    this.#registry.registerMetric(
      new Gauge({
        name: "guildhall_mirror_seconds_since_last",
        help: "Time since the last run over a data set began",
        labelNames: ["data_set"],
        registers: [],
        collect() {
          for (const { data_set, seconds } of read()) this.set({ data_set }, seconds);
        },
      }),
    );
    this.#registry.registerMetric(
      new Gauge({
        name: "guildhall_mirror_completed_successfully",
        help: "Whether the last run over a data set ended well (1) or not (0)",
        labelNames: ["data_set"],
        registers: [],
        collect() {
          for (const { data_set, isDone } of read()) this.set({ data_set }, isDone ? 1 : 0);
        },
      }),
    );
  }

  addGauge(gauge: { name: `guildhall_${string}`; help: string; read: () => number }): void {
    this.#registry.registerMetric(
      new Gauge({
        name: gauge.name,
        help: gauge.help,
        registers: [],
        collect() {
          this.set(gauge.read());
        },
      }),
    );
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}
