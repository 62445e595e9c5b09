import type { Module, ModuleHealth, ModuleParts, PlatformPermissions } from "@guildhall/sdk";
import { RESERVED_SECTIONS } from "./config.ts";
import { actingAs } from "./acting-module.ts";
import { DependencyGraph } from "./dependency-graph.ts";
import type { KernelSurroundings } from "./kernel-surroundings.ts";
import { initializeModule } from "./initialize-module.ts";
import { ModuleLife } from "./module-life.ts";
import { isOurs, type FoundModule, type ModuleReport } from "./module-report.ts";
import { ThreadLimit } from "./thread-limit.ts";
import { readHealth } from "./read-health.ts";
import { toError } from "./to-error.ts";
import { endsWithin, withinLimit } from "./within-limit.ts";

const HEALTH_LIMIT_MILLISECONDS = 2000;
const LONGEST_REASON = 1000;

interface Running {
  readonly parts: ModuleParts<unknown>;
  readonly life: ModuleLife;
}

interface Entry {
  readonly found: FoundModule;
  report: ModuleReport;
  running?: Running;
  /** Somebody wants it started again. */
  isRetry?: boolean;
  /** Gives up a start that is under way, for a reason. */
  giveUp?: (reason: string) => void;
}

/** There is no module of this name. */
export class UnknownModuleError extends Error {}

