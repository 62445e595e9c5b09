import { Counter, Gauge, Histogram, Registry } from "prom-client";

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

  /** Adds a value that is read whenever somebody asks. */
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
