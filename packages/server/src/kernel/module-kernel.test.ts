import { defineModule, moduleRef, type Logger, type Module, type ModuleParts } from "@guildhall/sdk";
import { MemoryState, MemoryStore, SeededRandom, startModule, TestClock } from "@guildhall/sdk/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { BarredModules } from "./barred-modules.ts";
import { Config } from "./config.ts";
import type { KernelSurroundings, ModuleSurroundings } from "./kernel-surroundings.ts";
import { ModuleKernel } from "./module-kernel.ts";

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const clock = new TestClock();

async function surroundings(): Promise<ModuleSurroundings> {
  const bare = await startModule(defineModule({ name: "bare", summary: "x", initialize: () => ({}) }));
  return {
    ...bare.context,
    clock,
    random: new SeededRandom(1),
    state: new MemoryState({ now: () => clock.now() }),
    store: new MemoryStore(),
  };
}

function kernelWith(more: Partial<KernelSurroundings> = {}): ModuleKernel {
  return new ModuleKernel({
    config: new Config({ environment: {}, filePath: undefined }),
    clock,
    logFor: () => silent,
    surround: surroundings,
    install: () => undefined,
    threadSeconds: 1,
    ...more,
  });
}

function moduleOf(
  name: string,
  needs: readonly string[] = [],
  initialize: () => ModuleParts<unknown> | false | Promise<ModuleParts<unknown> | false> = () => ({}),
): Module {
  const dependencies = Object.fromEntries(needs.map((other) => [other, moduleRef(other)]));
  return defineModule({ name, summary: `The module ${name}`, dependencies, initialize });
}

async function start(modules: readonly Module[], more?: Partial<KernelSurroundings>) {
  const kernel = kernelWith(more);
  await kernel.start(modules.map((module) => ({ origin: "bundled", module })));
  const reasons = Object.fromEntries(kernel.reports.map(({ name, reason }) => [name, reason]));
  return { kernel, reasons };
}

afterEach(() => vi.useRealTimers());

describe("the order of starts", () => {
  it("is that of the dependencies, with independent ones side by side", async () => {
    const log: string[] = [];
    const slow = (name: string, needs: readonly string[]) =>
      moduleOf(name, needs, async () => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        log.push(`${name} ends`);
        return {};
      });
    const { kernel } = await start([
      slow("transactions_module", ["wallet_module", "user_management"]),
      slow("wallet_module", ["connection_api"]),
      slow("user_management", ["connection_api"]),
      slow("connection_api", []),
    ]);
    expect(kernel.loadOrder[0]).toBe("connection_api");
    expect(kernel.loadOrder.at(-1)).toBe("transactions_module");
    expect(log.slice(2, 4)).toEqual(["wallet_module begins", "user_management begins"]);
  });

  it("hands each dependant what its dependency offers", async () => {
    const ref = moduleRef<{ greet(): string }>("greeter");
    let greeting = "";
    const greeter = moduleOf("greeter", [], () => ({ api: { greet: () => "hello" } }));
    const guest = defineModule({
      name: "guest",
      summary: "x",
      dependencies: { greeter: ref },
      initialize: ({ dependencies }) => {
        greeting = dependencies.greeter.greet();
        return {};
      },
    });
    await start([guest, greeter]);
    expect(greeting).toBe("hello");
  });

  it("takes 100 in a chain", async () => {
    const modules = Array.from({ length: 100 }, (_, index) =>
      moduleOf(`m${index}`, index === 0 ? [] : [`m${index - 1}`]),
    );
    const { kernel } = await start(modules.toReversed());
    expect(kernel.loadOrder).toEqual(modules.map(({ name }) => name));
  });
});

