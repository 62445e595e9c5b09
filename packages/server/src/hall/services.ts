import type { Clock, Logger, Random, Service } from "@guildhall/sdk";
import { JobEngine } from "../data/job-engine.ts";
import type { Schedules, ServiceOutcome, ServiceRun, StoredSchedule } from "../data/schedules.ts";
import { toError } from "../kernel/to-error.ts";
import { attemptRun, RunStopped } from "./attempt-run.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import {
  assertSchedule,
  describeSchedule,
  firstRun,
  healedRun,
  regularRun,
  runAfterFailure,
} from "./next-run.ts";

const REFRESH_MILLISECONDS = 30_000;
const STORE_RETRY_MILLISECONDS = 1000;
/** How much later than due a run may be before its time counts as missed. */
const MISSED_MILLISECONDS = 60_000;

/** A service as it stands. */
export interface ServiceStatus extends StoredSchedule {
  readonly module: string;
  readonly summary: string;
  /** What the run under way in this process last said of itself. */
  readonly progress: string | null;
}

/** How a service is, for `/health`. */
export interface ServiceHealth {
  readonly name: string;
  readonly status: "healthy" | "degraded";
  /** Runs that failed in a row. */
  readonly failures: number;
  readonly last_error: string | null;
}

interface Declared {
  readonly service: Service;
  readonly module: string;
  readonly log: Logger;
}

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<ServiceOutcome>;
  readonly told: { progress: string | null };
}

/**
 * Runs the modules' services, each once at a time in the hall, however many servers it has. The schedules are in the
 * store; the job engine rings when one is due, and whoever answers first takes the run.
 */
