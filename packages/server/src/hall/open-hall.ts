import { hostname } from "node:os";
import { appStartup, type Clock, type Logger, type Objects, type Random, type State } from "@guildhall/sdk";
import { CommandRegistry } from "../commands/command-registry.ts";
import { Accounts } from "../data/accounts.ts";
import { ActionOutput } from "../data/action-output.ts";
import { ActionRuns } from "../data/action-runs.ts";
import { ChatInstallations } from "../data/chat-installations.ts";
import { ChatEntries } from "../data/chat-entries.ts";
import { ChatLinks } from "../data/chat-links.ts";
import { ChatRequests } from "../data/chat-requests.ts";
import { DataAccessor } from "../data/data-accessor.ts";
import { openDatabase, type Database } from "../data/database.ts";
import { OneTimeLinks } from "../data/one-time-links.ts";
import { hasMigrations, migrateToLatest, pendingMigrations } from "../data/migrations.ts";
import { Schedules } from "../data/schedules.ts";
import { storeDifferences } from "../data/schema/store-differences.ts";
import type { RedisPlace } from "../data/state/redis-state.ts";
import { ThreadMembers } from "../data/thread-members.ts";
import { ThreadOrder } from "../data/thread-order.ts";
import { ALL_TABLES } from "../data/tables/all-tables.ts";
import type { Config } from "../kernel/config.ts";
import type { BarredModules } from "../kernel/barred-modules.ts";
import { ModuleKernel } from "../kernel/module-kernel.ts";
import type { FoundModule } from "../kernel/module-report.ts";
import { ModulesSettings } from "../kernel/modules-settings.ts";
import { SystemRandom, systemClock } from "../kernel/surroundings.ts";
import { toError } from "../kernel/to-error.ts";
import { ActionRunner } from "./action-runner.ts";
import { Actions } from "./actions.ts";
import { AfterRecord } from "./after-record.ts";
import { chatModule } from "./chat-module.ts";
import { ChatService } from "./chat-service.ts";
import { coreModule } from "./core-module.ts";
import { HallMetrics } from "./hall-metrics.ts";
import { HallService } from "./hall-service.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { MemoryCache } from "./modules/module-cache.ts";
import type { Mirror } from "./mirror.ts";
import { mirrorModule } from "./mirror-module.ts";
import type { MirrorSettings } from "./mirror-settings.ts";
import { ModuleAdministration } from "./modules/module-administration.ts";
import { DegradedCommands } from "./modules/degraded-commands.ts";
import { EventBus } from "./modules/module-events.ts";
import { ModuleRoutes } from "./modules/module-routes.ts";
import { ModuleTokens } from "./modules/module-tokens.ts";
import { ModuleWorkshop } from "./modules/module-workshop.ts";
import { openState, type OpenState } from "./open-state.ts";
import { EntryLinks } from "./entry-links.ts";
import { People } from "./people.ts";
import { Places } from "./places.ts";
import { SealedBox } from "./sealed-box.ts";
import type { SecretKey } from "./secret-key.ts";
import { StoreRefusedError } from "./store-refused-error.ts";
import { Usage } from "./usage.ts";
import { UserSettings } from "./user-settings.ts";
import { serviceModule } from "./service-module.ts";
import { Services } from "./services.ts";
import { ThreadFeeds } from "./thread-feeds.ts";
import { Tokens } from "./tokens.ts";

/** How long a server waits for slow modules before it opens without them. */
const START_PATIENCE_MILLISECONDS = 5000;

/** A hall that stands on its store, without any way in yet. */
export interface Hall {
  readonly service: HallService;
  readonly people: People;
  readonly entryLinks: EntryLinks;
  readonly actions: Actions;
  readonly runner: ActionRunner;
  readonly runs: ActionRuns;
  readonly feeds: ThreadFeeds;
  readonly chat: ChatService;
  readonly installations: ChatInstallations;
  readonly secretKey: SecretKey;
  readonly services: Services;
  readonly tokens: Tokens;
  readonly registry: CommandRegistry;
  readonly data: DataAccessor;
  readonly output: ActionOutput;
  readonly userSettings: UserSettings;
  readonly state: State;
  readonly usage: Usage;
  readonly database: Database;
  readonly clock: Clock;
  readonly metrics: HallMetrics;
  readonly modules: ModuleKernel;
  readonly routes: ModuleRoutes;
  readonly moduleTokens: ModuleTokens;
  readonly moduleAdministration: ModuleAdministration;
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
  readonly modules: readonly FoundModule[];
  /** Names that no command of the hall can have. */
  readonly keptCommands?: readonly string[];
  /** Modules that are not started for what they did. */
  readonly barred?: BarredModules;
  /** Where the modules' large things are kept, and the mirror when there is one. */
  readonly objects: Objects;
  /** Without it nothing is mirrored. */
  readonly mirror?: MirrorSettings | undefined;
  /** The Redis server that holds the state; the store's tables do when left out. */
  readonly stateOnRedis?: RedisPlace | undefined;
  /**
   * Whether it is to serve, as a terminal's short-lived hall is not: the mirror is looked at first, and modules that are
   * slow to start are waited for only so long. Its services run from `services.start()` on.
   */
  readonly isServer?: boolean;
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
  let held: OpenState;
  try {
    await prepareStore(database, { migrate: options.migrate });
    held = await openState({ database, redis: options.stateOnRedis, now, log });
  } catch (error) {
    await database.close();
    throw error;
  }

