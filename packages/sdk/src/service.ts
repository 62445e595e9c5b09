import type { Clock, Logger, Random } from "./surroundings.ts";

/** When a service runs. Instants are UTC; a cron pattern is read in its time zone, with that zone's summer time. */
export type Schedule =
  | {
      /** Five fields (minute, hour, day, month, weekday), or six with seconds in front. */
      readonly cron: string;
      /** An IANA name such as `Europe/Berlin`; UTC when left out. */
      readonly timeZone?: string;
    }
  /** So long after the end of the last run. */
  | { readonly everySeconds: number }
  /** Once, at this instant or as soon after it as a hall runs; again when a run says so. */
  | { readonly notBefore: Date };

/** What a run of a service is given. */
export interface ServiceContext {
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the time limit has passed or the hall stops; a run ends as soon as it can then. */
  readonly signal: AbortSignal;
  /** Sleeps until an instant; throws the signal's reason as soon as the run is aborted. */
  readonly sleepUntil: (until: Date) => Promise<void>;
  /** Says how far the run is, in one sentence that replaces the last one. */
  readonly progress: (sentence: string) => void;
}

/** What a run tells of itself. */
export interface ServiceResult {
  /** One sentence for the list of runs. */
  readonly note?: string;
  /** The next run is not before this instant. */
  readonly notBefore?: Date;
}

/** A scheduled background job. At most one run of it is under way in a hall, however many servers it has. */
export interface Service {
  /** Lower-case letters, digits and hyphens; no two services of a hall have the same. */
  readonly name: string;
  /** One line, shown in lists. */
  readonly summary: string;
  readonly schedule: Schedule;
  /** Seconds after which a run is aborted, and has failed. */
  readonly timeLimitSeconds: number;
  /** Each run begins up to so many seconds later, by chance, so that halls do not all come at once. */
  readonly jitterSeconds: number;
  /** Further attempts after a failure, at growing distances, before the next regular time. */
  readonly retries: number;
  /** What is done about times that passed while no server was up: one run at once, or none. */
  readonly missed: "run" | "skip";
  run(context: ServiceContext): Promise<ServiceResult | undefined>;
}

/**
 * Declares a service. A run that throws is logged, counted and tried again; it never ends the process.
 *
 * @throws TypeError at declaration when the name, the schedule or a number cannot be
 */
export function defineService(definition: {
  readonly name: string;
  readonly summary: string;
  readonly schedule: Schedule;
  readonly timeLimitSeconds: number;
  readonly jitterSeconds?: number;
  readonly retries?: number;
  readonly missed?: "run" | "skip";
  run(context: ServiceContext): Promise<ServiceResult | undefined>;
}): Service {
  const { name, summary, schedule, timeLimitSeconds, jitterSeconds = 0, retries = 3 } = definition;
  const fault = (reason: string) => new TypeError(`service "${name}": ${reason}`);
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw fault("a name is lower-case letters, digits and hyphens, and begins with a letter");
  }
  if (!(timeLimitSeconds > 0)) throw fault("timeLimitSeconds must be more than 0");
  if (!(jitterSeconds >= 0)) throw fault("jitterSeconds must be 0 or more");
  if (!Number.isInteger(retries) || retries < 0) throw fault("retries must be a whole number, 0 or more");
  if ("everySeconds" in schedule && !(schedule.everySeconds > 0)) {
    throw fault("everySeconds must be more than 0");
  }
  return {
    name,
    summary,
    schedule,
    timeLimitSeconds,
    jitterSeconds,
    retries,
    missed: definition.missed ?? "run",
    run: (context) => definition.run(context),
  };
}

/**
 * Sleeps until the clock shows `until`, in slices of at most `maximumMilliseconds` (60 s when left out), so that a
 * clock that is set meanwhile is noticed.
 *
 * @throws the signal's reason, at once, when it aborts
 */
export async function sleepUntil(given: {
  readonly until: Date;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly maximumMilliseconds?: number;
}): Promise<void> {
  const { until, clock, signal, maximumMilliseconds = 60_000 } = given;
  for (;;) {
    signal.throwIfAborted();
    const left = until.getTime() - clock.now().getTime();
    if (left <= 0) return;
    await slice(Math.min(left, maximumMilliseconds), signal);
  }
}

async function slice(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}