/** Starts modules in the order of their dependencies; one that fails takes only its dependants with it. */
export class ModuleKernel {
  readonly #surroundings: KernelSurroundings;
  readonly #entries = new Map<string, Entry>();
  readonly #twins: ModuleReport[] = [];
  /** The running modules in the order of their start. */
  readonly #order: string[] = [];
  #threadLimit: ThreadLimit | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #started: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(surroundings: KernelSurroundings) {
    this.#surroundings = surroundings;
  }

  /** How every module is, in the order in which they were found. */
  get reports(): readonly ModuleReport[] {
    return [...[...this.#entries.values()].map(({ report }) => report), ...this.#twins];
  }

  /** The running modules, each after those that it depends on. */
  get loadOrder(): readonly string[] {
    return this.#order;
  }

  /** The declaration of a module that could be loaded. */
  module(name: string): Module | undefined {
    const found = this.#entries.get(name)?.found;
    return found && "module" in found ? found.module : undefined;
  }

  isRunning(name: string): boolean {
    return this.#entries.get(name)?.running !== undefined;
  }

  /** What the modules that run declare to need on a platform, in the platform's own names, each once. */
  platformPermissions(platform: keyof PlatformPermissions): string[] {
    const running = this.#order.flatMap((name) => this.module(name)?.permissions[platform] ?? []);
    return [...new Set(running)].toSorted();
  }

  /**
   * Starts all, independent ones side by side, and reports each. Does not throw for a module's fault.
   *
   * @param options.patience how long to wait, in milliseconds: those that are slower go on starting while the others
   *   serve. Without it every one is waited for.
   */
  async start(
    found: readonly FoundModule[],
    options: { readonly patience?: number } = {},
  ): Promise<readonly ModuleReport[]> {
    // One that could not be loaded has a guessed name, which is no reason to turn away whose name it is.
    const isLoaded = (one: FoundModule) => "module" in one;
    for (const one of found.filter(isLoaded)) this.#take(one);
    for (const one of found.filter((other) => !isLoaded(other))) this.#take(one);
    const started = this.#oneAtATime(async () => await this.#startAll([...this.#entries.keys()]));
    this.#started = started;
    const { patience } = options;
    if (patience === undefined) await started;
    else if (!(await endsWithin(started, patience))) this.#reportSlowOnes();
    return this.reports;
  }

  /** Resolves when every module of the first start has started or failed. */
  async settled(): Promise<void> {
    await this.#started;
  }

  /** Starts a module that was disabled or failed, and what waits for it. @throws UnknownModuleError */
  async enable(name: string): Promise<ModuleReport> {
    return await this.#oneAtATime(async () => {
      const entry = this.#entry(name);
      this.#surroundings.barred?.lift(name);
      entry.isRetry = true;
      if (!entry.running) {
        if (entry.report.state === "disabled") this.#set(entry, { state: "starting", reason: null });
        await this.#startAll([name, ...this.#dependants(name)]);
      }
      return entry.report;
    });
  }

  /** Ends a module and what depends on it, and keeps it ended. @throws UnknownModuleError */
  async disable(name: string): Promise<ModuleReport> {
    this.#entry(name).giveUp?.("It was disabled while it started");
    return await this.#oneAtATime(async () => {
      const entry = this.#entry(name);
      await this.#endWithDependants(name);
      this.#set(entry, { state: "disabled", reason: null, startedAt: null });
      return entry.report;
    });
  }

  /** Ends a module and what depends on it and starts them again. @throws UnknownModuleError */
  async restart(name: string): Promise<ModuleReport> {
    this.#entry(name).giveUp?.("It was ended while it started");
    return await this.#oneAtATime(async () => {
      const entry = this.#entry(name);
      this.#surroundings.barred?.lift(name);
      entry.isRetry = true;
      await this.#endWithDependants(name);
      if (entry.report.state === "disabled") this.#set(entry, { state: "starting", reason: null });
      await this.#startAll([name, ...this.#dependants(name)]);
      return entry.report;
    });
  }

  /** What a running module says of itself; a check that fails or takes longer than 2 s says so. */
  async health(
    name: string,
  ): Promise<ModuleHealth | { readonly status: "error"; readonly error: string } | undefined> {
    const running = this.#entries.get(name)?.running;
    if (!running) return undefined;
    try {
      const said = await withinLimit(
        async () => await actingAs(name, async () => await running.parts.healthCheck?.()),
        HEALTH_LIMIT_MILLISECONDS,
        "the health check took longer than 2 s",
      );
      return said === undefined ? { status: "healthy" } : readHealth(said);
    } catch (error) {
      running.life.log.warn({ err: toError(error) }, "the module's health check failed");
      return { status: "error", error: this.#surroundings.config.redact(toError(error).message) };
    }
  }

  /** Ends every module, last first. A fault in one is logged and stops nobody else. */
  async dispose(): Promise<void> {
    this.#isEnding = true;
    for (const { giveUp } of this.#entries.values()) giveUp?.("The hall closed while it started");
    await this.#oneAtATime(async () => {
      for (const name of this.#order.toReversed()) {
        const entry = this.#entries.get(name);
        if (entry) await this.#end(entry);
      }
    });
  }

  #take(found: FoundModule): void {
    const name = "module" in found ? found.module.name : found.name;
    const report: ModuleReport = {
      name,
      summary: "module" in found ? found.module.summary : "",
      state: "starting",
      milliseconds: 0,
      reason: null,
      startedAt: null,
      dependencies: "module" in found ? needed(found.module) : [],
      origin: found.origin,
      version: found.version ?? null,
      place: found.place ?? null,
    };
    const twin = [...this.#entries.keys()].find((other) => sectionOf(other) === sectionOf(name));
    if (twin !== undefined) {
      const other = this.#entries.get(twin)?.report;
      const where = other?.place ? ` (${other.place})` : "";
      this.#twins.push({
        ...report,
        state: "failed",
        reason:
          "fault" in found
            ? found.fault
            : `Another module has the same name${where}: rename one, or leave one out`,
      });
      return;
    }
    const isDisabled = this.#surroundings.disabled?.includes(name) ?? false;
    this.#entries.set(name, {
      found,
      report: isDisabled ? { ...report, state: "disabled" } : report,
    });
  }

  /** Starts those of the named that do not run; each of them once those of them that it needs have been tried. */
  async #startAll(names: readonly string[]): Promise<void> {
    const wanted = new Map<string, Entry>();
    for (const name of names) {
      const entry = this.#entries.get(name);
      if (entry && !entry.running && entry.report.state !== "disabled") wanted.set(name, entry);
    }
    const graph = new DependencyGraph(
      new Map([...wanted].map(([name, { report }]) => [name, report.dependencies])),
    );
    const order = graph.order();
    const starting = new Map<string, Promise<void>>();
    for (const name of order) {
      const entry = wanted.get(name);
      if (!entry) continue;
      const before = entry.report.dependencies.flatMap((other) => starting.get(other) ?? []);
      starting.set(
        name,
        Promise.all(before).then(() => this.#startOne(entry)),
      );
    }
    await Promise.all(starting.values());
    const ordered = new Set(order);
    for (const [name, entry] of wanted) {
      if (ordered.has(name)) continue;
      const circle = graph.circle(name);
      const missing = entry.report.dependencies.filter(
        (other) => !ordered.has(other) && !this.isRunning(other),
      );
      const reason = circle
        ? `It depends on itself: ${circle.join(" -> ")}`
        : `Missing dependencies: [${missing.join(", ")}]`;
      this.#set(entry, { state: "failed", reason, milliseconds: 0 });
    }
  }

  async #startOne(entry: Entry): Promise<void> {
    const { name } = entry.report;
    const fail = (reason: string, milliseconds = 0) =>
      this.#set(entry, { state: "failed", reason: shortened(reason), milliseconds, startedAt: null });
    if ("fault" in entry.found) {
      const { fault } = entry.found;
      return fail(entry.isRetry ? `${fault} (what was mended counts when the hall is started again)` : fault);
    }
    const { module } = entry.found;
    const section = sectionOf(name);
    if (entry.found.origin !== "hall" && RESERVED_SECTIONS.some((reserved) => reserved === section)) {
      return fail("The hall keeps this name for itself");
    }
    if (this.#isEnding) return fail("The hall closed before it started");
    const barred = this.#surroundings.barred?.reason(name);
    if (barred !== undefined) return fail(barred);
    const missing = needed(module).filter((other) => !this.isRunning(other));
    if (missing.length > 0) return fail(`Missing dependencies: [${missing.join(", ")}]`);

    const begun = performance.now();
    const { config, clock, logFor, surround, install } = this.#surroundings;
    const life = new ModuleLife({ log: logFor(name) });
    const elapsed = () => Math.round(performance.now() - begun);
    const givenUp = Promise.withResolvers<never>();
    // It may be rejected when nobody waits for it any more.
    givenUp.promise.catch(() => undefined);
    entry.giveUp = (reason) => givenUp.reject(new Error(reason));
    try {
      const dependencies = Object.fromEntries(
        Object.entries(module.dependencies).map(([key, ref]) => [
          key,
          this.#entries.get(ref.name)?.running?.parts.api,
        ]),
      );
      const settings = config.section(name, module.config);
      const surroundings = await Promise.race([surround(module, life), givenUp.promise]);
      const { log, signal } = life;
      const parts = await initializeModule({
        life,
        givenUp: givenUp.promise,
        initialize: () => module.initialize({ ...surroundings, config: settings, dependencies, log, signal }),
        call: (work) => actingAs(name, () => (isOurs(entry.found.origin) ? work() : this.#callLimited(work))),
      });
      install(module, parts, life);
      entry.running = { parts, life };
      this.#order.push(name);
      this.#set(entry, { state: "started", reason: null, milliseconds: elapsed(), startedAt: clock.now() });
    } catch (error) {
      await life.end();
      life.log.error({ err: toError(error) }, "the module could not start");
      fail(config.redact(toError(error).message), elapsed());
    } finally {
      delete entry.giveUp;
    }
  }

  #reportSlowOnes(): void {
    for (const entry of this.#entries.values()) {
      if (entry.report.state !== "starting") continue;
      const awaited = entry.report.dependencies.filter((other) => !this.isRunning(other));
      const reason =
        entry.giveUp || awaited.length === 0
          ? "It is still starting"
          : `It waits for the start of [${awaited.join(", ")}]`;
      this.#set(entry, { reason });
    }
  }

  #callLimited<Result>(work: () => Result): Result {
    const { threadSeconds: seconds } = this.#surroundings;
    this.#threadLimit ??= new ThreadLimit({ milliseconds: seconds * 1000 });
    return this.#threadLimit.call(work, `its initialize did not give the thread back within ${seconds} s`);
  }

  async #endWithDependants(name: string): Promise<void> {
    const ending = [name, ...this.#dependants(name)];
    for (const other of this.#order.toReversed()) {
      if (!ending.includes(other)) continue;
      const entry = this.#entries.get(other);
      if (!entry?.running) continue;
      await this.#end(entry);
      const missing = entry.report.dependencies.filter((needs) => ending.includes(needs));
      const reason = other === name ? "It has been ended" : `Missing dependencies: [${missing.join(", ")}]`;
      this.#set(entry, { state: "failed", reason, startedAt: null });
    }
  }

  async #end(entry: Entry): Promise<void> {
    const { running, report } = entry;
    if (!running) return;
    delete entry.running;
    this.#order.splice(this.#order.indexOf(report.name), 1);
    await running.life.end();
  }

  /** The modules that need this one, directly or through others. */
  #dependants(name: string): string[] {
    const found = [name];
    for (const needs of found) {
      for (const [other, { report }] of this.#entries) {
        if (report.dependencies.includes(needs) && !found.includes(other)) found.push(other);
      }
    }
    return found.slice(1);
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (!entry) throw new UnknownModuleError(`There is no module "${name}".`);
    return entry;
  }

  #set(entry: Entry, change: Partial<ModuleReport>): void {
    entry.report = { ...entry.report, ...change };
    try {
      this.#surroundings.onChange?.(entry.report);
    } catch (error) {
      // Whoever listens must not keep the others from starting.
      const log = this.#surroundings.logFor(entry.report.name);
      log.error({ err: toError(error) }, "how the module is could not be passed on");
    }
  }

  /** Ends and starts wait for each other. */
  async #oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return await result;
  }
}

/** Everybody is told it; the log has the whole. */
function shortened(reason: string): string {
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON)}...` : reason;
}

function needed(module: Module): string[] {
  return Object.values(module.dependencies).map((ref) => ref.name);
}

/** The name of a module's section of the configuration; also what two modules cannot share. */
function sectionOf(name: string): string {
  return name.replaceAll("-", "_");
}
