import { z } from "zod";
import type { Command } from "./command.ts";
import type { Clock, Logger, Random } from "./surroundings.ts";

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
export interface ModuleContext<Config, D extends ModuleDependencies> {
  readonly config: Config;
  readonly dependencies: DependencyApis<D>;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the module is disposed, or its start takes too long. */
  readonly signal: AbortSignal;
}

/** A module's own answer about itself. */
export interface ModuleHealth {
  readonly status: "healthy" | "degraded" | "unhealthy";
  readonly detail?: string;
}

/** What a module brings, returned by its `initialize`. */
export interface ModuleParts<Api> {
  /** What a dependant receives. */
  readonly api?: Api;
  readonly commands?: readonly Command[];
  healthCheck?(): Promise<ModuleHealth>;
  /** Undoes what the module started itself; what it returned here is undone by the kernel. */
  dispose?(): Promise<void>;
}

/** A module: a value with a name, dependencies, typed configuration and a start. */
export interface Module {
  readonly name: string;
  readonly summary: string;
  readonly dependencies: ModuleDependencies;
  readonly config: z.ZodType;
  initialize(
    context: ModuleContext<unknown, ModuleDependencies>,
  ): ModuleParts<unknown> | false | Promise<ModuleParts<unknown> | false>;
}

/**
 * Declares a module. `initialize` returns what the module brings, or `false` (or throws) when it cannot start:
 * then it and its dependants are reported as failed and everyone else serves.
 */
export function defineModule<
  Api = undefined,
  Config extends z.ZodType = z.ZodObject<Record<never, never>>,
  const D extends ModuleDependencies = Record<never, never>,
>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly dependencies?: D;
  readonly config?: Config;
  initialize(
    context: ModuleContext<z.output<Config>, D>,
  ): ModuleParts<Api> | false | Promise<ModuleParts<Api> | false>;
}): Module {
  return {
    name: definition.name,
    summary: definition.summary,
    dependencies: definition.dependencies ?? {},
    config: definition.config ?? z.object({}),
    // The kernel parses the configuration with this very schema and resolves these very references, so the
    // context it passes has the declared types.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    initialize: (context) => definition.initialize(context as ModuleContext<z.output<Config>, D>),
  };
}
