import type { Clock, Logger, Random, Service } from "@guildhall/sdk";
import { JobEngine } from "../data/job-engine.ts";
import type { Schedules, ServiceOutcome, ServiceRun, StoredSchedule } from "../data/schedules.ts";
import { toError } from "../kernel/to-error.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import { assertSchedule, describeSchedule, firstRun, healedRun, regularRun } from "./next-run.ts";
import { ServiceRuns, type DeclaredService, type ServiceHealth } from "./service-runs.ts";

const REFRESH_MILLISECONDS = 30_000;
/** How much later than due a run may be before its time counts as missed. */
const MISSED_MILLISECONDS = 60_000;

/** A service as it stands. */
export interface ServiceStatus extends StoredSchedule {
  readonly module: string;
  readonly summary: string;
  /** What the run under way in this process last said of itself. */
  readonly progress: string | null;
}

/**
 * Runs the modules' services, each once at a time in the hall, however many servers it has. The schedules are in the
 * store; the job engine rings when one is due, and whoever answers first takes the run.
 */
export class Services {
  readonly #databaseUrl: string;
  readonly #schedules: Schedules;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #runs: ServiceRuns;
  readonly #declared = new Map<string, DeclaredService>();
  #engine: JobEngine | undefined;
  #entering: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isServing = false;
  #isStopping = false;

  constructor(options: {
    readonly databaseUrl: string;
    readonly schedules: Schedules;
    readonly runnerId: string;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly metrics: HallMetrics;
  }) {
    this.#databaseUrl = options.databaseUrl;
    this.#schedules = options.schedules;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log;
    this.#runs = new ServiceRuns({ ...options, onEnded: (name) => this.#alarm(name) });
  }

  /**
   * Takes up a module's service; what comes back takes it away again.
   *
   * @throws Error when the name is taken, or the schedule cannot be
   */
  add(service: Service, { module, log }: { module: string; log: Logger }): () => void {
    const { name } = service;
    const taken = this.#declared.get(name);
    if (taken) throw new Error(`the module ${taken.module} has a service "${name}" already`);
    assertSchedule(service.schedule);
    this.#declared.set(name, { service, module, log });
    this.#runs.watch(name, 0);
    if (this.#isServing) this.#enterSoon();
    return () => {
      this.#declared.delete(name);
      this.#runs.forget(name);
    };
  }

  /** Begins to run services when they are due. A store that is away meanwhile is waited for. */
  start(): void {
    this.#isServing = true;
    this.#enterSoon();
    this.#timer = setInterval(() => this.#enterSoon(), REFRESH_MILLISECONDS);
    this.#timer.unref();
  }

  /** Resolves when all that was begun to bring engine and schedules into line is done. */
  async refresh(): Promise<void> {
    this.#enterSoon();
    await this.#entering;
  }

  /** Aborts what runs, waits for it for so long, and runs nothing more. */
  async stop({ graceMilliseconds }: { graceMilliseconds: number }): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#runs.stop({ graceMilliseconds });
    await this.#entering;
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.stop().catch((error: unknown) => {
      this.#log.debug({ err: toError(error) }, "the job engine could not be stopped");
    });
  }

  /** All services, by name. */
  async list(): Promise<ServiceStatus[]> {
    await this.#enterAll();
    const stored = await this.#schedules.list([...this.#declared.keys()]);
    return stored.flatMap((schedule) => {
      const declared = this.#declared.get(schedule.name);
      if (!declared) return [];
      const { module, service } = declared;
      const progress = this.#runs.progressOf(schedule.name);
      return { ...schedule, module, summary: service.summary, progress };
    });
  }

  /** One service; undefined when there is none of this name. */
  async find(name: string): Promise<ServiceStatus | undefined> {
    return (await this.list()).find((service) => service.name === name);
  }

  /** The newest runs of a service, newest first. */
  async runs(name: string, page: { limit: number }): Promise<ServiceRun[]> {
    return await this.#schedules.runs(name, page);
  }