  const startedAt = now();
  const registry = new CommandRegistry({ kept: options.keptCommands ?? [] });
  const data = new DataAccessor({ database, now });
  const runs = new ActionRuns({ database, now });
  const { state } = held;
  const tokens = new Tokens({ secretKey: options.secretKey, now });
  const feeds = new ThreadFeeds({ database, log });
  const revocationListeners = new Set<(userId: string) => void>();
  const accounts = new Accounts({ database, now });
  const links = new OneTimeLinks({ database, now });
  const onRevoked = (userId: string) => {
    for (const listener of revocationListeners) listener(userId);
  };
  const people = new People({ data, accounts, links, tokens, now, onRevoked });
  const metrics = new HallMetrics();
  const after = new AfterRecord({ log });
  const surroundings = { clock, random, log, metrics, after, places: new Places({ runs }) };
  const runner = new ActionRunner({ database, runs, data, feeds, tokens, registry, surroundings });
  const actions = new Actions({
    database,
    registry,
    data,
    runs,
    runner,
    feeds,
    surroundings,
    onRecorded: () => held.counted(),
  });
  const service = new HallService({
    data,
    members: new ThreadMembers({ database, now }),
    order: new ThreadOrder({ database, now }),
    runs,
    people,
    actions,
    feeds,
    registry,
  });

  const requests = new ChatRequests({ database, now });
  const chatEntries = new ChatEntries({ database, now });
  const chat = new ChatService({
    entries: chatEntries,
    requests,
    actions,
    data,
    feeds,
    clock,
    box: new SealedBox({ secretKey: options.secretKey, purpose: "chat replies" }),
    log,
    serverId: runner.id,
  });

  const schedules = new Schedules({ database, now });
  const services = new Services({
    databaseUrl: options.databaseUrl,
    schedules,
    runnerId: runner.id,
    clock,
    random,
    log,
    metrics,
  });
  const routes = new ModuleRoutes();
  const moduleTokens = new ModuleTokens({ people });
  const events = new EventBus();
  const degraded = new DegradedCommands({ registry, state });
  const workshop = new ModuleWorkshop({
    database,
    data,
    chatEntries,
    registry,
    degraded,
    routes,
    events,
    metrics,
    services,
    runner,
    cache: new MemoryCache({ clock }),
    state,
    objects: options.objects,
    tokens: moduleTokens,
    clock,
    random,
    chat: chat.channels,
    secretKey: options.secretKey,
    migrate: options.migrate,
  });
  const { disabled, threadSeconds } = config.section("modules", ModulesSettings);
  const kernel = new ModuleKernel({
    config,
    clock,
    logFor: options.logFor ?? (() => log),
    disabled,
    threadSeconds,
    ...(options.barred === undefined ? {} : { barred: options.barred }),
    surround: (module, life) => workshop.surround(module, life),
    install: (module, parts, life) => workshop.install(module, parts, life),
    onChange: (report) => degraded.changed(report),
  });
  let mirror: Mirror | undefined;
  if (options.mirror) {
    // A hall without one starts faster without its code.
    const { Mirror: MirrorOfHall } = await import("./mirror.ts");
    mirror = new MirrorOfHall({
      database,
      objects: options.objects,
      settings: options.mirror,
      state: held.copy,
      metrics,
      clock,
      log,
    });
  }
  const usage = new Usage({ state, database, clock });
  const moduleAdministration = new ModuleAdministration({ kernel, config, log, now });
  const core = coreModule({
    registry,
    host: hostname(),
    startedAt,
    moduleReports: () => kernel.reports,
    administration: moduleAdministration,
    usage,
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
  const linking = chatModule({ links: new ChatLinks({ database, now }), data });
  const own = [core, linking, serviceModule({ services }), mirrorModule({ mirror })].map(
    (module): FoundModule => ({
      origin: "hall",
      module,
    }),
  );
  if (options.isServer) await mirror?.beforeServing();
  await degraded.load();
  await kernel.start(
    [...own, ...options.modules],
    // A terminal's line may be one of a slow module.
    options.isServer ? { patience: START_PATIENCE_MILLISECONDS } : {},
  );
  await degraded.save();
  // What the slower ones bring is kept too.
  const learning = kernel
    .settled()
    .then(() => degraded.save())
    .catch((error: unknown) => log.error({ err: toError(error) }, "the modules' commands could not be kept"));
  await events.emit(appStartup, { modules: kernel.loadOrder });
  await runner.start();
  // A move of the state waits for runners; one that began before this runner stood has ended by now.
  await held.check();
  const housekeeper = startHousekeeping({
    runs,
    accounts,
    links,
    requests,
    schedules,
    clock,
    log,
  });

  return {
    service,
    people,
    entryLinks: new EntryLinks({ people, accounts, links, now, onRevoked }),
    actions,
    runner,
    runs,
    feeds,
    chat,
    installations: new ChatInstallations({ database, now }),
    secretKey: options.secretKey,
    services,
    tokens,
    registry,
    data,
    output: new ActionOutput({ database }),
    userSettings: new UserSettings({ kernel, data }),
    state,
    usage,
    database,
    clock,
    metrics,
    startedAt,
    modules: kernel,
    moduleTokens,
    moduleAdministration,
    routes,
    onRevoked: (listener) => {
      revocationListeners.add(listener);
      return () => revocationListeners.delete(listener);
    },
    stop: async ({ graceMilliseconds }) => {
      actions.stopAccepting();
      housekeeper.stop();
      await services.stop({ graceMilliseconds });
      await runner.stop({ graceMilliseconds });
      await after.settled();
      await chat.stop({ graceMilliseconds });
      await kernel.dispose();
      await learning;
      feeds.close();
      await held.close();
      await database.close();
    },
  };
}

async function prepareStore(database: Database, { migrate }: { migrate: boolean }): Promise<void> {
  if (migrate || !(await hasMigrations(database))) {
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
