import type { Clock, Logger, Module, Objects, Random } from "@guildhall/sdk";
import { MemoryObjects } from "@guildhall/sdk/testing";
import type { Action } from "../../src/data/models.ts";
import type { Submission } from "../../src/hall/actions.ts";
import type { MirrorSettings } from "../../src/hall/mirror-settings.ts";
import { openHall, type Hall } from "../../src/hall/open-hall.ts";
import type { Principal } from "../../src/hall/people.ts";
import { SecretKey } from "../../src/hall/secret-key.ts";
import type { RedisPlace } from "../../src/data/state/redis-state.ts";
import { Config } from "../../src/kernel/config.ts";
import { PLANTED } from "./planted-secrets.ts";
import { sampleModule } from "./sample-module.ts";
import { silentLog } from "./silent-log.ts";

/** The key of every test hall; the same, so that one hall reads another's tokens. */
export const testSecretKey = new SecretKey(Buffer.from(PLANTED.secretKey));

/** A clock that moves only when told. */
export class TestClock implements Clock {
  #time: number;

  constructor(start = new Date("2026-03-01T12:00:00Z")) {
    this.#time = start.getTime();
  }

  now(): Date {
    return new Date(this.#time);
  }

  advance(milliseconds: number): void {
    this.#time += milliseconds;
  }
}

/** How to open a hall for a test. */
export interface TestHallOptions {
  readonly url: string;
  /** {@link sampleModule} alone when left out. */
  readonly modules?: readonly Module[];
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  readonly connections?: number;
  /** In memory when left out. */
  readonly objects?: Objects;
  /** Nothing is mirrored when left out. */
  readonly mirror?: MirrorSettings;
  /** The Redis server that holds the state; the store's tables do when left out. */
  readonly stateOnRedis?: RedisPlace;
  /** No settings at all when left out. */
  readonly config?: Config;
  /** Whether services run by themselves when they are due; not when left out. */
  readonly runServices?: boolean;
}

/** A hall with what tests do to it. */
export interface TestHall {
  readonly hall: Hall;
  /** A person with rights, and with a password where one is given. */
  createPerson(email: string, options?: { admin?: boolean; password?: string }): Promise<Principal>;
  /** Types a line; the action that it made. @throws Error when it made none */
  run(principal: Principal, line: string, options?: RunOptions): Promise<Action>;
  submit(principal: Principal, line: string, options?: RunOptions): Promise<Submission>;
  /** Types a line and waits for the action's end. */
  finish(principal: Principal, line: string, options?: RunOptions): Promise<Action>;
  /** The action once it has ended. @throws Error when it does not within 15 s */
  ended(principal: Principal, actionId: string): Promise<Action>;
  stop(): Promise<void>;
}

/** Where a line goes, and under which key. */
export interface RunOptions {
  readonly threadId?: string;
  readonly idempotencyKey?: string;
}

const END_SECONDS = 15;

/** Opens a hall with a silent log, a fixed key and no settings. */
export async function openTestHall(options: TestHallOptions): Promise<TestHall> {
  const {
    url,
    modules = [sampleModule],
    log = silentLog,
    clock,
    random,
    connections,
    runServices = false,
  } = options;
  const hall = await openHall({
    databaseUrl: url,
    migrate: true,
    secretKey: testSecretKey,
    config: options.config ?? new Config({ environment: {}, filePath: undefined }),
    log,
    stateOnRedis: options.stateOnRedis,
    mirror: options.mirror,
    objects: options.objects ?? new MemoryObjects({ now: () => new Date() }),
    modules: modules.map((module) => ({ origin: "bundled", module })),
    isServer: runServices,
    ...(clock ? { clock } : {}),
    ...(random ? { random } : {}),
    ...(connections === undefined ? {} : { connections }),
  });
  if (runServices) hall.services.start();
  const submit: TestHall["submit"] = (principal, line, more = {}) =>
    hall.actions.submitLine({ principal, line, adapter: "test", ...more });
  const run: TestHall["run"] = async (principal, line, more) => {
    const submission = await submit(principal, line, more);
    if (submission.kind !== "action") throw new Error(`the line "${line}" led to "${submission.kind}"`);
    return submission.action;
  };
  const ended: TestHall["ended"] = async (principal, actionId) => {
    const action = await hall.actions.waitFor(principal.user.id, actionId, END_SECONDS);
    if (!action.is_completed) throw new Error(`the action "${action.raw_text}" is still ${action.state}`);
    return action;
  };
  return {
    hall,
    submit,
    run,
    ended,
    finish: async (principal, line, more) => await ended(principal, (await run(principal, line, more)).id),
    createPerson: async (email, { admin = false, password } = {}) => {
      const user =
        password === undefined
          ? await hall.data.createUser({ email, is_administrator: admin, password_hash: null })
          : await hall.service.createUser({ email, is_administrator: admin, password });
      return { user, claim: { password_version: 1, session_id: null } };
    },
    stop: () => hall.stop({ graceMilliseconds: 0 }),
  };
}

let people = 0;

/** An e-mail address that nobody has yet. */
export function freshEmail(name = "person"): string {
  people += 1;
  return `${name}-${people}@example.org`;
}