  /**
   * Begins a run in this process now, also of a service that is paused. `ended` tells how it ended; it never throws.
   */
  async runNow(
    name: string,
  ): Promise<
    | { kind: "begun"; ended: Promise<ServiceOutcome> }
    | { kind: "running" }
    | { kind: "unknown" }
    | { kind: "stopping" }
  > {
    const declared = this.#declared.get(name);
    if (!declared) return { kind: "unknown" };
    if (this.#isStopping) return { kind: "stopping" };
    await this.#enterAll();
    const begun = await this.#runs.begin(declared, "asked");
    return begun.kind === "begun" ? begun : { kind: "running" };
  }

  /** Runs the service no more by itself; false when there is none of this name. */
  async pause(name: string): Promise<boolean> {
    if (!this.#declared.has(name)) return false;
    await this.#enterAll();
    await this.#schedules.setPaused(name, { isPaused: true });
    await this.#engine?.unset(name);
    return true;
  }

  /** Lets a paused service run at its times again; what it missed meanwhile is left out. */
  async resume(name: string): Promise<boolean> {
    const declared = this.#declared.get(name);
    if (!declared) return false;
    await this.#enterAll();
    const now = this.#clock.now();
    const [stored] = await this.#schedules.list([name]);
    const isMissed = stored?.next_run_at != null && stored.next_run_at < now;
    const next = isMissed
      ? regularRun(declared.service, { now, dueAt: stored.next_run_at, random: this.#random })
      : null;
    await this.#schedules.setPaused(name, { isPaused: false, ...(next ? { nextRunAt: next } : {}) });
    await this.#alarm(name);
    return true;
  }

  /** How each service is: degraded after a run that failed, until one that does not. */
  health(): ServiceHealth[] {
    return this.#runs.health();
  }

  #enterSoon(): void {
    // One after the other: two at once would set the same alarms twice.
    this.#entering = this.#entering.then(async () => {
      if (this.#isStopping) return;
      try {
        this.#engine ??= await this.#startEngine();
        await this.#enterAll();
        await this.#schedules.recoverLost();
        await this.#dropMissed();
        for (const name of this.#declared.keys()) await this.#alarm(name);
      } catch (error) {
        if (this.#isStopping) return;
        this.#log.warn({ err: toError(error) }, "services could not be looked after; tried again shortly");
      }
    });
  }

  async #startEngine(): Promise<JobEngine> {
    const engine = await JobEngine.start({
      databaseUrl: this.#databaseUrl,
      log: this.#log,
      answer: (name) => this.#answer(name),
    });
    const forget = () => {
      // The next look starts another.
      if (this.#engine === engine) this.#engine = undefined;
    };
    engine.stopped.then(forget, forget);
    return engine;
  }

  /** Enters in the store what is not there yet. */
  async #enterAll(): Promise<void> {
    const now = this.#clock.now();
    for (const [name, { service }] of this.#declared) {
      const { failures } = await this.#schedules.declare({
        name,
        schedule: describeSchedule(service.schedule),
        firstRun: firstRun(service, { now, random: this.#random }),
      });
      // It may have been taken away meanwhile.
      if (this.#declared.has(name)) this.#runs.watch(name, failures);
    }
  }

  /** Leaves out times that passed unseen, where the service wants that. */
  async #dropMissed(): Promise<void> {
    const now = this.#clock.now();
    for (const { name, next_run_at, failures } of await this.#schedules.list([...this.#declared.keys()])) {
      const service = this.#declared.get(name)?.service;
      if (!service || next_run_at === null) continue;
      const isMissed = now.getTime() - next_run_at.getTime() > MISSED_MILLISECONDS;
      const next =
        isMissed && service.missed === "skip" && failures === 0
          ? regularRun(service, { now, dueAt: next_run_at, random: this.#random })
          : healedRun(service, { now, nextRunAt: next_run_at });
      if (next !== null && next.getTime() !== next_run_at.getTime()) {
        await this.#schedules.setNextRun(name, next);
      }
    }
  }

  async #answer(name: string): Promise<void> {
    const declared = this.#declared.get(name);
    // An alarm of a module that this server does not have: those that have it set it again.
    if (!declared) return;
    const begun = await this.#runs.begin(declared, "schedule");
    if (begun.kind === "not due") await this.#alarm(name);
  }

  async #alarm(name: string): Promise<void> {
    if (!this.#engine) return;
    const [stored] = await this.#schedules.list([name]);
    if (!stored || stored.is_paused || stored.next_run_at === null || stored.current_run !== null) return;
    await this.#engine.set(name, {
      inMilliseconds: stored.next_run_at.getTime() - this.#clock.now().getTime(),
    });
  }
}
