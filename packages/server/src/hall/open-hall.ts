import { hostname } from "node:os";
import type { Clock, Logger, Module, Random } from "@guildhall/sdk";
import { CommandRegistry } from "../commands/command-registry.ts";
import { Accounts } from "../data/accounts.ts";
import { ActionRuns } from "../data/action-runs.ts";
import { DataAccessor } from "../data/data-accessor.ts";
import { openDatabase, type Database } from "../data/database.ts";
import { hasMigrations, migrateToLatest, pendingMigrations } from "../data/migrations.ts";
import { storeDifferences } from "../data/schema/store-differences.ts";
import type { State } from "../data/state/state.ts";
import { TableState } from "../data/state/table-state.ts";
import { ALL_TABLES } from "../data/tables/all-tables.ts";
import type { Config } from "../kernel/config.ts";
import { ModuleKernel, type ModuleReport } from "../kernel/module-kernel.ts";
import { SystemRandom, systemClock } from "../kernel/surroundings.ts";
import { ActionRunner } from "./action-runner.ts";
import { Actions } from "./actions.ts";
import { coreModule } from "./core-module.ts";
import { HallMetrics } from "./hall-metrics.ts";
import { HallService } from "./hall-service.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { People } from "./people.ts";
import type { SecretKey } from "./secret-key.ts";
import { ThreadFeeds } from "./thread-feeds.ts";
import { Tokens } from "./tokens.ts";

/** The store cannot be served as it is. The message says what to do. */
export class StoreRefusedError extends Error {
  readonly code = "store_refused";

  constructor(message: string) {
    super(message);
    this.name = "StoreRefusedError";
  }
}

/** A hall that stands on its store, without any way in yet. */
export interface Hall {
  readonly service: HallService;
  readonly people: People;
  readonly actions: Actions;
  readonly runner: ActionRunner;
  readonly runs: ActionRuns;
  readonly feeds: ThreadFeeds;
  readonly tokens: Tokens;
  readonly registry: CommandRegistry;
  readonly data: DataAccessor;
  readonly state: State;
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: HallMetrics;
  readonly moduleReports: readonly ModuleReport[];
  readonly startedAt: Date;
  /** Calls back when sign-ins of a user may have ended; returns what stops that. */
  onRevoked(listener: (userId: string) => void): () => void;
  /** Stops taking work, lets what runs end for so long, then closes everything. */
  stop(options: { graceMilliseconds: number }): Promise<void>;
}

/**
 * Opens a hall on a store: brings its tables up to date where that is the hall's own affair, compares them with the
 * models, starts the modules and ends what an earlier process left behind.
 *
 * @throws StoreRefusedError when migrations are due or the tables differ
 */
export async function openHall(options: {
  readonly databaseUrl: string;
  /** Whether to run due migrations on a store that has had some; a new one always gets them. */
  readonly migrate: boolean;
  readonly secretKey: SecretKey;
  readonly config: Config;
  readonly log: Logger;
  readonly logFor?: (moduleName: string) => Logger;
  readonly modules: readonly Module[];
  readonly connections?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}): Promise<Hall> {
  const { log, config, clock = systemClock, random = new SystemRandom() } = options;
  const now = () => clock.now();
  const database = openDatabase({
    url: options.databaseUrl,
    log,
    ...(options.connections === undefined ? {} : { connections: options.connections }),
  });
  try {
    await prepareStore(database, { migrate: options.migrate });
  } catch (error) {
    await database.close();
    throw error;
  }

  const startedAt = now();
  const registry = new CommandRegistry();
  const data = new DataAccessor({ database, now });
  const runs = new ActionRuns({ database, now });
  const state = new TableState({ database, now });
  const tokens = new Tokens({ secretKey: options.secretKey, now });
  const feeds = new ThreadFeeds({ database, log });
  const revocationListeners = new Set<(userId: string) => void>();
  const accounts = new Accounts({ database, now });
  const people = new People({
    data,
    accounts,
    tokens,
    now,
    onRevoked: (userId) => {
      for (const listener of revocationListeners) listener(userId);
    },
  });
  const metrics = new HallMetrics();
  const surroundings = { clock, random, log, metrics };
  const runner = new ActionRunner({ database, runs, data, feeds, tokens, registry, surroundings });
  const actions = new Actions({ database, registry, data, runs, runner, feeds, surroundings });
  const service = new HallService({ data, runs, people, actions, feeds, registry });

  const kernel = new ModuleKernel({
    config,
    clock,
    random,
    logFor: options.logFor ?? (() => log),
    install: (module, parts) => {
      const undo: (() => void)[] = [];
      try {
        for (const command of parts.commands ?? []) undo.push(registry.add(command, { module: module.name }));
      } catch (error) {
        for (const take of undo) take();
        throw error;
      }
      return () => {
        for (const take of undo.toReversed()) take();
      };
    },
  });
  const core = coreModule({
    registry,
    host: hostname(),
    startedAt,
    moduleReports: () => kernel.reports,
  });
  metrics.addGauge({
    name: "guildhall_actions_running",
    help: "Actions that run in this process",
    read: () => runner.runningCount,
  });
  metrics.addGauge({
    name: "guildhall_thread_readers",
    help: "Live views of threads",
    read: () => feeds.readerCount,
  });
  await kernel.start([core, ...options.modules]);
  await runner.start();
  const housekeeper = startHousekeeping({ runs, accounts, clock, log });

  return {
    service,
    people,
    actions,
    runner,
    runs,
    feeds,
    tokens,
    registry,
    data,
    state,
    database,
    clock,
    metrics,
    startedAt,
    moduleReports: kernel.reports,
    onRevoked: (listener) => {
      revocationListeners.add(listener);
      return () => revocationListeners.delete(listener);
    },
    stop: async ({ graceMilliseconds }) => {
      actions.stopAccepting();
      housekeeper.stop();
      await runner.stop({ graceMilliseconds });
      await kernel.dispose();
      feeds.close();
      await database.close();
    },
  };
}

async function prepareStore(database: Database, { migrate }: { migrate: boolean }): Promise<void> {
  const isNew = !(await hasMigrations(database));
  if (isNew || migrate) {
    await migrateToLatest(database);
  } else {
    const pending = await pendingMigrations(database);
    if (pending.length > 0) {
      throw new StoreRefusedError(
        `The store lacks ${pending.length} migration(s) (${pending.join(", ")}): back it up, then run "guildhall migrate".`,
      );
    }
  }
  const differences = await storeDifferences({ pool: database.pool, tables: ALL_TABLES });
  if (differences.length > 0) {
    const list = differences.map((difference) => `\n  - ${difference}`).join("");
    throw new StoreRefusedError(
      `The store's tables are not what this version of Guildhall expects, so it was not opened:${list}\nUse the store's own version of Guildhall, or restore the tables.`,
    );
  }
}