describe("a module that cannot start is told of, and everybody else serves", () => {
  it.each<[string, () => ModuleParts<unknown> | false | Promise<ModuleParts<unknown> | false>, string]>([
    ["throws", () => Promise.reject(new Error("no disk")), "no disk"],
    ["returns false", () => false, "it declined to start; its log says why"],
    // What a module without types may do.
    ["returns nothing", () => JSON.parse("null"), "its initialize returned neither what it brings nor false"],
    [
      "throws what is no error",
      () => {
        throw "a word";
      },
      "a word",
    ],
  ])("one that %s", async (_what, initialize, reason) => {
    const { kernel, reasons } = await start([
      moduleOf("bad", [], initialize),
      moduleOf("dependant", ["bad", "good"]),
      moduleOf("behind", ["dependant"]),
      moduleOf("good"),
    ]);
    expect(reasons).toEqual({
      bad: reason,
      dependant: "Missing dependencies: [bad]",
      behind: "Missing dependencies: [dependant]",
      good: null,
    });
    expect(kernel.loadOrder).toEqual(["good"]);
  });

  it("one that never ends its start", async () => {
    vi.useFakeTimers();
    let aborted = false;
    const hanging = defineModule({
      name: "hanging",
      summary: "x",
      initialize: ({ signal }) => {
        signal.addEventListener("abort", () => (aborted = true));
        return new Promise<ModuleParts<undefined>>(() => undefined);
      },
    });
    const starting = start([hanging, moduleOf("good")]);
    await vi.advanceTimersByTimeAsync(30_001);
    const { reasons } = await starting;
    expect(reasons).toEqual({ hanging: "it did not start within 30 s", good: null });
    expect(aborted).toBe(true);
  });

  it("one from elsewhere that loops for ever in its initialize", async () => {
    const kernel = kernelWith();
    const looping = moduleOf("looping", [], () => {
      for (;;);
    });
    await kernel.start([
      { origin: "folder", place: "/one", module: looping },
      { origin: "folder", place: "/two", module: moduleOf("good") },
    ]);
    expect(kernel.reports).toMatchObject([
      { state: "failed", reason: "its initialize did not give the thread back within 1 s" },
      { state: "started" },
    ]);
  });

  it("also when whoever follows the modules' states throws", async () => {
    const kernel = kernelWith({
      onChange: () => {
        throw new Error("of the one who follows");
      },
    });
    await kernel.start([
      { origin: "folder", module: moduleOf("bad", [], () => false) },
      { origin: "folder", module: moduleOf("good") },
    ]);
    expect(kernel.reports).toMatchObject([{ state: "failed" }, { state: "started" }]);
  });

  it("several that need what is not there, each with all it misses", async () => {
    const { reasons } = await start([moduleOf("a", ["x", "good", "y"]), moduleOf("good")]);
    expect(reasons["a"]).toBe("Missing dependencies: [x, y]");
  });

  it("a circle of five, by its path, and what depends on it", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const circle = names.map((name, index) => moduleOf(name, [names[(index + 1) % 5] ?? ""]));
    const { reasons } = await start([...circle, moduleOf("behind", ["c"]), moduleOf("good")]);
    expect(reasons["a"]).toBe("It depends on itself: a -> b -> c -> d -> e -> a");
    expect(reasons["e"]).toBe("It depends on itself: e -> a -> b -> c -> d -> e");
    expect(reasons["behind"]).toBe("Missing dependencies: [c]");
    expect(reasons["good"]).toBeNull();
  });

  it("two of one name: the first serves, the second is told where the first is", async () => {
    const kernel = kernelWith();
    await kernel.start([
      { origin: "folder", place: "/one", module: moduleOf("my-twin") },
      { origin: "folder", place: "/two", module: moduleOf("my_twin") },
    ]);
    expect(kernel.reports).toMatchObject([
      { name: "my-twin", state: "started" },
      { state: "failed", reason: "Another module has the same name (/one): rename one, or leave one out" },
    ]);
  });

  it("one with a name of the hall's own sections", async () => {
    const { reasons } = await start([moduleOf("database")]);
    expect(reasons["database"]).toBe("The hall keeps this name for itself");
  });

  it("one whose settings cannot be used, naming the variable", async () => {
    const module = defineModule({
      name: "my_module",
      summary: "x",
      config: z.object({ cacheSeconds: z.int().default(300) }),
      initialize: () => ({}),
    });
    const environment = { GUILDHALL_MY_MODULE__CACHE_SECONDS: "soon" };
    const { reasons } = await start([module], { config: new Config({ environment, filePath: undefined }) });
    expect(reasons["my_module"]).toMatch(/^GUILDHALL_MY_MODULE__CACHE_SECONDS cannot be used: /);
  });

  it("one whose parts cannot be taken up, of which nothing stays", async () => {
    const undone: string[] = [];
    const { reasons } = await start(
      [moduleOf("bad", [], () => ({ dispose: async () => void undone.push("own") }))],
      {
        install: (_module, _parts, life) => {
          life.onEnd(() => void undone.push("first"));
          throw new Error("taken");
        },
      },
    );
    expect(reasons["bad"]).toBe("taken");
    expect(undone).toEqual(["first", "own"]);
  });
});

