import { sleepUntil, type Clock, type Logger, type Random, type Service } from "@guildhall/sdk";
import type { ServiceOutcome } from "../data/schedules.ts";
import { actingAs } from "../kernel/acting-module.ts";
import { toError } from "../kernel/to-error.ts";

/** Why a service's run is aborted. */
export class RunStopped extends Error {
  readonly outcome: ServiceOutcome;

  constructor(outcome: ServiceOutcome, message: string) {
    super(message);
    this.name = "RunStopped";
    this.outcome = outcome;
  }
}

/** How an attempt went. */
export interface Attempt {
  readonly outcome: ServiceOutcome;
  /** What the run told of itself, or why it failed. */
  readonly note: string | null;
  readonly notBefore?: Date | undefined;
}

/** Runs a service once, until its end or its abortion, and says how that went; it never throws. */
export async function attemptRun(given: {
  readonly service: Service;
  /** In whose name it works. */
  readonly module: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  readonly controller: AbortController;
  readonly onProgress: (sentence: string) => void;
  /** Is given the work of a run that was aborted, and may still go on. */
  readonly onStraggler: (work: Promise<unknown>) => void;
}): Promise<Attempt> {
  const { service, log, clock, random, controller } = given;
  const { signal } = controller;
  const { name, timeLimitSeconds } = service;
  const timer = setTimeout(() => {
    controller.abort(new RunStopped("time_limit", `It took longer than ${timeLimitSeconds} s.`));
  }, timeLimitSeconds * 1000);
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(toError(signal.reason)), { once: true });
  });
  // A service that throws before its first wait, and one that throws after its end, are caught too.
  const work = actingAs(
    given.module,
    async () =>
      await service.run({
        log,
        clock,
        random,
        signal,
        sleepUntil: (until) => sleepUntil({ until, clock, signal }),
        progress: given.onProgress,
      }),
  );
  try {
    const result = await Promise.race([work, aborted]);
    return { outcome: "done", note: result?.note ?? null, notBefore: result?.notBefore };
  } catch (thrown) {
    const reason: unknown = signal.aborted ? signal.reason : thrown;
    const error = toError(reason);
    const outcome = error instanceof RunStopped ? error.outcome : "failed";
    if (outcome !== "interrupted") log.error({ err: error, service: name }, "the service's run failed");
    if (signal.aborted) given.onStraggler(work);
    return { outcome, note: error.message };
  } finally {
    clearTimeout(timer);
    aborted.catch(() => undefined);
  }
}