export class Services {
  readonly #databaseUrl: string;
  readonly #schedules: Schedules;
  readonly #runnerId: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #metrics: HallMetrics;
  readonly #declared = new Map<string, Declared>();
  readonly #running = new Map<string, Running>();
  /** Names whose last run does not end though it was aborted. */
  readonly #stuck = new Set<string>();
  readonly #failures = new Map<string, { failures: number; error: string | null }>();
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
    this.#runnerId = options.runnerId;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log;
    this.#metrics = options.metrics;
    this.#metrics.serviceFailures(() =>
      [...this.#failures].map(([service, { failures }]) => ({ service, failures })),
    );
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
    this.#failures.set(name, { failures: 0, error: null });
    if (this.#isServing) this.#enterSoon();
    return () => {
      this.#declared.delete(name);
      this.#failures.delete(name);
      this.#running.get(name)?.controller.abort(new RunStopped("interrupted", "The module was stopped."));
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
    for (const { controller } of this.#running.values()) {
      controller.abort(new RunStopped("interrupted", "The hall was stopped."));
    }
    await Promise.race([
      Promise.all([...this.#running.values()].map(({ ended }) => ended)),
      sleep(Math.max(graceMilliseconds, STORE_RETRY_MILLISECONDS)),
    ]);
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
      const progress = this.#running.get(schedule.name)?.told.progress ?? null;
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
    if (!this.#declared.has(name)) return { kind: "unknown" };
    if (this.#isStopping) return { kind: "stopping" };
    await this.#enterAll();
    const begun = await this.#begin(name, "asked");
    return begun ? { kind: "begun", ended: begun.ended } : { kind: "running" };
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
    return [...this.#failures]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { failures, error }]) => ({
        name,
        status: failures > 0 || this.#stuck.has(name) ? "degraded" : "healthy",
        failures,
        last_error: failures > 0 ? error : null,
      }));
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
      answer: async (name) => void (await this.#begin(name, "schedule")),
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
      const known = this.#failures.get(name);
      if (known && known.failures !== failures) this.#failures.set(name, { ...known, failures });
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

  async #alarm(name: string): Promise<void> {
    if (!this.#engine) return;
    const [stored] = await this.#schedules.list([name]);
    if (!stored || stored.is_paused || stored.next_run_at === null || stored.current_run !== null) return;
    await this.#engine.set(name, {
      inMilliseconds: stored.next_run_at.getTime() - this.#clock.now().getTime(),
    });
  }

  /** Takes the run if it may, and works on it from then on; undefined when it may not. */
  async #begin(name: string, cause: ServiceRun["cause"]): Promise<Running | undefined> {
    const declared = this.#declared.get(name);
    // An alarm of a module that this server does not have: those that have it set it again.
    if (!declared || this.#isStopping || this.#stuck.has(name)) return undefined;
    const claim = await this.#schedules.claim({ name, runnerId: this.#runnerId, cause });
    if (claim.kind === "not due") await this.#alarm(name);
    if (claim.kind !== "claimed") return undefined;
    const controller = new AbortController();
    const told: Running["told"] = { progress: null };
    const running: Running = {
      controller,
      told,
      ended: this.#work(declared, { ...claim, cause, controller, told }).finally(() =>
        this.#running.delete(name),
      ),
    };
    this.#running.set(name, running);
    return running;
  }

  async #work(
    { service, log, module }: Declared,
    run: {
      runId: string;
      dueAt: Date | null;
      failures: number;
      cause: ServiceRun["cause"];
      controller: AbortController;
      told: Running["told"];
    },
  ): Promise<ServiceOutcome> {
    const { name } = service;
    const began = performance.now();
    const attempt = await attemptRun({
      service,
      log,
      clock: this.#clock,
      random: this.#random,
      controller: run.controller,
      onProgress: (sentence) => {
        run.told.progress = sentence;
      },
      onStraggler: (work) => this.#watchStraggler(name, work),
    });
    const isGood = attempt.outcome === "done" || attempt.outcome === "interrupted";
    const failures = attempt.outcome === "done" ? 0 : isGood ? run.failures : run.failures + 1;
    const seconds = (performance.now() - began) / 1000;
    this.#metrics.serviceEnded({ module, service: name, outcome: attempt.outcome, seconds });
    if (this.#failures.has(name)) this.#failures.set(name, { failures, error: attempt.note });
    const nextRunAt = this.#next(service, { ...attempt, failures, dueAt: run.dueAt, cause: run.cause });
    const isKept = await this.#insist(() =>
      this.#schedules.finish({
        name,
        runId: run.runId,
        outcome: attempt.outcome,
        note: attempt.note,
        nextRunAt,
        failures,
      }),
    );
    if (!isKept) log.warn({ service: name }, "the service's run was taken for lost before it could be ended");
    if (!this.#isStopping) {
      await this.#alarm(name).catch((error: unknown) => {
        log.debug({ err: toError(error) }, "the service's next alarm is set at the next look");
      });
    }
    return attempt.outcome;
  }

  #next(
    service: Service,
    end: {
      outcome: ServiceOutcome;
      notBefore?: Date | undefined;
      failures: number;
      dueAt: Date | null;
      cause: ServiceRun["cause"];
    },
  ): Date | null {
    const now = this.#clock.now();
    // It is to be taken up by another server, or at the next start.
    if (end.outcome === "interrupted") return now;
    // A run that was asked for does not use up the one that is still to come.
    const isStillDue = end.cause === "asked" && end.dueAt !== null && end.dueAt > now;
    const regular = isStillDue
      ? end.dueAt
      : regularRun(service, { now, dueAt: end.dueAt, random: this.#random });
    if (end.outcome !== "done") return runAfterFailure(service, { now, failures: end.failures, regular });
    const { notBefore } = end;
    if (notBefore === undefined) return regular;
    return regular === null || regular < notBefore ? notBefore : regular;
  }

  /** Until an aborted run has really ended, no other begins in this process. */
  #watchStraggler(name: string, work: Promise<unknown>): void {
    this.#stuck.add(name);
    const free = () => this.#stuck.delete(name);
    work.then(free, free);
  }

  /** The end of a run is to be in the store, however long that is away. */
  async #insist<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        this.#log.warn({ err: toError(error) }, "the end of a service's run could not be stored");
        if (this.#isStopping) return undefined;
        await sleep(STORE_RETRY_MILLISECONDS);
      }
    }
  }
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
