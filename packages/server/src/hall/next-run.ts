import type { Random, Schedule, Service } from "@guildhall/sdk";
import { Cron } from "croner";

const FIRST_RETRY_MILLISECONDS = 10_000;
const LONGEST_RETRY_MILLISECONDS = 3_600_000;

/** A schedule as a person reads it, such as `every 1 h` or `cron 0 3 * * * (Europe/Berlin)`. */
export function describeSchedule(schedule: Schedule): string {
  if ("cron" in schedule) return `cron ${schedule.cron} (${schedule.timeZone ?? "UTC"})`;
  if ("notBefore" in schedule) return `once, not before ${schedule.notBefore.toISOString()}`;
  const { everySeconds } = schedule;
  for (const [unit, seconds] of [["d", 86_400] as const, ["h", 3600] as const, ["min", 60] as const]) {
    if (everySeconds % seconds === 0) return `every ${everySeconds / seconds} ${unit}`;
  }
  return `every ${everySeconds} s`;
}

/** @throws Error when the pattern or the time zone cannot be */
export function assertSchedule(schedule: Schedule): void {
  if ("cron" in schedule) cronOf(schedule);
}

/** The first run of a service that was never declared before. */
export function firstRun(service: Service, { now, random }: { now: Date; random: Random }): Date {
  const { schedule } = service;
  if ("notBefore" in schedule) return schedule.notBefore;
  // An interval has no end of a last run to count from: it begins at once.
  if ("everySeconds" in schedule) return delayed(service, { at: now, random });
  return delayed(service, { at: cronOf(schedule).nextRun(now) ?? now, random });
}

/**
 * The regular run after one that was due at `dueAt`; null when there is none. Never the same time again, also when
 * the clock was set back meanwhile.
 */
export function regularRun(
  service: Service,
  { now, dueAt, random }: { now: Date; dueAt: Date | null; random: Random },
): Date | null {
  const { schedule } = service;
  if ("notBefore" in schedule) return null;
  if ("everySeconds" in schedule) {
    return delayed(service, { at: new Date(now.getTime() + schedule.everySeconds * 1000), random });
  }
  const next = cronOf(schedule).nextRun(dueAt !== null && dueAt > now ? dueAt : now);
  return next === null ? null : delayed(service, { at: next, random });
}

/** The run after one that failed: an early one while attempts are left, the regular one then. */
export function runAfterFailure(
  service: Service,
  given: { now: Date; failures: number; regular: Date | null },
): Date | null {
  const { now, failures, regular } = given;
  if (failures > service.retries) return regular;
  const wait = Math.min(FIRST_RETRY_MILLISECONDS * 2 ** (failures - 1), LONGEST_RETRY_MILLISECONDS);
  const retry = new Date(now.getTime() + wait);
  return regular !== null && regular < retry ? regular : retry;
}

/** An interval's next run when the clock was set back so far that it would wait for longer than its interval. */
export function healedRun(service: Service, { now, nextRunAt }: { now: Date; nextRunAt: Date }): Date {
  if (!("everySeconds" in service.schedule)) return nextRunAt;
  const latest = now.getTime() + (service.schedule.everySeconds + service.jitterSeconds) * 1000;
  return nextRunAt.getTime() > latest ? new Date(latest) : nextRunAt;
}

function cronOf({ cron, timeZone = "UTC" }: Extract<Schedule, { cron: string }>): Cron {
  return new Cron(cron, { timezone: timeZone, paused: true });
}

function delayed({ jitterSeconds }: Service, { at, random }: { at: Date; random: Random }): Date {
  return jitterSeconds === 0 ? at : new Date(at.getTime() + random.integer(0, jitterSeconds * 1000));
}