describe("the end of modules", () => {
  it("comes in reverse, once, past one whose dispose fails", async () => {
    const ended: string[] = [];
    const ending = (name: string, needs: readonly string[], fail = false) =>
      moduleOf(name, needs, () => ({
        dispose: async () => {
          ended.push(name);
          if (fail) throw new Error("stuck");
        },
      }));
    const { kernel } = await start([ending("a", []), ending("b", ["a"], true), ending("c", ["b"])]);
    await kernel.dispose();
    await kernel.dispose();
    expect(ended).toEqual(["c", "b", "a"]);
  });

  it("does not wait for ever", async () => {
    const { kernel } = await start([
      moduleOf("a", [], () => ({ dispose: () => new Promise(() => undefined) })),
    ]);
    vi.useFakeTimers();
    const ending = kernel.dispose();
    await vi.advanceTimersByTimeAsync(10_001);
    await ending;
    expect(kernel.loadOrder).toEqual([]);
  });

  it("takes dependants along, and a new start brings them back", async () => {
    let starts = 0;
    const { kernel } = await start([
      moduleOf("base", [], () => ({ api: (starts += 1) })),
      moduleOf("middle", ["base"]),
      moduleOf("top", ["middle"]),
      moduleOf("other"),
    ]);
    expect((await kernel.disable("base")).state).toBe("disabled");
    expect(kernel.loadOrder).toEqual(["other"]);
    expect(kernel.reports.find(({ name }) => name === "top")?.reason).toBe("Missing dependencies: [middle]");
    await kernel.enable("base");
    expect(kernel.loadOrder).toEqual(["other", "base", "middle", "top"]);
    await Promise.all([kernel.restart("base"), kernel.restart("base")]);
    expect(starts).toBe(4);
    expect(kernel.loadOrder).toHaveLength(4);
    await expect(kernel.enable("nobody")).rejects.toThrow('There is no module "nobody".');
  });

  it("keeps a disabled module out of the start, and its dependants say so", async () => {
    const { reasons, kernel } = await start([moduleOf("a"), moduleOf("b", ["a"])], { disabled: ["a"] });
    expect(reasons).toEqual({ a: null, b: "Missing dependencies: [a]" });
    expect(kernel.reports[0]?.state).toBe("disabled");
    await kernel.enable("a");
    expect(kernel.loadOrder).toEqual(["a", "b"]);
  });
});

describe("health", () => {
  it("is what the module says, healthy without a word, and an error when the check fails or hangs", async () => {
    const { kernel } = await start([
      moduleOf("silent"),
      moduleOf("degraded", [], () => ({ healthCheck: async () => ({ status: "degraded", queue: 3 }) })),
      moduleOf("broken", [], () => ({ healthCheck: () => Promise.reject(new Error("no")) })),
      moduleOf("hanging", [], () => ({ healthCheck: () => new Promise(() => undefined) })),
    ]);
    expect(await kernel.health("silent")).toEqual({ status: "healthy" });
    expect(await kernel.health("degraded")).toEqual({ status: "degraded", queue: 3 });
    expect(await kernel.health("broken")).toEqual({ status: "error", error: "no" });
    vi.useFakeTimers();
    const hanging = kernel.health("hanging");
    await vi.advanceTimersByTimeAsync(2001);
    expect(await hanging).toEqual({ status: "error", error: "the health check took longer than 2 s" });
    expect(await kernel.health("nobody")).toBeUndefined();
  });
});

describe("what a failure tells", () => {
  it("holds no secret", async () => {
    const module = defineModule({
      name: "leaky",
      summary: "x",
      config: z.object({ apiKey: z.string().meta({ secret: true }).optional() }),
      initialize: ({ config }) => {
        throw new Error(`cannot reach https://me:pass1234@host with ${config.apiKey}`);
      },
    });
    const environment = { GUILDHALL_LEAKY__API_KEY: "planted-secret" };
    const { reasons } = await start([module], { config: new Config({ environment, filePath: undefined }) });
    expect(reasons["leaky"]).toBe("cannot reach https://me:********@host with ********");
  });
});

