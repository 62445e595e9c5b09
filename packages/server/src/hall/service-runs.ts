import type { Clock, Logger, Random, Service } from "@guildhall/sdk";
import type { Schedules, ServiceOutcome, ServiceRun } from "../data/schedules.ts";
import { toError } from "../kernel/to-error.ts";
import { attemptRun, RunStopped } from "./attempt-run.ts";
import type { HallMetrics } from "./hall-metrics.ts";
import { regularRun, runAfterFailure } from "./next-run.ts";

const STORE_RETRY_MILLISECONDS = 1000;

/** How a service is, for `/health`. */
export interface ServiceHealth {
  readonly name: string;
  readonly status: "healthy" | "degraded";
  /** Runs that failed in a row. */
  readonly failures: number;
  readonly last_error: string | null;
}

/** A module's service. */
export interface DeclaredService {
  readonly service: Service;
  readonly module: string;
  readonly log: Logger;
}

/** What came of the wish to run a service; `ended` never throws. */
export type BegunRun =
  | { readonly kind: "begun"; readonly ended: Promise<ServiceOutcome> }
  | { readonly kind: "refused" }
  | { readonly kind: "not due" };

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<ServiceOutcome>;
  readonly told: { progress: string | null };
}

/** A run that this process has taken for itself. */
interface TakenRun {
  readonly runId: string;
  readonly dueAt: Date | null;
  readonly failures: number;
  readonly cause: ServiceRun["cause"];
  readonly controller: AbortController;
  readonly told: Running["told"];
}

/** The runs of services in this process: each is taken in the store, worked on, ended there, and counted. */
export class ServiceRuns {
  readonly #schedules: Schedules;
  readonly #runnerId: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #metrics: HallMetrics;
  readonly #onEnded: (name: string) => Promise<void>;
  readonly #running = new Map<string, Running>();
  /** Names whose last run does not end though it was aborted. */
  readonly #stuck = new Set<string>();
  readonly #failures = new Map<string, { failures: number; error: string | null }>();
  #isStopping = false;

  constructor(options: {
    readonly schedules: Schedules;
    readonly runnerId: string;
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly metrics: HallMetrics;
    /** Is told of each run that ended while the hall goes on. */
    readonly onEnded: (name: string) => Promise<void>;
  }) {
    this.#schedules = options.schedules;
    this.#runnerId = options.runnerId;
    this.#clock = options.clock;
    this.#random = options.random;
    this.#log = options.log;
    this.#metrics = options.metrics;
    this.#onEnded = options.onEnded;
    this.#metrics.serviceFailures(() =>
      [...this.#failures].map(([service, { failures }]) => ({ service, failures })),
    );
  }

  /** Tells of a service from now on, with the failures that the store knows of. */
  watch(name: string, failures: number): void {
    const known = this.#failures.get(name);
    if (known?.failures !== failures) this.#failures.set(name, { error: known?.error ?? null, failures });
  }

  /** Aborts a service's run, and tells no more of it. */
  forget(name: string): void {
    this.#failures.delete(name);
    this.#running.get(name)?.controller.abort(new RunStopped("interrupted", "The module was stopped."));
  }

  /** What the run under way last said of itself. */
  progressOf(name: string): string | null {
    return this.#running.get(name)?.told.progress ?? null;
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

  /** Takes the run if it may, and works on it from then on. */
  async begin(declared: DeclaredService, cause: ServiceRun["cause"]): Promise<BegunRun> {
    const { name } = declared.service;
    if (this.#isStopping || this.#stuck.has(name)) return { kind: "refused" };
    const claim = await this.#schedules.claim({ name, runnerId: this.#runnerId, cause });
    if (claim.kind === "not due") return { kind: "not due" };
    if (claim.kind !== "claimed") return { kind: "refused" };
    const controller = new AbortController();
    const told: Running["told"] = { progress: null };
    const ended = this.#work(declared, { ...claim, cause, controller, told }).finally(() =>
      this.#running.delete(name),
    );
    this.#running.set(name, { controller, told, ended });
    return { kind: "begun", ended };
  }

  /** Aborts what runs, waits for it for so long, and begins nothing more. */
  async stop({ graceMilliseconds }: { graceMilliseconds: number }): Promise<void> {
    this.#isStopping = true;
    for (const { controller } of this.#running.values()) {
      controller.abort(new RunStopped("interrupted", "The hall was stopped."));
    }
    await Promise.race([
      Promise.all([...this.#running.values()].map(({ ended }) => ended)),
      sleep(Math.max(graceMilliseconds, STORE_RETRY_MILLISECONDS)),
    ]);
  }

  async #work({ service, log, module }: DeclaredService, run: TakenRun): Promise<ServiceOutcome> {
    const { name } = service;
    const began = performance.now();
    const attempt = await attemptRun({
      service,
      module,
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
      await this.#onEnded(name).catch((error: unknown) => {
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
