import { z } from "zod";
import type { Cache } from "./cache.ts";
import type { ChatChannels } from "./chat-channels.ts";
import type { Command } from "./command.ts";
import type { EventHandler, EventRef, Events } from "./event.ts";
import type { JsonValue } from "./json.ts";
import type { Metrics } from "./metrics.ts";
import type { Objects } from "./objects.ts";
import type { Route } from "./route.ts";
import type { Sealing } from "./sealing.ts";
import type { Settings } from "./settings.ts";
import type { Service } from "./service.ts";
import type { State } from "./state.ts";
import type { Store, StoreMigration } from "./store.ts";
import type { Clock, Logger, Random } from "./surroundings.ts";
import type { TableModel } from "./table.ts";
import type { Tokens } from "./tokens.ts";

declare const apiType: unique symbol;

/** Names a module and the type of what it offers, without importing it: kept in the module's own `ref.ts`. */
export interface ModuleRef<Api> {
  readonly name: string;
  readonly [apiType]?: Api;
}

/** Makes a reference to the module called `name`, whose `api` has the type `Api`. */
export function moduleRef<Api>(name: string): ModuleRef<Api> {
  return { name };
}

/** References by the name under which `initialize` receives each module's api. */
export type ModuleDependencies = Readonly<Record<string, ModuleRef<unknown>>>;

/** The apis of the modules that a module depends on. */
export type DependencyApis<D extends ModuleDependencies> = {
  readonly [Name in keyof D]: D[Name] extends ModuleRef<infer Api> ? Api : never;
};

/** What a module's `initialize` is given. */
export interface ModuleContext<
  Config,
  D extends ModuleDependencies,
  UserSettings = unknown,
  WorkspaceSettings = unknown,
> {
  readonly config: Config;
  readonly dependencies: DependencyApis<D>;
  /** The hall's small documents, counters and sets, shared by all modules: a key names its owner. */
  readonly state: State;
  /** The module's own tables; they are as its `tables` say. */
  readonly store: Store;
  /** The module's own large things, such as files. */
  readonly objects: Objects;
  readonly cache: Cache;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly settings: Settings<UserSettings, WorkspaceSettings>;
  readonly tokens: Tokens;
  /** For what the store may hold only encrypted. */
  readonly sealing: Sealing;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** The channels of the chat platforms that the hall is connected to. */
  readonly chat: ChatChannels;
  /** Aborts when the module is disposed, or its start takes too long. */
  readonly signal: AbortSignal;
}

/** A module's own answer about itself; what else it has to tell stands beside it, in snake_case. */
export interface ModuleHealth {
  readonly status: "healthy" | "degraded" | "unhealthy";
  readonly detail?: string;
  readonly [fact: string]: JsonValue | undefined;
}

/** What a module brings, returned by its `initialize`. */
export interface ModuleParts<Api> {
  /** What a dependant receives. */
  readonly api?: Api;
  readonly commands?: readonly Command[];
  readonly routes?: readonly Route[];
  /** Handlers of events; made by `on`. */
  readonly events?: readonly EventHandler[];
  readonly services?: readonly Service[];
  healthCheck?(): Promise<ModuleHealth>;
  /** Undoes what the module started itself; what it returned here is undone by the kernel. */
  dispose?(): Promise<void>;
}

/** What a module needs to be allowed on each chat platform, for the platform's manifest or invitation. */
export interface PlatformPermissions {
  /** Slack's bot scopes, such as `channels:history`. */
  readonly slack?: readonly string[];
  /** Discord's permissions by name, such as `ManageMessages`. */
  readonly discord?: readonly string[];
}

/** The schemas of what people and workspaces may choose; every field has a default. */
export interface SettingsSchemas<User extends z.ZodObject, Workspace extends z.ZodObject> {
  readonly user?: User;
  readonly workspace?: Workspace;
}

type NoFields = z.ZodObject<Record<never, never>>;

/** A module: a value with a name, dependencies, typed configuration and a start. */
export interface Module {
  readonly name: string;
  readonly summary: string;
  readonly dependencies: ModuleDependencies;
  readonly config: z.ZodObject;
  readonly settings: Required<SettingsSchemas<z.ZodObject, z.ZodObject>>;
  readonly tables: readonly TableModel[];
  readonly migrations: readonly StoreMigration[];
  readonly emits: readonly EventRef<never>[];
  readonly permissions: PlatformPermissions;
  initialize(
    context: ModuleContext<unknown, ModuleDependencies>,
  ): ModuleParts<unknown> | false | Promise<ModuleParts<unknown> | false>;
}

/** What may name a module. */
export const MODULE_NAME = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
/** In characters. */
export const LONGEST_MODULE_NAME = 50;

/**
 * Declares a module. `initialize` returns what the module brings, or `false` (or throws) when it cannot start:
 * then it and its dependants are reported as failed and everyone else serves.
 *
 * @throws TypeError when a name cannot be one, or a setting has no default
 */
export function defineModule<
  Api = undefined,
  Config extends z.ZodObject = NoFields,
  const D extends ModuleDependencies = Record<never, never>,
  User extends z.ZodObject = NoFields,
  Workspace extends z.ZodObject = NoFields,
>(definition: {
  /** Lower-case words joined by hyphens or underscores; at most 50 characters. */
  readonly name: string;
  readonly summary: string;
  readonly dependencies?: D;
  /** Set as `GUILDHALL_NAME__SETTING`, in the hall's file, or in the console. */
  readonly config?: Config;
  readonly settings?: SettingsSchemas<User, Workspace>;
  /** Made by `defineTable`; each after those that it refers to. */
  readonly tables?: readonly TableModel[];
  readonly migrations?: readonly StoreMigration[];
  /** The events that this module tells of, through `events.emit`. */
  readonly emits?: readonly EventRef<never>[];
  readonly permissions?: PlatformPermissions;
  initialize(
    context: ModuleContext<z.output<Config>, D, z.output<User>, z.output<Workspace>>,
  ): ModuleParts<Api> | false | Promise<ModuleParts<Api> | false>;
}): Module {
  const { name } = definition;
  if (!MODULE_NAME.test(name) || name.length > LONGEST_MODULE_NAME) {
    throw new TypeError(
      `"${name}" cannot name a module: use lower-case words joined by hyphens or underscores, at most ${LONGEST_MODULE_NAME} characters`,
    );
  }
  const settings = {
    user: definition.settings?.user ?? z.object({}),
    workspace: definition.settings?.workspace ?? z.object({}),
  };
  for (const [whose, schema] of Object.entries(settings)) {
    if (!schema.safeParse({}).success) {
      throw new TypeError(
        `module "${name}": every ${whose} setting needs a default, for those who chose nothing`,
      );
    }
  }
  return {
    name,
    summary: definition.summary,
    dependencies: definition.dependencies ?? {},
    config: definition.config ?? z.object({}),
    settings,
    tables: definition.tables ?? [],
    migrations: definition.migrations ?? [],
    emits: definition.emits ?? [],
    permissions: definition.permissions ?? {},
    initialize: (context) =>
      // The kernel parses the configuration and the settings with these very schemas and resolves these very
      // references, so the context it passes has the declared types.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      definition.initialize(context as Parameters<typeof definition.initialize>[0]),
  };
}
