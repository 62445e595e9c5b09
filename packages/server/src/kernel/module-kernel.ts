import type { Clock, Logger, Module, ModuleParts, Random } from "@guildhall/sdk";
import { z } from "zod";
import { RESERVED_SECTIONS, type Config } from "./config.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import { toError } from "./to-error.ts";

const START_LIMIT_MILLISECONDS = 30_000;

/** How a module's start went. */
export type ModuleReport =
  | { readonly name: string; readonly state: "started"; readonly milliseconds: number }
  | {
      readonly name: string;
      readonly state: "failed";
      readonly milliseconds: number;
      readonly reason: string;
    };

/** What the kernel gives each module, and where it puts what the module brings. */
export interface KernelSurroundings {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly logFor: (moduleName: string) => Logger;
  /** Takes up a started module's parts and returns what undoes that. */
  readonly install: (module: Module, parts: ModuleParts<unknown>) => () => void;
}

interface Started {
  readonly module: Module;
  readonly parts: ModuleParts<unknown>;
  readonly undo: () => void;
  readonly controller: AbortController;
}

/** Starts modules in the order of their dependencies; one that fails takes only its dependants with it. */
export class ModuleKernel {
  readonly #surroundings: KernelSurroundings;
  readonly #started = new Map<string, Started>();
  readonly #reports: ModuleReport[] = [];

  constructor(surroundings: KernelSurroundings) {
    this.#surroundings = surroundings;
  }

  get reports(): readonly ModuleReport[] {
    return this.#reports;
  }

  /** Starts all, independent ones side by side, and reports each. Does not throw for a module's fault. */
  async start(modules: readonly Module[]): Promise<readonly ModuleReport[]> {
    const byName = new Map<string, Module>();
    for (const module of modules) {
      const fault = nameFault(module.name, byName);
      if (fault) this.#reports.push({ name: module.name, state: "failed", milliseconds: 0, reason: fault });
      else byName.set(module.name, module);
    }
    const graph = new DependencyGraph(new Map([...byName].map(([name, module]) => [name, needed(module)])));
    const order = graph.order();
    const starting = new Map<string, Promise<void>>();
    for (const name of order) {
      const module = byName.get(name);
      if (!module) continue;
      const before = needed(module).flatMap((other) => starting.get(other) ?? []);
      starting.set(
        name,
        Promise.all(before).then(() => this.#startOne(module)),
      );
    }
    await Promise.all(starting.values());
    for (const name of byName.keys()) {
      if (order.includes(name)) continue;
      const circle = graph.circle(name);
      const reason = circle
        ? `It depends on itself: ${circle.join(" -> ")}`
        : "It depends on modules that depend on themselves";
      this.#reports.push({ name, state: "failed", milliseconds: 0, reason });
    }
    return this.#reports;
  }

  /** Undoes every start, last first. A fault in one is logged and stops nobody else. */
  async dispose(): Promise<void> {
    for (const [name, { parts, undo, controller }] of [...this.#started].toReversed()) {
      try {
        undo();
        controller.abort();
        await parts.dispose?.();
      } catch (error) {
        this.#surroundings.logFor(name).error({ err: toError(error) }, "the module could not be disposed");
      }
    }
    this.#started.clear();
  }

  async #startOne(module: Module): Promise<void> {
    const begun = performance.now();
    const { config, clock, random, logFor, install } = this.#surroundings;
    const log = logFor(module.name);
    const report = (reason?: string) => {
      const milliseconds = Math.round(performance.now() - begun);
      if (reason === undefined) this.#reports.push({ name: module.name, state: "started", milliseconds });
      else this.#reports.push({ name: module.name, state: "failed", milliseconds, reason });
    };
    const missing = needed(module).filter((name) => !this.#started.has(name));
    if (missing.length > 0) {
      report(`Missing dependencies: [${missing.join(", ")}]`);
      return;
    }
    const controller = new AbortController();
    try {
      const dependencies = Object.fromEntries(
        Object.entries(module.dependencies).map(([key, ref]) => [
          key,
          this.#started.get(ref.name)?.parts.api,
        ]),
      );
      const settings = z.instanceof(z.ZodObject).parse(module.config);
      const parts = await withinLimit(async () =>
        module.initialize({
          config: config.section(module.name, settings),
          dependencies,
          log,
          clock,
          random,
          signal: controller.signal,
        }),
      );
      if (parts === false) throw new Error("it declined to start; its log says why");
      const undo = install(module, parts);
      this.#started.set(module.name, { module, parts, undo, controller });
      report();
    } catch (error) {
      controller.abort();
      log.error({ err: toError(error) }, "the module could not start");
      report(toError(error).message);
    }
  }
}

function nameFault(name: string, taken: ReadonlyMap<string, Module>): string | undefined {
  if (taken.has(name)) return "Another module has the same name";
  const section = name.replaceAll("-", "_");
  if (RESERVED_SECTIONS.some((reserved) => reserved === section))
    return "The hall keeps this name for itself";
  return undefined;
}

function needed(module: Module): string[] {
  return Object.values(module.dependencies).map((ref) => ref.name);
}

async function withinLimit<Result>(work: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it did not start within ${START_LIMIT_MILLISECONDS / 1000} s`)),
      START_LIMIT_MILLISECONDS,
    );
  });
  try {
    return await Promise.race([work(), limit]);
  } finally {
    clearTimeout(timer);
  }
}
