import type { Clock, Logger } from "@guildhall/sdk";
import type { Accounts } from "../data/accounts.ts";
import type { OneTimeLinks } from "../data/one-time-links.ts";
import type { ActionRuns } from "../data/action-runs.ts";
import type { ChatRequests } from "../data/chat-requests.ts";
import type { Schedules } from "../data/schedules.ts";
import { toError } from "../kernel/to-error.ts";

const PERIOD_MILLISECONDS = 3_600_000;
const KEEP_MILLISECONDS = 7 * 86_400_000;

/** Once an hour forgets idempotency keys, ended sessions, expired invitations and password links, and answered requests that are older than a week. */
export function startHousekeeping(hall: {
  readonly runs: ActionRuns;
  readonly accounts: Accounts;
  readonly links: OneTimeLinks;
  readonly requests: ChatRequests;
  readonly schedules: Schedules;
  readonly clock: Clock;
  readonly log: Logger;
}): { stop(): void } {
  const tidy = async () => {
    const before = new Date(hall.clock.now().getTime() - KEEP_MILLISECONDS);
    try {
      await hall.runs.dropKeysBefore(before);
      await hall.accounts.dropSessionsEndedBefore(before);
      await hall.links.dropExpiredBefore(before);
      await hall.requests.dropAnsweredBefore(before);
      await hall.schedules.dropRunsEndedBefore(before);
    } catch (error) {
      const err = toError(error);
      hall.log.warn({ err }, "old keys and sessions could not be dropped; tried again in an hour");
    }
  };
  const timer = setInterval(() => void tidy(), PERIOD_MILLISECONDS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
