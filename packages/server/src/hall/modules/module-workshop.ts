import type {
  ChatChannels,
  Clock,
  Module,
  ModuleParts,
  Objects,
  Random,
  State,
  Tokens as ModuleTokens,
} from "@guildhall/sdk";
import type { CommandRegistry } from "../../commands/command-registry.ts";
import type { ChatEntries } from "../../data/chat-entries.ts";
import type { DataAccessor } from "../../data/data-accessor.ts";
import type { Database } from "../../data/database.ts";
import { moduleSchema } from "../../data/modules/module-schema.ts";
import { objectsBelow } from "../../data/objects/objects-below.ts";
import { ModuleStore } from "../../data/modules/module-store.ts";
import { prepareModuleTables } from "../../data/modules/prepare-module-tables.ts";
import type { ModuleSurroundings } from "../../kernel/kernel-surroundings.ts";
import type { ModuleLife } from "../../kernel/module-life.ts";
import type { ActionRunner } from "../action-runner.ts";
import type { HallMetrics } from "../hall-metrics.ts";
import { SealedBox } from "../sealed-box.ts";
import type { SecretKey } from "../secret-key.ts";
import type { Services } from "../services.ts";
import type { DegradedCommands } from "./degraded-commands.ts";
import { ModuleCache, type CacheStore } from "./module-cache.ts";
import type { EventBus } from "./module-events.ts";
import type { ModuleRoutes } from "./module-routes.ts";
import { ModuleSettings } from "./module-settings.ts";

/** What all modules share. */
export interface ModuleWorkshopParts {
  readonly database: Database;
  readonly data: DataAccessor;
  readonly chatEntries: ChatEntries;
  readonly registry: CommandRegistry;
  readonly degraded: DegradedCommands;
  readonly routes: ModuleRoutes;
  readonly events: EventBus;
  readonly metrics: HallMetrics;
  readonly services: Services;
  readonly runner: Pick<ActionRunner, "stopModule">;
  readonly cache: CacheStore;
  readonly state: State;
  readonly objects: Objects;
  readonly tokens: ModuleTokens;
  readonly clock: Clock;
  readonly random: Random;
  readonly chat: ChatChannels;
  readonly secretKey: SecretKey;
  /** Whether a module's tables that are there already may be changed. */
  readonly migrate: boolean;
}

/** Fits out each module with what the hall has, and puts what it brings where it belongs. */
export class ModuleWorkshop {
  readonly #parts: ModuleWorkshopParts;

  constructor(parts: ModuleWorkshopParts) {
    this.#parts = parts;
  }

  /** What a module is given; its tables are made ready. @throws ModuleTablesError, DuplicateEventError */
  async surround(module: Module, life: ModuleLife): Promise<ModuleSurroundings> {
    const { database, data, chatEntries, events, metrics, clock, random, chat, state, tokens } = this.#parts;
    const { pool } = database;
    const { name } = module;
    const { log } = life;
    await prepareModuleTables({ pool, module, migrate: this.#parts.migrate, now: () => clock.now() });
    life.onEnd(events.declare(module.emits, { module: name }));
    const own = metrics.forModule(name);
    life.onEnd(() => own.remove());
    return {
      state,
      store: new ModuleStore({ pool, schema: moduleSchema(name) }),
      objects: objectsBelow({ objects: this.#parts.objects, prefix: `modules/${name}/` }),
      cache: new ModuleCache({
        store: this.#parts.cache,
        module: name,
        clock,
        log,
        onFault: () => metrics.cacheFailed(name),
      }),
      metrics: own,
      events: events.for({ module: name, log }),
      settings: new ModuleSettings({ module, data, entries: chatEntries, log }),
      tokens,
      sealing: new SealedBox({ secretKey: this.#parts.secretKey, purpose: `module ${name}` }),
      clock,
      random,
      chat,
    };
  }

  /** Takes up a started module's parts. @throws DuplicateCommandError, RouteConflictError, Error of a service */
  install(module: Module, parts: ModuleParts<unknown>, life: ModuleLife): void {
    const { registry, routes, events, services, runner, degraded } = this.#parts;
    const by = { module: module.name, log: life.log };
    degraded.starting(module.name, parts.commands ?? []);
    // Undone last of all that is noted here, when nothing of it can be begun any more.
    life.onEnd(async () => await runner.stopModule(module.name));
    for (const command of parts.commands ?? []) life.onEnd(registry.add(command, by));
    for (const service of parts.services ?? []) life.onEnd(services.add(service, by));
    life.onEnd(routes.mount(parts.routes ?? [], by));
    life.onEnd(events.subscribe(parts.events ?? [], by));
  }
}