describe("a module that is slow to start", () => {
  const slowOne = () => {
    const { promise, resolve } = Promise.withResolvers<ModuleParts<unknown>>();
    const found = [moduleOf("slow", [], () => promise), moduleOf("waits", ["slow"]), moduleOf("good")].map(
      (module) => ({ origin: "folder", module }) as const,
    );
    return { found, end: () => resolve({}) };
  };

  it("goes on starting while the others serve, and what needs it waits", async () => {
    const { found, end } = slowOne();
    const changes: string[] = [];
    const kernel = kernelWith({ onChange: ({ name, state }) => changes.push(`${name} ${state}`) });
    expect(await kernel.start(found, { patience: 0 })).toMatchObject([
      { name: "slow", state: "starting", reason: "It is still starting" },
      { name: "waits", state: "starting", reason: "It waits for the start of [slow]" },
      { name: "good", state: "started" },
    ]);
    end();
    await kernel.settled();
    expect(kernel.reports).toMatchObject([
      { state: "started", reason: null },
      { state: "started", reason: null },
      { state: "started" },
    ]);
    expect(changes).toEqual([
      "good started",
      "slow starting",
      "waits starting",
      "slow started",
      "waits started",
    ]);
  });

  it("is disabled at once, and what needs it is told", async () => {
    const { found } = slowOne();
    const kernel = kernelWith();
    await kernel.start(found, { patience: 0 });
    expect(await kernel.disable("slow")).toMatchObject({ state: "disabled", reason: null });
    expect(kernel.reports[1]).toMatchObject({ state: "failed", reason: "Missing dependencies: [slow]" });
  });

  it("does not keep the hall from closing", async () => {
    const { found } = slowOne();
    const kernel = kernelWith();
    await kernel.start(found, { patience: 0 });
    await kernel.dispose();
    expect(kernel.reports).toMatchObject([
      { state: "failed", reason: "The hall closed while it started" },
      { state: "failed", reason: "The hall closed before it started" },
      { state: "started" },
    ]);
    expect(kernel.loadOrder).toEqual([]);
  });

  it("is undone when it comes too late", async () => {
    const { promise, resolve } = Promise.withResolvers<ModuleParts<unknown>>();
    const disposed = Promise.withResolvers<void>();
    const kernel = kernelWith();
    await kernel.start([{ origin: "folder", module: moduleOf("slow", [], () => promise) }], { patience: 0 });
    await kernel.disable("slow");
    resolve({ dispose: async () => disposed.resolve() });
    await disposed.promise;
    expect(kernel.isRunning("slow")).toBe(false);
  });
});

describe("a barred module", () => {
  it.each(["enable", "restart"] as const)("does not start until somebody has it %s", async (verb) => {
    const barred = new BarredModules({ path: undefined, now: () => clock.now() });
    barred.bar({ name: "wild", place: undefined }, "It held the thread");
    const kernel = kernelWith({ barred });
    await kernel.start([
      { origin: "folder", module: moduleOf("wild") },
      { origin: "folder", module: moduleOf("needs-it", ["wild"]) },
    ]);
    expect(kernel.reports).toMatchObject([
      { state: "failed", reason: "It held the thread" },
      { state: "failed", reason: "Missing dependencies: [wild]" },
    ]);
    expect(await kernel[verb]("wild")).toMatchObject({ state: "started" });
    expect(kernel.loadOrder).toEqual(["wild", "needs-it"]);
  });
});

describe("two of one name", () => {
  it("are the first that could be loaded, and one that is told of", async () => {
    const kernel = kernelWith();
    await kernel.start([
      { origin: "folder", name: "weather", fault: "It could not be loaded: a comma" },
      { origin: "folder", module: moduleOf("weather"), place: "/one" },
      { origin: "folder", module: moduleOf("weather"), place: "/two" },
    ]);
    expect(kernel.reports).toMatchObject([
      { state: "started", place: "/one" },
      {
        state: "failed",
        place: "/two",
        reason: expect.stringContaining("Another module has the same name (/one)"),
      },
      { state: "failed", reason: "It could not be loaded: a comma" },
    ]);
  });
});
